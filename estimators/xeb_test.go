package estimators

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Draws from the tilted density, against its sum over the chain's 64 states; and those of
// a noisy energy against what its noiseless density p_0 gives.
func TestLinearCrossEntropy(t *testing.T) {
	const n = 20_000
	p, lnZ := boltzmann()
	q := tilted()
	first, second := 0.0, 0.0 // moments of 64 p - 1 under q
	for s := range q {
		o := float64(len(p))*p[s] - 1
		first += q[s] * o
		second += q[s] * o * o
	}
	stderr := math.Sqrt((second - first*first) / n)
	var b core.Batch
	q.draw(&b, rand.New(rand.NewPCG(3, 5)), n)

	// The same p_0 behind noise: -ln p of p = F p_0 + (1 - F)/64, at beta.
	const fidelity = 0.25
	noisy := core.Batch{N: n, X: b.X, LogP: b.LogP}
	for _, e := range b.E {
		p0 := math.Exp(-beta*e - lnZ)
		noisy.E = append(noisy.E, -math.Log(fidelity*p0+(1-fidelity)/float64(len(p)))/beta)
	}

	for _, c := range []struct {
		name  string
		exact map[string]float64
		batch *core.Batch
	}{
		{"without noise", map[string]float64{"log_z": lnZ}, &b},
		{"behind noise", map[string]float64{"log_z": 0, "fidelity": fidelity}, &noisy},
	} {
		s := setting(beta)
		s.Exact = c.exact
		e, err := build("xeb", nil, s)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(c.batch); err != nil {
			t.Fatal(err)
		}
		got := reportOf(t, e)
		if first < 5*stderr || math.Abs(got.Value[0]-first) > 4*stderr || math.Abs(got.Stderr[0]/stderr-1) > 0.05 {
			t.Errorf("%s: %v +- %v, want %v +- %v", c.name, got.Value[0], got.Stderr[0], first, stderr)
		}
	}
}

// What knows nothing of the spins says nothing of a density: 64 <p> = 1 for each draw.
func TestLinearCrossEntropyOfEqualProbabilities(t *testing.T) {
	s := setting(1)
	s.Exact = map[string]float64{"log_z": 0}
	e, err := build("xeb", nil, s)
	if err != nil {
		t.Fatal(err)
	}
	b := core.Batch{N: 100}
	for range b.N {
		b.E = append(b.E, sites*math.Ln2)
	}
	if err := e.Add(&b); err != nil {
		t.Fatal(err)
	}
	if got := reportOf(t, e); !got.Constant || math.Abs(got.Value[0]) > 1e-14 || got.Stderr[0] != 0 {
		t.Errorf("%+v", got)
	}
}

func TestLinearCrossEntropyNeedsProbabilities(t *testing.T) {
	field := setting(beta)
	field.Energy.Space = core.Space{Kind: core.Field, Shape: []int{4}}
	cold := setting(math.Inf(1))
	for want, s := range map[string]core.Setting{
		"the energy does not know ln Z with these settings": setting(beta),
		"configurations that are finite in number":          field,
		"a temperature above zero":                          cold,
	} {
		if _, err := build("xeb", nil, s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
