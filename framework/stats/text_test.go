package stats

import (
	"math"
	"testing"
)

func TestPlusMinus(t *testing.T) {
	for _, c := range []struct {
		value, stderr float64
		want          string
	}{
		{1.23456, 0.0123, "1.235 +- 0.012"}, // two digits of the error
		{-2.1153261, 0.00012, "-2.11533 +- 0.00012"},
		{1234.56, 12.3, "1235 +- 12"},
		{1234.56, 123, "1235 +- 123"},
		{0.5, 2, "0.5 +- 2.0"},
		{-2.1153261, 0, "-2.11533 +- 0.00000"}, // six digits of the value
		{238.64225664, math.NaN(), "238.642"},
		{0, 0, "0.00000 +- 0.00000"},
		{0, math.NaN(), "0.00000"},
		{0, 0.02, "0.000 +- 0.020"},
		{-3.14159e-20, 1.2e-22, "-3.142e-20 +- 1.2e-22"}, // an energy in joule
		{1e-22, 1.2e-20, "1.0e-22 +- 1.2e-20"},
		{6.02214e23, 0, "6.02214e+23 +- 0.0e+00"},
		{123456789, 1, "123456789.0 +- 1.0"},
		{0.25, 1e-14, "0.250000000000000 +- 0.000000000000010"},
		{math.NaN(), 0.1, "NaN +- 0.10"},
		{1.5, math.Inf(1), "1.50000 +- +Inf"},
	} {
		if got := PlusMinus(c.value, c.stderr); got != c.want {
			t.Errorf("PlusMinus(%v, %v) = %q, want %q", c.value, c.stderr, got, c.want)
		}
	}
}

func TestExactText(t *testing.T) {
	for _, c := range []struct {
		exact, value, stderr float64
		want                 string
	}{
		{-2.11532618, -2.1153, 0.00012, "-2.115326"},
		{-3.14159265e-20, -3.1416e-20, 1.2e-22, "-3.1416e-20"},
		{0, 0.01, 0.02, "0.0000"},
	} {
		if got := ExactText(c.exact, c.value, c.stderr); got != c.want {
			t.Errorf("%v beside %v +- %v: %q, want %q", c.exact, c.value, c.stderr, got, c.want)
		}
	}
}
