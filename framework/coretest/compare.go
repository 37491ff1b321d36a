package coretest

import (
	"fmt"
	"math"
	"testing"
)

// relation says in words what got has to do with want, if it is something simple: a factor, or a constant
// that is added, which leaves less than a thousandth of the difference. count is the number of sites or
// particles. It is "" where it is nothing simple.
func relation(got, want []float64, count int) string {
	var gg, gw, ww, shift float64
	for i, w := range want {
		gg, gw, ww = gg+got[i]*got[i], gw+got[i]*w, ww+w*w
		shift += (got[i] - w) / float64(len(want))
	}
	if !(ww > 0) || !(ww < math.MaxFloat64) || !(gg < math.MaxFloat64) {
		return "" // or infinite
	}
	factor := gw / ww
	difference, unscaled, unshifted := 0.0, 0.0, 0.0
	for i, w := range want {
		difference = max(difference, math.Abs(got[i]-w))
		unscaled = max(unscaled, math.Abs(got[i]-factor*w))
		unshifted = max(unshifted, math.Abs(got[i]-w-shift))
	}
	near := func(v float64) bool { return math.Abs(factor-v) <= 1e-6*math.Abs(v) }
	switch n, little := float64(count), 1e-3*difference; {
	case len(want) > 1 && unshifted <= little:
		return fmt.Sprintf("by the same %.6g everywhere", shift)
	case unscaled > little || factor == 0:
		return ""
	case near(-1):
		return "by the sign alone"
	case count > 1 && near(1/n):
		return fmt.Sprintf("by the factor 1/%d: is it per site or particle, of %d, and should be the total?", count, count)
	case count > 1 && near(n):
		return fmt.Sprintf("by the factor %d: is it the total, and should be per site or particle, of %d?", count, count)
	}
	return fmt.Sprintf("by the factor %.8g", factor)
}

// wrong are the trials of a comparison of derivatives that failed, and how the numbers are related.
type wrong struct {
	trials     int
	got, want  []float64 // of all single components: as claimed, by differences
	components []int     // those that are off
	tested     map[int]bool
}

// say tells which derivatives are off, and by how much.
func (w *wrong) say(t *testing.T, what string, directions int, worst string) {
	t.Helper()
	text := fmt.Sprintf("%s is not the derivative: it differs from central differences in %d of %d directions, most at %s", what, w.trials, directions, worst)
	if r := relation(w.got, w.want, 0); len(w.got) > 1 && r != "" {
		text += "; " + r
	} else if n := len(w.components); n > 0 && n < len(w.tested) {
		text += fmt.Sprintf("; of the components that were looked at alone, %d of %d are off: %v", n, len(w.tested), w.components)
	}
	t.Error(text)
}
