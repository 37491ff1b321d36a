package stats

import (
	"math"
	"testing"
)

func TestOrbit(t *testing.T) {
	inf := math.Inf(1)
	dst := make([]float64, 4)
	// Images of p = 1 and 3, of 0 and 1, of p that float64 does not hold, of none.
	Orbit(dst, []float64{0, math.Log(3), -inf, 0, -5000, -5000 + math.Log(3), -inf, -inf}, 2)
	for i, want := range []float64{math.Ln2, -math.Ln2, -5000 + math.Ln2, -inf} {
		if got := dst[i]; got != want && math.Abs(got-want) > 1e-12 {
			t.Errorf("orbit %d: ln p %v, want %v", i, got, want)
		}
	}
}

// p is normal about c, and x -> -x has ln p(x) - ln p(-x) = 2 c x, with the mean 2 c^2 and the standard
// deviation 2 c.
func TestSymmetryDefect(t *testing.T) {
	const n, c = 20000, 0.3
	lnp, image, both, orbit := make([]float64, n), make([]float64, n), make([]float64, 2*n), make([]float64, n)
	for i := range lnp {
		x := c + normalAt(11, i)
		lnp[i], image[i] = -square(x-c)/2, -square(-x-c)/2
		both[2*i], both[2*i+1] = lnp[i], image[i]
	}
	value, stderr := SymmetryDefect(lnp, image, 1)
	if want := 2 * c / math.Sqrt(n); !near(stderr, want, 0.03) || math.Abs(value-2*c*c) > 4*want {
		t.Errorf("%v +- %v, want %v +- %v", value, stderr, 2*c*c, want)
	}
	// Both images are worth the half, as one is x itself.
	if half, _ := SymmetryDefect(lnp, both, 2); !near(half, value/2, 1e-12) {
		t.Errorf("the mean over both images is %v, of one %v", half, value)
	}
	// < ln p - ln p_G > = -< ln (1 + exp(-2 c x))/2 >, less than the other.
	Orbit(orbit, both, 2)
	got, _ := SymmetryDefect(lnp, orbit, 1)
	want := 0.0
	for x := -10.0; x < 10; x += 0.001 {
		want -= 0.001 * math.Exp(-square(x-c)/2) / math.Sqrt(2*math.Pi) * math.Log((1+math.Exp(-2*c*x))/2)
	}
	if math.Abs(got-want) > 0.01 || got > value {
		t.Errorf("divergence from the mixture %v, want %v", got, want)
	}
}

// What is symmetric has the defect 0 exactly; a lost image has none that is finite, and ln 2 of
// the mixture.
func TestSymmetryDefectAtItsEnds(t *testing.T) {
	lnp := normals(1, 100, -3, 1)
	if value, stderr := SymmetryDefect(lnp, lnp, 1); value != 0 || stderr != 0 {
		t.Errorf("symmetric: %v +- %v", value, stderr)
	}
	lost, both, orbit := make([]float64, 100), make([]float64, 200), make([]float64, 100)
	for i, l := range lnp {
		lost[i] = math.Inf(-1)
		both[2*i], both[2*i+1] = l, lost[i]
	}
	if value, stderr := SymmetryDefect(lnp, lost, 1); !math.IsInf(value, 1) || !math.IsNaN(stderr) {
		t.Errorf("a lost image: %v +- %v", value, stderr)
	}
	Orbit(orbit, both, 2)
	if value, stderr := SymmetryDefect(lnp, orbit, 1); math.Abs(value-math.Ln2) > 1e-14 || stderr > 1e-14 {
		t.Errorf("of the mixture: %v +- %v, want ln 2", value, stderr)
	}
	if value, stderr := SymmetryDefect(nil, nil, 1); !math.IsNaN(value) || !math.IsNaN(stderr) {
		t.Errorf("nothing: %v +- %v", value, stderr)
	}
	if value, stderr := SymmetryDefect([]float64{1}, []float64{0.5}, 1); value != 0.5 || !math.IsNaN(stderr) {
		t.Errorf("one draw: %v +- %v", value, stderr)
	}
}
