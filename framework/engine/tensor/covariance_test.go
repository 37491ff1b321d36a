package tensor

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// L of [[4, 2], [2, 5]] is [[2, 0], [1, 2]], and the matrix stays.
func TestFactor(t *testing.T) {
	a := []float64{4, 2, 2, 5}
	l, err := Factor(2, a)
	if err != nil || !slices.Equal(l, []float64{2, 0, 1, 2}) || !slices.Equal(a, []float64{4, 2, 2, 5}) {
		t.Errorf("L = %v of %v (%v)", l, a, err)
	}
	for _, c := range []struct {
		a    []float64
		want string
	}{
		{[]float64{1, 0.2, 0.3, 1}, "symmetric matrix, and elements 1, 0 and 0, 1 are 0.3 and 0.2"},
		{[]float64{1, 2, 2, 1}, "positive definite"},
		{[]float64{math.NaN(), 0, 0, 1}, "finite"},
	} {
		if _, err := Factor(2, c.a); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.a, err, c.want)
		}
	}
}
