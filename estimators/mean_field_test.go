package estimators

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// spinPairs is an energy of fields and couplings of pairs, and of three spins where more is not 0.
type spinPairs struct {
	constant float64
	h        []float64
	j        [][]float64
	more     float64
}

func (e *spinPairs) Spec() core.EnergySpec {
	return core.EnergySpec{Space: core.Space{Kind: core.Spins, Shape: []int{len(e.h)}}, Units: "1"}
}

func (e *spinPairs) Eval(dst []float64, b *core.Batch) error {
	n := len(e.h)
	for k := range dst {
		s := b.X[k*n : (k+1)*n]
		dst[k] = e.constant
		if e.more != 0 {
			dst[k] += e.more * s[0] * s[1] * s[2]
		}
		for i := range n {
			dst[k] -= e.h[i] * s[i]
			for j := range i {
				dst[k] -= e.j[i][j] * s[i] * s[j]
			}
		}
	}
	return nil
}

// randomPairs are n spins with the couplings that bonds has, normal random numbers.
func randomPairs(n int, seed uint64, field float64, bonds func(i, j int) bool) *spinPairs {
	r := rand.New(rand.NewPCG(seed, 0))
	e := &spinPairs{constant: 1.5, h: make([]float64, n), j: make([][]float64, n)}
	for i := range n {
		e.h[i], e.j[i] = field*r.NormFloat64(), make([]float64, n)
		for j := range i {
			if bonds(i, j) {
				e.j[i][j] = r.NormFloat64()
			}
		}
	}
	return e
}

// exact is F by the sum over all configurations.
func (e *spinPairs) exact(beta float64) float64 {
	n := len(e.h)
	b := core.Batch{N: 1 << n, X: make([]float64, n<<n)}
	for k := range b.N {
		for i := range n {
			b.X[k*n+i] = float64(2*(k>>i&1) - 1)
		}
	}
	all, z := make([]float64, b.N), 0.0
	e.Eval(all, &b)
	for _, v := range all {
		z += math.Exp(-beta * v)
	}
	return -math.Log(z) / beta
}

// meanFieldOf are the three free energies.
func meanFieldOf(t *testing.T, e *spinPairs, beta float64) (naive, tap, bethe core.Estimate) {
	t.Helper()
	of, err := meanField().NewEstimator(nil, core.Setting{Beta: beta, Energy: e.Spec(), Potential: e, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	addAll(t, of, []*core.Batch{{N: 3}, {N: 2}})
	all, err := of.Report()
	if err != nil || len(all) != 3 || all[0].N != 0 {
		t.Fatal(all, err)
	}
	return all[0], all[1], all[2]
}

// On a tree Bethe's approximation is exact.
func TestBetheOnTree(t *testing.T) {
	for _, beta := range []float64{0.1, 1, 20} {
		e := randomPairs(9, 3, 0.5, func(i, j int) bool { return j == (i-1)/2 })
		_, _, bethe := meanFieldOf(t, e, beta)
		if want := e.exact(beta); !(math.Abs(bethe.Value[0]-want) < 1e-9) {
			t.Errorf("beta = %v: %v, by the sum over all configurations %v", beta, bethe.Value[0], want)
		}
	}
}

// Where temperature is high, beta F of naive mean field is wrong in order beta^2, that of the other
// two in beta^3 (Plefka 1982, J. Phys. A 15, 1971), with fields or without; naive mean field is
// never below the exact F.
func TestMeanFieldOrders(t *testing.T) {
	e := randomPairs(6, 5, 1, func(i, j int) bool { return true })
	errors := func(beta float64) [3]float64 {
		naive, tap, bethe := meanFieldOf(t, e, beta)
		f := e.exact(beta)
		return [3]float64{beta * (naive.Value[0] - f), beta * (tap.Value[0] - f), beta * (bethe.Value[0] - f)}
	}
	wide, narrow := errors(0.02), errors(0.01)
	for k, order := range []float64{2, 3, 3} {
		if got := math.Log2(math.Abs(wide[k] / narrow[k])); math.Abs(got-order) > 0.1 {
			t.Errorf("%s: an error of order %.3f in beta, want %v", approximations[k].name, got, order)
		}
	}
	for _, beta := range []float64{0.1, 0.5, 1, 5} {
		naive, _, _ := meanFieldOf(t, e, beta)
		if f := e.exact(beta); naive.Bound != 1 || naive.Value[0] < f {
			t.Errorf("beta = %v: naive mean field has %v, the exact F is %v", beta, naive.Value[0], f)
		}
	}
}

// Two spins that prefer to be alike: m = 0 above T = J, and m = tanh(beta J m) below.
func TestMeanFieldOfTwo(t *testing.T) {
	e := &spinPairs{h: make([]float64, 2), j: [][]float64{{0, 0}, {1, 0}}}
	naive, _, _ := meanFieldOf(t, e, 0.8)
	if want := -2 * math.Ln2 / 0.8; math.Abs(naive.Value[0]-want) > 1e-9 {
		t.Errorf("above the transition F = %v, want %v", naive.Value[0], want)
	}
	naive, _, _ = meanFieldOf(t, e, 2)
	m := 0.957504 // of m = tanh 2m
	want := -m*m + ((1+m)*math.Log((1+m)/2)+(1-m)*math.Log((1-m)/2))/2
	if math.Abs(naive.Value[0]-want) > 1e-6 {
		t.Errorf("below the transition F = %v, want %v", naive.Value[0], want)
	}
}

func TestMeanFieldCannot(t *testing.T) {
	e := randomPairs(5, 1, 1, func(i, j int) bool { return true })
	e.more = 1e-3
	naive, tap, bethe := meanFieldOf(t, e, 1)
	for _, got := range []core.Estimate{naive, tap, bethe} {
		if !math.IsNaN(got.Value[0]) || len(got.Cautions) != 1 || got.Cautions[0].Code != core.CautionUndefined {
			t.Errorf("of three spins: %v, cautions %v", got.Value[0], got.Cautions)
		}
	}
	spec := e.Spec()
	for _, s := range []core.Setting{{Beta: math.Inf(1), Energy: spec}, {Beta: 1, Energy: core.EnergySpec{Space: core.Space{Kind: core.Spins, Shape: []int{mostCoupled + 1}}}}} {
		if _, err := meanField().NewEstimator(nil, s); core.KindOf(err) != core.Unsupported {
			t.Error(fmt.Sprint("beta ", s.Beta, ": "), err)
		}
	}
}
