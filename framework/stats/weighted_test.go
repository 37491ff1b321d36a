package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Value and error are those of the jackknife that computes the quotient n times without one draw
// each, up to terms of order 1/n of themselves.
func TestAverageIsAJackknife(t *testing.T) {
	const n = 2000
	r := rand.New(rand.NewPCG(3, 1))
	lnw, v := make([]float64, n), make([]float64, n)
	var sw, swv float64
	for i := range lnw {
		x := r.NormFloat64()
		lnw[i], v[i] = 0.5*x+700, x*x+0.3*r.NormFloat64() // weights that overflow
		sw, swv = sw+math.Exp(lnw[i]-700), swv+math.Exp(lnw[i]-700)*v[i]
	}
	var left Moments
	for i := range lnw {
		u := math.Exp(lnw[i] - 700)
		left.Add([]float64{(swv - u*v[i]) / (sw - u)})
	}
	value, stderr := n*swv/sw-(n-1)*left.Mean(), math.Sqrt((n-1)*(n-1)/float64(n)*left.Variance())
	var w Weights
	w.Add(lnw)
	gotValue, gotStderr, doubt := w.Average(v)
	// The largest of the weights has some 0.003 of their sum, by which the two orders differ at most.
	if math.Abs(gotValue-value) > 0.003*stderr || math.Abs(gotStderr/stderr-1) > 0.003 {
		t.Errorf("%v +- %v, the jackknife has %v +- %v", gotValue, gotStderr, value, stderr)
	}
	if plain := swv / sw; math.Abs(plain-value) < 0.003*stderr {
		t.Errorf("the quotient %v has no bias that could be seen beside %v", plain, value)
	}
	if !(doubt > 1/math.Sqrt(2*n)) || doubt > 0.3 { // more than of normal numbers
		t.Errorf("the error is uncertain by %v of itself", doubt)
	}
	// One draw without weight changes next to nothing, and weights of 0 alone say nothing.
	w.Add([]float64{math.Inf(-1)})
	if again, _, _ := w.Average(append(v, 1e6)); math.Abs(again-gotValue) > 0.01*stderr {
		t.Errorf("a draw without weight moves the mean from %v to %v", gotValue, again)
	}
	var none Weights
	none.Add([]float64{math.Inf(-1), math.Inf(-1)})
	if value, stderr, _ := none.Average([]float64{1, 2}); !math.IsNaN(value) || !math.IsNaN(stderr) {
		t.Errorf("without weight %v +- %v", value, stderr)
	}
}
