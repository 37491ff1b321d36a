package stats

import (
	"math"
	"testing"
)

// Between N(0, 1) and N(mu, 1) the divergence is [1 - exp(-alpha (1-alpha) mu^2/2)]/(alpha
// (1-alpha)): 0.85914091 at mu = 1 for alpha = -1 and 2, 0.47001239 for 1/2, and 1/2 in the
// limits 0 and 1. By draws from either density, as integrals: the trapezoidal rule is exact
// to rounding for these integrands.
func TestAlphaDivergenceOfNormals(t *testing.T) {
	const mu, h = 1.0, 1.0 / 32
	for alpha, want := range map[float64]float64{
		-1: 0.85914091, 2: 0.85914091, 0.5: 0.47001239, 0: 0.5, 1: 0.5, 1e-9: 0.5, 1 - 1e-9: 0.5, -1e-9: 0.5, 1 + 1e-9: 0.5,
		0.75: (1 - math.Exp(-0.09375)) / 0.1875, 0.3: (1 - math.Exp(-0.105)) / 0.21,
	} {
		var ofP, ofPi float64
		for x := -20.0; x <= 20; x += h {
			lnPi, lnP := -x*x/2, -(x-mu)*(x-mu)/2
			scale := h / math.Sqrt(2*math.Pi)
			if d := AlphaTerm(alpha, lnPi-lnP); d != 0 {
				ofP += scale * math.Exp(lnP) * d
			}
			ofPi += scale * math.Exp(lnPi) * AlphaTerm(1-alpha, lnP-lnPi)
		}
		if math.Abs(ofP-want) > 6e-9 || math.Abs(ofPi-want) > 6e-9 {
			t.Errorf("alpha %v: %.9g by draws from p, %.9g from pi, want %.9g", alpha, ofP, ofPi, want)
		}
	}
}

// The second form is convex in w with its minimum 0 at w = 1; of the first, a density
// that has lost a share of pi, w = 0.7 for all draws, has the divergence [1 - 0.7^alpha] /
// (alpha (1-alpha)), -ln 0.7 in the limit.
func TestAlphaTerms(t *testing.T) {
	for _, alpha := range []float64{0.6, 1, 1.5, 3} {
		for _, w := range []float64{0.01, 0.9, 1.2, 30} {
			if d := AlphaTerm(alpha, math.Log(w)); !(d > 0) {
				t.Errorf("alpha %v, w %v: %v", alpha, w, d)
			}
		}
		if d := AlphaTerm(alpha, 0); d != 0 {
			t.Errorf("alpha %v, w = 1: %v", alpha, d)
		}
	}
	// Where pi vanishes, and near it.
	for _, lnw := range []float64{math.Inf(-1), -2000} {
		for _, alpha := range []float64{0.6, 1, 2} {
			if d := AlphaTerm(alpha, lnw); d != 1/alpha {
				t.Errorf("alpha %v, ln w = %v: %v", alpha, lnw, d)
			}
		}
	}
	for alpha, want := range map[float64]float64{0: -math.Log(0.7), 0.5: 4 * (1 - math.Sqrt(0.7)), -1: (1/0.7 - 1) / 2} {
		if d := AlphaTerm(alpha, math.Log(0.7)); math.Abs(d-want) > 1e-15 {
			t.Errorf("alpha %v: %v, want %v", alpha, d, want)
		}
	}
}
