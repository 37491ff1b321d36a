package picture

import (
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Rows as long as a configuration are images, and columns where rows are not.
func TestFilters(t *testing.T) {
	space := core.Space{Kind: core.Spins, Shape: []int{2, 2}}
	theta := []float64{1, 2, 3, 4, 5, 6, 7, 8}
	for _, c := range []struct {
		shape []int
		want  []float64
	}{
		{[]int{2, 4}, theta},
		{[]int{4, 2}, []float64{1, 3, 5, 7, 2, 4, 6, 8}},
		{[]int{8}, nil},
		{[]int{2, 2, 2}, nil},
	} {
		if got, ok := filters(theta, c.shape, space); !slices.Equal(got, c.want) || ok != (c.want != nil) {
			t.Errorf("a block of shape %v gives %v, %t, want %v", c.shape, got, ok, c.want)
		}
	}
	for _, s := range []core.Space{{Kind: core.Mixed, Shape: []int{4}}, {Kind: core.Spins, Shape: []int{1, 2, 2}}} {
		if _, ok := filters(theta, []int{2, 4}, s); ok {
			t.Errorf("there are images of %v", s)
		}
	}
	if s := evenScale([]float64{-3, 1}); s.Low != -3 || s.High != 3 {
		t.Errorf("the scale is from %v to %v", s.Low, s.High)
	}
}
