package readout

import (
	"math"
	"testing"
)

func TestDeviation(t *testing.T) {
	for _, c := range []struct {
		value, stderr, exact float64
		want                 string
	}{
		{1.1, 0.05, 1, "+1.0e-01 (1.0e-01 relative, 2.0 sigma)"},
		{-2.2, 0.1, -2, "-2.0e-01 (1.0e-01 relative, 2.0 sigma)"},
		{0.3, 0.1, 0, "+3.0e-01 (3.0 sigma)"},
		{1.5, math.NaN(), 1, "+5.0e-01 (5.0e-01 relative)"},
		{1.5, 0, 0, "+1.5e+00"},
		{math.NaN(), math.NaN(), 1, ""},
	} {
		if got := (Row{Value: c.value, Stderr: c.stderr, Exact: c.exact}).Deviation(); got != c.want {
			t.Errorf("%v +- %v against %v: %q, want %q", c.value, c.stderr, c.exact, got, c.want)
		}
	}
}
