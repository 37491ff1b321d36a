package coretest

import (
	"fmt"
	"math"
	"math/rand/v2"
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
// generates its group, or for rotations some at random.
func transformations(t *testing.T, space core.Space, symmetry core.Symmetry) []transformation {
	t.Helper()
	if err := symmetry.In(space); err != nil {
		t.Error(err)
		return nil
	}
	if symmetry == core.Rotation {
		r := rand.New(rand.NewPCG(81, 82))
		return []transformation{rotation(r, space.Shape[1]), rotation(r, space.Shape[1])}
	}
	var all []transformation
	for _, g := range symmetry.Generators(space) {
		all = append(all, g.Apply)
	}
	return all
}

// rotation turns all vectors of the given dimension alike, by random angles in
// the plane of every two axes.
func rotation(r *rand.Rand, dimension int) transformation {
	var angles []float64
	for range dimension * (dimension - 1) / 2 {
		angles = append(angles, 2*math.Pi*r.Float64())
	}
	return func(y, x []float64) {
		copy(y, x)
		for i := 0; i < len(y); i += dimension {
			plane := 0
			for b := range dimension {
				for a := range b {
					sin, cos := math.Sincos(angles[plane])
					plane++
					y[i+a], y[i+b] = cos*y[i+a]-sin*y[i+b], sin*y[i+a]+cos*y[i+b]
				}
			}
		}
	}
}

// images is the group that those of the symmetries generate over which a model
// can take a mean: Z2 and those of a lattice. It is nil if it has more than
// most elements.
func images(space core.Space, symmetries []core.Symmetry, most int) []core.Image {
	var steps []core.Image
	for _, s := range symmetries {
		if s != core.Permutation {
			steps = append(steps, s.Generators(space)...)
		}
	}
	group := []core.Image{{From: core.Reorder(space.Shape, func([]int) {}), Sign: 1}}
	seen := map[string]bool{fmt.Sprint(group[0]): true}
	for k := 0; k < len(group); k++ {
		for _, step := range steps {
			next := core.Image{From: slices.Clone(group[k].From), Sign: group[k].Sign * step.Sign}
			for i, j := range step.From {
				next.From[i] = group[k].From[j]
			}
			if key := fmt.Sprint(next); !seen[key] {
				seen[key] = true
				group = append(group, next)
			}
		}
		if len(group) > most {
			return nil
		}
	}
	return group
}
