package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// correlated fills a and b with pairs of normal numbers of correlation rho, and shifts b.
func correlated(n, size int, rho, shift float64) (a, b *Gradients) {
	random := rand.New(rand.NewPCG(5, 7))
	a, b = NewGradients(size, n), NewGradients(size, n)
	x, y := make([]float64, size), make([]float64, size)
	for range n {
		for k := range x {
			x[k] = random.NormFloat64()
			y[k] = rho*x[k] + math.Sqrt(1-rho*rho)*random.NormFloat64() + shift
		}
		a.Add(x)
		b.Add(y)
	}
	return a, b
}

// The variances of the sample are those of its definition, by component and in all.
func TestGradientsVariance(t *testing.T) {
	s := NewGradients(2, 3)
	for _, g := range [][]float64{{1, 2}, {3, 2}, {5, 8}} {
		s.Add(g)
	}
	mean := s.Mean()
	variance, _ := s.Variance()
	total, stderr := s.Total()
	// Means 3 and 4; squares of the differences 4 0 4 and 4 4 16, over n - 1.
	if math.Abs(mean[0]-3)+math.Abs(mean[1]-4) > 1e-14 || math.Abs(variance[0]-4)+math.Abs(variance[1]-12) > 1e-13 || math.Abs(total-16) > 1e-13 {
		t.Errorf("mean %v, variance %v, total %v", mean, variance, total)
	}
	// q = 8, 4, 20: their standard error is sqrt(208/3/2) times 3/2, of squares of -8/3, -20/3, 28/3.
	if want := 1.5 * math.Sqrt((64.0+400+784)/9/2/3); math.Abs(stderr-want) > 1e-13 {
		t.Errorf("standard error %v, want %v", stderr, want)
	}
}

// A control variate of correlation rho leaves 1 - rho^2 of the variance.
func TestGradientsControlled(t *testing.T) {
	const n, rho = 4000, 0.8
	a, b := correlated(n, 3, rho, 0)
	total, stderr := a.Controlled(b).Total()
	if want := 3 * (1 - rho*rho); math.Abs(total-want) > 4*stderr || stderr > 0.05 {
		t.Errorf("variance %v(%v), want %v", total, stderr, want)
	}
}

// The distance of equal means is no more than scatter; a shift of one standard error of
// the difference in each of many components is found, as it is in no single one.
func TestGradientsDistance(t *testing.T) {
	const n, size = 400, 500
	a, b := correlated(n, size, 0.5, 0)
	if _, z := a.Distance(b); math.Abs(z) > 4 {
		t.Errorf("z = %v of equal means", z)
	}
	// Differences have the variance 1 of 2 - 2 rho, and their means 1/n.
	shift := 1 / math.Sqrt(n)
	_, b = correlated(n, size, 0.5, shift)
	a, _ = correlated(n, size, 0.5, 0)
	d, z := a.Distance(b)
	if z < 8 || math.Abs(d-math.Sqrt(2*size/float64(n))) > 0.2 {
		t.Errorf("distance %v, z = %v", d, z)
	}
	if d, z := a.Distance(a); d != 0 || z != 0 {
		t.Errorf("distance %v, z = %v of one estimator from itself", d, z)
	}
}
