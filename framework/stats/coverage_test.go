package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// normalRepeats are x_r of mean mu and standard deviation 2 with the error 2 ratio.
func normalRepeats(n int, mu, ratio float64) (x, e []float64, flagged []bool) {
	r := rand.New(rand.NewPCG(1, 2))
	x, e, flagged = make([]float64, n), make([]float64, n), make([]bool, n)
	for i := range x {
		x[i], e[i] = mu+2*r.NormFloat64(), 2*ratio
	}
	return x, e, flagged
}

// Error bars that are right, half and twice as large as they should be: the coverage of a
// normal number within k ratio standard deviations is erf(k ratio/sqrt 2).
func TestCoverageOfNormalRepeats(t *testing.T) {
	const n = 4000
	for _, ratio := range []float64{0.5, 1, 2} {
		x, e, flagged := normalRepeats(n, 7, ratio)
		for _, reference := range []float64{7, math.NaN()} {
			all, unflagged, none := Covered(x, e, flagged, reference)
			for k, got := range map[float64]Fraction{1: all.Within1, 2: all.Within2} {
				want := math.Erf(k * ratio / math.Sqrt2)
				sigma := math.Sqrt(want * (1 - want) / n)
				if math.Abs(got.Value-want) > 4*sigma {
					t.Errorf("ratio %g: %g within %g errors, want %g +- %g", ratio, got.Value, k, want, sigma)
				}
				// The exact interval is that of the binomial variance where n is large.
				if half := (got.High - got.Low) / 2; math.Abs(half-sigma) > 0.1*sigma+2./n || got.Low > got.Value || got.High < got.Value {
					t.Errorf("ratio %g: interval %v, want a half width of %g", ratio, got, sigma)
				}
			}
			// A standard deviation from n normal numbers is known to 1/sqrt(2n) of itself.
			if want := ratio / math.Sqrt(2*n); math.Abs(all.RatioStderr-want) > 0.1*want || math.Abs(all.Ratio-ratio) > 4*want {
				t.Errorf("error over spread %g +- %g, want %g +- %g", all.Ratio, all.RatioStderr, ratio, want)
			}
			if all.N != n || unflagged != all || none.N != 0 || !math.IsNaN(none.Within1.Value) {
				t.Errorf("groups %v, %v, %v", all, unflagged, none)
			}
			if math.IsNaN(reference) && (all.BiasStderr != 0 || math.Abs(all.Bias) > 1e-12) {
				t.Errorf("bias of all against their mean: %g +- %g", all.Bias, all.BiasStderr)
			}
		}
	}
}

// A reference that is off by half the spread is found, and shifts the coverage to
// (erf(1.5/sqrt 2) + erf(0.5/sqrt 2))/2.
func TestCoverageFindsBias(t *testing.T) {
	const n = 4000
	x, e, flagged := normalRepeats(n, 1, 1)
	all, _, _ := Covered(x, e, flagged, 0)
	if want := 1 / math.Sqrt(n); all.BiasStderr != want || math.Abs(all.Bias-0.5) > 4*want {
		t.Errorf("bias %g +- %g, want 0.5 +- %g", all.Bias, all.BiasStderr, want)
	}
	if want := (math.Erf(1.5/math.Sqrt2) + math.Erf(0.5/math.Sqrt2)) / 2; math.Abs(all.Within1.Value-want) > 0.03 { // 4 sqrt(p(1-p)/n)
		t.Errorf("%g within 1, want %g", all.Within1.Value, want)
	}
}

// Of the values 1, 2, 3 (flagged) and 10 with errors of 2 the mean is 4. Pulls against it
// are sqrt(4/3) (-3, -2, -1, 6)/2 = -1.73, -1.15, -0.58, 3.46.
func TestCoverageSplits(t *testing.T) {
	x, e := []float64{1, 2, 3, 10}, []float64{2, 2, 2, 2}
	all, unflagged, flagged := Covered(x, e, []bool{false, false, true, false}, math.NaN())
	if all.Within1.Value != 0.25 || all.Within2.Value != 0.75 || unflagged.Within1.Value != 0 || unflagged.Within2.Value != 2./3 || flagged.Within1.Value != 1 {
		t.Errorf("%+v\n%+v\n%+v", all, unflagged, flagged)
	}
	// 1, 2 and 10 have the mean 13/3 and the variance 73/3.
	if want := (13./3 - 4) / math.Sqrt(73./3); math.Abs(unflagged.Bias-want) > 1e-15 || math.Abs(unflagged.BiasStderr-math.Sqrt(1./3-1./4)) > 1e-15 {
		t.Errorf("bias %g +- %g, want %g", unflagged.Bias, unflagged.BiasStderr, want)
	}
}

func TestCoverageWithoutErrors(t *testing.T) {
	nan := math.NaN()
	all, _, _ := Covered([]float64{1, 2, 3, nan}, []float64{nan, 0, 1, 1}, make([]bool, 4), 3)
	// 2 +- 0 does not cover 3, and 3 +- 1 does.
	if all.N != 2 || all.Bare != 1 || all.Within1.Value != 0.5 || all.Spread != 1 {
		t.Errorf("%+v", all)
	}
	if p := Pulls([]float64{3, 2}, []float64{0, 0}, 3); p[0] != 0 || !math.IsInf(p[1], -1) {
		t.Errorf("pulls %v", p)
	}
	for _, same := range [][]float64{nil, {2}, {2, 2 + 0x1p-46}, {0, 0}} {
		if !Constant(same) {
			t.Errorf("%v is not constant", same)
		}
	}
	for _, other := range [][]float64{{2, 2 + 0x1p-40}, {0, 1e-300}} {
		if Constant(other) {
			t.Errorf("%v is constant", other)
		}
	}
}

// The interval in closed form: of n trials without success (1 - p)^n = tail at the upper
// end, and of one trial with success p = tail at the lower.
func TestBinomial(t *testing.T) {
	tail := (1 - math.Erf(math.Sqrt2/2)) / 2
	for _, n := range []int{1, 10, 400, 100000} {
		f := Binomial(0, n)
		if want := 1 - math.Pow(tail, 1/float64(n)); f.Low != 0 || math.Abs(f.High-want) > 1e-9*want {
			t.Errorf("0 of %d: up to %g, want %g", n, f.High, want)
		}
		if g := Binomial(n, n); g.High != 1 || math.Abs(g.Low+f.High-1) > 1e-12 {
			t.Errorf("%d of %d: from %g, want %g", n, n, g.Low, 1-f.High)
		}
	}
	if f := Binomial(1, 1); math.Abs(f.Low-tail) > 1e-14 {
		t.Errorf("1 of 1: from %g, want %g", f.Low, tail)
	}
	if f := Binomial(0, 0); !math.IsNaN(f.Value) {
		t.Error(f)
	}
}
