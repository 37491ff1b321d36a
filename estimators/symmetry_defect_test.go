package estimators

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// coin is the density of spins that are each +1 with the probability q.
type coin struct{ q float64 }

func (c coin) LogProb(dst, x []float64) error {
	size := len(x) / len(dst)
	for i := range dst {
		dst[i] = 0
		for _, s := range x[i*size : (i+1)*size] {
			if s > 0 {
				dst[i] += math.Log(c.q)
			} else {
				dst[i] += math.Log1p(-c.q)
			}
		}
	}
	return nil
}

func (c coin) Sample(dst *core.Batch, seed uint64, n int) error {
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range dst.X {
		if dst.X[i] = 1; r.Float64() >= c.q {
			dst.X[i] = -1
		}
	}
	dst.N, dst.E, dst.LogP = n, make([]float64, n), make([]float64, n)
	return c.LogProb(dst.LogP, dst.X)
}

// defectOf estimates that of n free spins, E = 0, from as many draws of a coin.
func defectOf(t *testing.T, spins int, q float64, draws int) []core.Estimate {
	t.Helper()
	space := core.Space{Kind: core.Spins, Shape: []int{spins}}
	s := core.Setting{Beta: 1, Energy: core.EnergySpec{Space: space, Symmetries: []core.Symmetry{core.Z2}}, Model: core.ModelSpec{Space: space}, Density: coin{q}, Seed: 7}
	e, err := symmetryDefect().NewEstimator(nil, s)
	if err != nil {
		t.Fatal(err)
	}
	const batch = 4096
	for k := range draws / batch {
		b := core.Batch{X: make([]float64, batch*spins)}
		if err := (coin{q}).Sample(&b, uint64(k), batch); err != nil {
			t.Fatal(err)
		}
		if err := e.Add(&b); err != nil {
			t.Fatal(err)
		}
	}
	all, err := e.Report()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Half of the elements drawn are x -> -x, so that D is half of
// < ln p(x) - ln p(-x) > = N (2q - 1) ln(q/(1-q)), and ln Z is N ln 2.
func TestSymmetryDefectOfACoin(t *testing.T) {
	const spins, q, draws = 4, 0.6, 100 * 4096
	all := defectOf(t, spins, q, draws)
	want := spins / 2. * (2*q - 1) * math.Log(q/(1-q))
	if d := all[0]; math.Abs(d.Value[0]-want) > 4*d.Stderr[0] || d.N != draws/128+127 || !(d.Stderr[0] < 0.05) {
		t.Errorf("%v +- %v of %d images, want %v of %d", d.Value[0], d.Stderr[0], d.N, want, draws/128+127)
	}
	if z := all[1]; math.Abs(z.Value[0]-spins*math.Ln2) > 4*z.Stderr[0] || len(z.Cautions) != 0 {
		t.Errorf("ln Z = %v +- %v, want %v; %s", z.Value[0], z.Stderr[0], spins*math.Ln2, z.Caution())
	}
	if c := all[0].Cautions; len(c) != 1 || c[0].Code != core.CautionBrokenSymmetry || c[0].About != core.AboutDensity {
		t.Errorf("a defect of %v nats has the cautions %v, want that of the density", want, c)
	}
	if c := defectOf(t, spins, 0.5, draws)[0].Cautions; len(c) != 0 {
		t.Errorf("a symmetric density has the cautions %v", c)
	}
}

// A model that has lost one of two images has w = 1 at every draw, and reweighting alone
// says that ln Z is N ln 2 too small without an error. Images of half of the draws are
// lost, which moves it by ln 3/2.
func TestSymmetryDefectFindsALostMode(t *testing.T) {
	all := defectOf(t, 1, 1, 20*4096)
	if d := all[0]; !math.IsInf(d.Value[0], 1) || len(d.Cautions) != 1 || d.Cautions[0].About != core.AboutLost {
		t.Errorf("defect %v with the cautions %v, want +Inf, and one about the draws", d.Value[0], d.Cautions)
	}
	if z := all[1]; math.Abs(z.Value[0]-math.Log(1.5)) > 4*z.Stderr[0] || !(z.Stderr[0] > 0) {
		t.Errorf("ln Z = %v +- %v, want %v", z.Value[0], z.Stderr[0], math.Log(1.5))
	}
}

// Who draws which part of a batch changes nothing, and an estimator that takes over a
// state goes on as the first.
func TestSymmetryDefectOfParts(t *testing.T) {
	space := core.Space{Kind: core.Spins, Shape: []int{3}}
	s := core.Setting{Beta: 1, Energy: core.EnergySpec{Space: space, Symmetries: []core.Symmetry{core.Z2}}, Model: core.ModelSpec{Space: space}, Density: coin{0.7}, Seed: 7}
	open := func() core.Estimator {
		e, err := symmetryDefect().NewEstimator(nil, s)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	whole, first, second := open(), open(), open()
	b := core.Batch{X: make([]float64, 3000*3)}
	if err := (coin{0.7}).Sample(&b, 1, 3000); err != nil {
		t.Fatal(err)
	}
	part := func(from, to int) *core.Batch {
		return &core.Batch{N: to - from, From: b.From + from, X: b.X[from*3 : to*3], E: b.E[from:to], LogP: b.LogP[from:to]}
	}
	for e, p := range map[core.Estimator]*core.Batch{whole: &b, first: part(0, 1234), second: part(1234, 3000)} {
		if err := e.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := first.Merge(second.State()); err != nil {
		t.Fatal(err)
	}
	want, _ := whole.Report()
	got, _ := first.Report()
	for i := range want {
		if got[i].Value[0] != want[i].Value[0] || got[i].Stderr[0] != want[i].Stderr[0] {
			t.Errorf("%s = %v +- %v by parts, %v +- %v as a whole", want[i].Name, got[i].Value[0], got[i].Stderr[0], want[i].Value[0], want[i].Stderr[0])
		}
	}
}
