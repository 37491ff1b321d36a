package coretest

import (
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// modelSweep tests that the gradient is that of Pull, that the step goes down, and that
// it changes nothing.
func modelSweep(t *testing.T, s *subject) {
	s.need(t, core.PowerSweep)
	const n = 24
	b := s.sample(t, 171, n)
	w := slices.Repeat([]float64{-1. / n}, n)
	f := func() (sum float64) {
		for i, l := range s.logProb(t, b.X) {
			sum += w[i] * l
		}
		return sum
	}
	before := f()
	sweep := func() (grad, step []float64) {
		grad, step = nans(len(s.theta)), nans(len(s.theta))
		if err := s.Model.(core.Sweeper).Sweep(grad, step, b, w); err != nil {
			t.Fatal(err)
		}
		return grad, step
	}
	grad, step := sweep()
	near(t, "gradient of a sweep", grad, s.pull(t, sent(b), w), s.o.Inverse)
	same(t, "sum of w ln p after a sweep", []float64{f()}, []float64{before})
	_, again := sweep()
	same(t, "a sweep again", again, step)
	theta := slices.Clone(s.theta)
	for i, v := range step {
		theta[i] -= v
	}
	s.load(t, theta)
	if after := f(); !(after < before) {
		t.Errorf("a sweep took sum w ln p from %v to %v", before, after)
	}
}
