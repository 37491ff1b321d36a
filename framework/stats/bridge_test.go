package stats

import (
	"math"
	"testing"
)

// bridged are ln w of n draws of the standard normal density p and of chains of q/Z, normal about shift
// with the width scale, where ln Z = lnZ. The chains are of autocorrelation a.
func bridged(seed uint64, n, m, draws int, a, shift, scale, lnZ float64) (model []float64, chains *Chains) {
	lnw := func(x float64) float64 {
		return lnZ - square((x-shift)/scale)/2 - math.Log(scale) + x*x/2
	}
	model = make([]float64, n)
	for i := range model {
		model[i] = lnw(normalAt(seed, i))
	}
	x := make([]float64, m*draws)
	for i := range x {
		if x[i] = normalAt(seed+1, i); i >= m {
			x[i] = a*x[i-m] + math.Sqrt(1-a*a)*x[i]
		}
	}
	return model, chainsOf(x, m).Map(func(z float64) float64 { return lnw(shift + scale*z) })
}

// Single draws of chains are independent. pymbar has n for n - 1 in the variances. At the
// equal densities its 1e-9 is what its tolerance leaves, and where nothing overlaps its root has
// fewer digits.
func TestBARIsThatOfPymbar(t *testing.T) {
	for _, r := range references(t, "bar") {
		n := int(r.is(t, "reverse"))
		model, chains := bridged(r.Seed, r.Draws, n, 1, 0, r.is(t, "shift"), r.is(t, "scale"), r.is(t, "lnz"))
		got, err := BAR(model, chains)
		if err != nil {
			t.Fatal(err)
		}
		want := Bridge{r.is(t, "log_z"), r.is(t, "stderr"), r.is(t, "overlap")}
		if math.Abs(got.LogZ-want.LogZ) > 1e-8 || math.Abs(got.Stderr-want.Stderr) > 1.01*want.Stderr/float64(min(r.Draws, n))+2e-9 ||
			math.Abs(got.Overlap-want.Overlap) > 1e-8 {
			t.Errorf("%+v: %+v", r, got)
		}
	}
}

// Over many replicas ln Z is off by its errors, of independent draws and of chains with a memory, whose
// effective number counts; and the overlap is that of the two densities. The mean squared pull is 1
// with the standard error sqrt(2/R), of which 4 are allowed, and a tenth for its tails.
func TestBARIsHonest(t *testing.T) {
	const replicas = 200
	for _, c := range []struct {
		n, m, draws     int
		a, shift, scale float64
	}{{400, 400, 1, 0, 1, 1}, {500, 4, 400, 0.8, 1, 0.8}, {300, 1, 2000, 0.9, 0.5, 1.2}, {800, 50, 20, 0.5, 1.5, 1}} {
		square := 0.0
		var overlap Moments
		for seed := range uint64(replicas) {
			model, chains := bridged(100000+2*seed, c.n, c.m, c.draws, c.a, c.shift, c.scale, 7)
			got, err := BAR(model, chains)
			if err != nil {
				t.Fatal(err)
			}
			pull := (got.LogZ - 7) / got.Stderr
			square += pull * pull / replicas
			overlap.Add([]float64{got.Overlap})
		}
		if math.Abs(square-1) > 4*math.Sqrt(2./replicas)+0.1 {
			t.Errorf("%+v: mean squared pull %v", c, square)
		}
		if c.a > 0 {
			continue
		}
		// int p q/(p/2 + q/2) of two normal densities one apart, by the trapezoidal rule.
		want := 0.0
		for x := -10.0; x < 11; x += 0.001 {
			p, q := math.Exp(-x*x/2), math.Exp(-(x-1)*(x-1)/2)
			want += 0.001 * 2 * p * q / (p + q) / math.Sqrt(2*math.Pi)
		}
		if math.Abs(overlap.Mean()-want) > 4*overlap.Stderr()+0.002 {
			t.Errorf("overlap %v +- %v, want %v", overlap.Mean(), overlap.Stderr(), want)
		}
	}
}

