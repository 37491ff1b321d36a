package coretest

import (
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// transformation of one configuration: it writes g x into y.
type transformation func(y, x []float64)

// apply transforms all configurations of size d in x.
func (g transformation) apply(x []float64, d int) []float64 {
	y := nans(len(x))
	for i := 0; i < len(x); i += d {
		g(y[i:i+d], x[i:i+d])
	}
	return y
}

// transformations are those by which a declared symmetry is tested: what
// generates its group, or of a continuous one some elements at random.
func transformations(t *testing.T, space core.Space, symmetry core.Symmetry) (all []transformation) {
	t.Helper()
	if err := symmetry.In(space); err != nil {
		t.Error(err)
	}
	for _, g := range symmetry.Actions(space, 81) {
		all = append(all, g)
	}
	return all
}

// images is the group that the symmetries generate over which a model can take a
// mean: Z2 and those of a lattice. It is nil if it has more than most elements.
func images(space core.Space, symmetries []core.Symmetry, most int) []core.Image {
	finite := slices.DeleteFunc(slices.Clone(symmetries), func(s core.Symmetry) bool {
		return s == core.Permutation || s.Generators(space) == nil
	})
	group, _ := core.Images(space, most, finite...)
	return group
}
