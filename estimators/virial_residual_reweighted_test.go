package estimators

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// endingGas fills b with n draws of p, normal numbers of the width s that are below c in size, in
// a trap of stiffness 1 at beta = 1.
func endingGas(b *core.Batch, r *rand.Rand, n int, s, c float64) {
	gas(b, r, n, 1, 1)
	b.LogP = core.Resize(b.LogP, n)
	for i := range b.X {
		x := s * r.NormFloat64()
		for math.Abs(x) > c {
			x = s * r.NormFloat64()
		}
		b.X[i], b.Slope[i], b.E[i] = x, x, x*x/2
		b.LogP[i] = -x*x/(2*s*s) - math.Log(s*math.Sqrt(2*math.Pi)*math.Erf(c/s/math.Sqrt2))
	}
}

func reweightedVirial(t *testing.T, s, c float64, n int, seed uint64) core.Estimate {
	t.Helper()
	setting := gasSetting(1, 1)
	setting.Chains, setting.Model = false, core.ModelSpec{Space: setting.Energy.Space}
	e, err := build("virial_residual_reweighted", nil, setting)
	if err != nil {
		t.Fatal(err)
	}
	var b core.Batch
	endingGas(&b, rand.New(rand.NewPCG(seed, 8)), n, s, c)
	if err := e.Add(&b); err != nil {
		t.Fatal(err)
	}
	r, err := e.Report()
	if err != nil {
		t.Fatal(err)
	}
	return r[0]
}

// By parts, int_(-c)^c (x^2 - 1) exp(-x^2/2) dx = -2 c exp(-c^2/2), whatever the density in there is. At
// c = 2 4.6 % of the Boltzmann density are missing, of which the weights themselves have no sign.
func TestVirialSeesWhereDrawsEnd(t *testing.T) {
	const c = 2.0
	want := -2 * c * math.Exp(-c*c/2) / (math.Sqrt(2*math.Pi) * math.Erf(c/math.Sqrt2))
	e := reweightedVirial(t, 1.3, c, 10000, 1)
	if math.Abs(e.Value[0]-want) > 4*e.Stderr[0] || e.Stderr[0] > 0.02 {
		t.Errorf("%v +- %v, want %v", e.Value[0], e.Stderr[0], want)
	}
	if got := codes(e); !slices.Equal(got, []core.CautionCode{core.CautionContradiction}) || e.Cautions[0].About != core.AboutLost || !strings.Contains(e.Caution(), "the model's draws end where the Boltzmann density does not") {
		t.Errorf("cautions %v", e.Cautions)
	}
}

// Draws that end nowhere have the error that they should, and three of it are exceeded in 0.3 %: of 1000
// sets by more than 11 with a probability of 1e-4. Weights here vary by a factor of 2.
func TestVirialOfGoodDraws(t *testing.T) {
	const replicas = 1000
	within, flagged := 0, 0
	for seed := range uint64(replicas) {
		e := reweightedVirial(t, 1.3, math.Inf(1), 1000, seed)
		if math.Abs(e.Value[0]) < e.Stderr[0] {
			within++
		}
		if len(e.Cautions) > 0 {
			flagged++
		}
	}
	// 0.683 of 1000 to four standard deviations of 0.015.
	if share := float64(within) / replicas; math.Abs(share-math.Erf(math.Sqrt2/2)) > 0.06 || flagged > 11 {
		t.Errorf("%v are within an error, and %d of %d flagged", share, flagged, replicas)
	}
}

// Walls have a surface term of their own, and without forces there is nothing to compute.
func TestVirialNeedsOpenSpace(t *testing.T) {
	s := gasSetting(3, 2)
	s.Energy.Space.Box = []float64{4}
	if _, err := build("virial_residual_reweighted", nil, s); core.KindOf(err) != core.Unsupported {
		t.Errorf("in a box: %v", err)
	}
	s = gasSetting(3, 2)
	s.Energy.Powers = nil
	if _, err := build("virial_residual_reweighted", nil, s); core.KindOf(err) != core.Mismatch {
		t.Errorf("without forces: %v", err)
	}
}