// A model that has lost one of two equal wells gives ln Z too small by ln 2, with ln w of one value. Chains
// that know both have ln w = +Inf in the well that it lost, and BAR is right.
func TestBARFindsALostWell(t *testing.T) {
	model, chains := make([]float64, 1000), make([]float64, 1000)
	for i := range chains {
		if uniformAt(3, i) < 0.5 {
			chains[i] = math.Inf(1)
		}
	}
	got, err := BAR(model, chainsOf(chains, 1000))
	if err != nil || math.Abs(got.LogZ-math.Ln2) > 4*got.Stderr || got.Stderr > 0.1 {
		t.Errorf("%+v, %v; want ln 2", got, err)
	}
	// int p q/(p/2 + q/2), q = 1/2 p in one well: p/2/(3/4) = 2/3.
	if math.Abs(got.Overlap-2./3) > 0.05 {
		t.Errorf("overlap %v, want 2/3", got.Overlap)
	}
	if f, _ := ReverseEffectiveFraction(chainsOf(chains, 1000)); f != 0 {
		t.Errorf("reverse effective fraction %v, want 0", f)
	}
	// The other way round p has draws where q is 0.
	for i, l := range chains {
		chains[i] = -l
	}
	if got, err = BAR(chains, chainsOf(model, 1000)); err != nil || math.Abs(got.LogZ+math.Ln2) > 4*got.Stderr {
		t.Errorf("%+v, %v; want -ln 2", got, err)
	}
}

func TestBARRefuses(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct{ model, chains []float64 }{
		{nil, []float64{1, 2}}, {[]float64{1, 2}, nil}, {[]float64{1, nan}, []float64{1, 2}}, {[]float64{1, inf}, []float64{1, 2}},
		{[]float64{1, 2}, []float64{1, -inf}}, {[]float64{-inf, -inf}, []float64{1, 2}}, {[]float64{1, 2}, []float64{inf, inf}},
	} {
		if got, err := BAR(c.model, &Chains{m: 1, x: c.chains}); err == nil {
			t.Errorf("%v and %v: %+v", c.model, c.chains, got)
		}
	}
	if got, err := BAR([]float64{0, 1}, chainsOf([]float64{5000, 5001}, 2)); err != nil || got.LogZ < 0 || got.LogZ > 5001 || got.Overlap != 0 || !math.IsNaN(got.Stderr) {
		t.Errorf("densities that are far apart: %+v, %v", got, err)
	}
	equal := []float64{2, 2, 2}
	if got, err := BAR(equal, chainsOf(equal, 3)); err != nil || got != (Bridge{2, 0, 1}) {
		t.Errorf("equal densities: %+v, %v", got, err)
	}
}

// For ln w of variance s^2 under p, both effective fractions are exp(-s^2): of the normal density one apart, s = 1.
func TestReverseEffectiveFraction(t *testing.T) {
	const replicas = 300
	pull, exact := 0.0, math.Exp(-0.25)
	for seed := range uint64(replicas) {
		_, chains := bridged(200000+2*seed, 1, 20, 200, 0.5, 0.5, 1, 500)
		fraction, stderr := ReverseEffectiveFraction(chains)
		pull += square((fraction-exact)/stderr) / replicas
	}
	if math.Abs(pull-1) > 4*math.Sqrt(2./replicas)+0.15 {
		t.Errorf("mean squared pull %v", pull)
	}
	if f, e := ReverseEffectiveFraction(chainsOf([]float64{5, 5, 5, 5}, 2)); f != 1 || e != 0 {
		t.Errorf("equal weights: %v +- %v", f, e)
	}
	for _, x := range [][]float64{nil, {1, math.NaN()}, {1, math.Inf(-1)}} {
		if f, e := ReverseEffectiveFraction(&Chains{m: 1, x: x}); !math.IsNaN(f) || !math.IsNaN(e) {
			t.Errorf("%v: %v +- %v", x, f, e)
		}
	}
	if f, e := ReverseEffectiveFraction(chainsOf([]float64{0, 800}, 2)); f != 0 || !math.IsNaN(e) {
		t.Errorf("weights 800 apart in ln: %v +- %v", f, e)
	}
}
