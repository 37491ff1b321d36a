package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// autoregressive fills m stationary chains x_t = a x_(t-1) + noise of variance
// 1 and mean 0, whose correlation time is (1 + a)/(1 - a).
func autoregressive(r *rand.Rand, m, draws int, a float64) []float64 {
	x := make([]float64, m*draws)
	for i := range x {
		if i < m {
			x[i] = r.NormFloat64()
		} else {
			x[i] = a*x[i-m] + math.Sqrt(1-a*a)*r.NormFloat64()
		}
	}
	return x
}

// Over many replicas, the means of autoregressive chains are off by their
// standard errors, and tau is the exact one: for many short chains as for one
// long one, for anticorrelated draws, and where draws are joined in pairs (tau =
// 199 is past the lags that are summed). The mean squared pull is 1 with the
// standard error sqrt(2/R), of which 4 are allowed, and slack for the spread of
// the errors themselves and for a sum that ends at random.
func TestErrorsOfChainsAreHonest(t *testing.T) {
	for _, c := range []struct {
		m, draws, replicas int
		a, slack           float64
	}{
		{100, 20, 400, 0, 0.1},
		{100, 20, 400, 0.7, 0.1},
		{100, 50, 400, 0.9, 0.1},
		{4, 1000, 400, 0.8, 0.1},
		{1, 5000, 400, 0.8, 0.15},
		{1, 5000, 400, -0.4, 0.1},
		{4, 20000, 100, 0.99, 0.15},
	} {
		exact := (1 + c.a) / (1 - c.a)
		r := rand.New(rand.NewPCG(1, 2))
		square, meanTau := 0.0, 0.0
		for range c.replicas {
			var s Chains
			s.Add(autoregressive(r, c.m, c.draws, c.a), c.m)
			stderr, tau := s.Error()
			square += s.Mean() * s.Mean() / (stderr * stderr) / float64(c.replicas)
			meanTau += tau / float64(c.replicas)
		}
		if math.Abs(square-1) > 4*math.Sqrt(2/float64(c.replicas))+c.slack {
			t.Errorf("%+v: mean squared pull %v", c, square)
		}
		// In T draws tau is short of the exact one by tau/(2T) of it.
		if short := exact * (1 - exact/float64(2*c.draws)); math.Abs(meanTau/short-1) > 0.1 {
			t.Errorf("%+v: tau %v, want %v", c, meanTau, short)
		}
	}
}

// The two ends of the window: single draws of chains are independent values,
// and chains that never change are as good as one draw of each.
func TestErrorAtTheEndsOfTheWindow(t *testing.T) {
	x := normals(1, 40, 3, 2)
	var single Chains
	single.Add(x, 40)
	_, m2, _, _ := powers(x)
	want := math.Sqrt(m2 / 39 / 40)
	if stderr, tau := single.Error(); off(stderr, want) || math.Abs(tau-1) > 1e-12 {
		t.Errorf("one draw each: %v, tau %v; want %v", stderr, tau, want)
	}
	var frozen Chains
	for range 7 {
		frozen.Add(x, 40)
	}
	// tau is 7 but for n-1 in place of n in two variances.
	if stderr, tau := frozen.Error(); off(stderr, want) || math.Abs(tau-7*279/(7.*39)) > 1e-12 {
		t.Errorf("frozen chains: %v, tau %v; want %v", stderr, tau, want)
	}
	if r := frozen.RHat(); !(r > 1e6) { // rounding is all that varies within
		t.Errorf("R-hat of frozen chains %v", r)
	}
}

// Half of the chains are stuck one standard deviation away: the spread of the
// chains is all of the error.
func TestErrorKnowsChainsThatDisagree(t *testing.T) {
	const m, draws = 50, 400
	x := normals(2, m*draws, 0, 1)
	for i := range x {
		if i%2 == 0 {
			x[i]++
		}
	}
	var s Chains
	s.Add(x, m)
	stderr, _ := s.Error()
	if want := 0.5 / math.Sqrt(m); math.Abs(stderr/want-1) > 0.1 {
		t.Errorf("error %v, want %v", stderr, want)
	}
	// V = 1/4 m/(m-1) to 1/n, W = 1: R-hat = sqrt(1.2525) to a few percent of 1/4.
	if r := s.RHat(); math.Abs(r-math.Sqrt(1.2525)) > 0.01 {
		t.Errorf("R-hat %v", r)
	}
}

// By hand: halves (0, 2), (1, 3) and (4, 6), (5, 7) have the variance 2 each,
// and the means 1, 2, 5, 6 of variance 17/3.
func TestRHat(t *testing.T) {
	var s Chains
	s.Add([]float64{0, 4, 2, 6, 1, 5, 3, 7}, 2)
	if want := math.Sqrt(0.5 + 17.0/6); off(s.RHat(), want) {
		t.Errorf("R-hat %v, want %v", s.RHat(), want)
	}
	r := rand.New(rand.NewPCG(3, 0))
	var mixed, drifting Chains
	x := autoregressive(r, 20, 500, 0.5)
	mixed.Add(x, 20)
	for i := range x {
		x[i] += float64(i) / float64(len(x)) * 2 // alike in all chains
	}
	drifting.Add(x, 20)
	if mixed.RHat() > 1.02 || mixed.RHat() < 0.99 || drifting.RHat() < 1.1 {
		t.Errorf("R-hat %v of mixed chains, %v of drifting ones", mixed.RHat(), drifting.RHat())
	}
}

func TestChainsOfFewOrEqualValues(t *testing.T) {
	var s Chains
	stderr, tau := s.Error()
	if !math.IsNaN(s.Mean()) || !math.IsNaN(stderr) || !math.IsNaN(tau) || !math.IsNaN(s.RHat()) {
		t.Errorf("nothing: %v +- %v", s.Mean(), stderr)
	}
	s.Add([]float64{3}, 1)
	if stderr, _ := s.Error(); s.Mean() != 3 || !math.IsNaN(stderr) {
		t.Errorf("one value: %v +- %v", s.Mean(), stderr)
	}
	for _, few := range [][]float64{{1, 2}, {1, -2, 1}} { // the whole of one chain
		var s Chains
		s.Add(few, 1)
		if stderr, tau := s.Error(); !math.IsNaN(stderr) || !math.IsNaN(tau) {
			t.Errorf("%v: error %v, tau %v", few, stderr, tau)
		}
	}
	s.Add([]float64{3, 3, 3}, 1)
	if stderr, tau := s.Error(); stderr != 0 || tau != 1 || s.RHat() != 1 {
		t.Errorf("equal values: error %v, tau %v, R-hat %v", stderr, tau, s.RHat())
	}
	if y := s.Map(func(x float64) float64 { return x * x }); y.Mean() != 9 || y.N() != 4 {
		t.Errorf("squares: %v of %d", y.Mean(), y.N())
	}
}
