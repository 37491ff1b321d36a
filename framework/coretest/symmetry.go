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
	particles := symmetry == core.Permutation || symmetry == core.Rotation
	switch {
	case particles && space.Kind != core.Particles:
		t.Errorf("%s in %v: there are no particles", symmetry, space)
		return nil
	case symmetry == core.Translation && !space.Periodic:
		t.Errorf("%s in %v: it does not close on itself", symmetry, space)
		return nil
	case symmetry == core.Rotation:
		r := rand.New(rand.NewPCG(81, 82))
		return []transformation{rotation(r, space.Shape[1]), rotation(r, space.Shape[1])}
	}
	gs, ok := generators(space, symmetry)
	if !ok {
		t.Errorf("unknown symmetry %q", symmetry)
	}
	var all []transformation
	for _, g := range gs {
		all = append(all, g.apply)
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

// image is a transformation that reorders: y_i = sign x_from[i].
type image struct {
	from []int
	sign float64
}

func (g image) apply(y, x []float64) {
	for i, j := range g.from {
		y[i] = g.sign * x[j]
	}
}

// generators of the group of a symmetry; false if it is not of reorderings.
func generators(space core.Space, symmetry core.Symmetry) (group []image, ok bool) {
	shape := space.Shape
	add := func(to func(r []int)) { group = append(group, image{reorder(shape, to), 1}) }
	switch symmetry {
	case core.Z2:
		group = []image{{reorder(shape, func([]int) {}), -1}}
	case core.Translation:
		for axis, length := range shape {
			add(func(r []int) { r[axis] = (r[axis] + 1) % length })
		}
	case core.Reflection:
		for axis, length := range shape {
			add(func(r []int) { r[axis] = length - 1 - r[axis] })
			for other := range axis {
				if shape[other] == length {
					add(func(r []int) { r[axis], r[other] = r[other], r[axis] })
				}
			}
		}
	case core.Permutation: // of the first axis: a cycle of all, and an exchange
		add(func(r []int) { r[0] = (r[0] + 1) % shape[0] })
		add(func(r []int) {
			if r[0] < 2 && shape[0] > 1 {
				r[0] = 1 - r[0]
			}
		})
	default:
		return nil, false
	}
	return group, true
}

// reorder lists for every site r the site that to(r) names; to writes over r.
func reorder(shape []int, to func(r []int)) []int {
	from := make([]int, core.Space{Shape: shape}.Size())
	r := make([]int, len(shape))
	for i := range from {
		rest := i
		for a := len(shape) - 1; a >= 0; a-- {
			r[a], rest = rest%shape[a], rest/shape[a]
		}
		to(r)
		for a, l := range shape {
			from[i] = from[i]*l + r[a]
		}
	}
	return from
}

// images is the group that those of the symmetries generate over which a model
// can take a mean: Z2 and those of a lattice. It is nil if it has more than
// most elements.
func images(space core.Space, symmetries []core.Symmetry, most int) []image {
	var steps []image
	for _, s := range symmetries {
		if s != core.Permutation {
			gs, _ := generators(space, s)
			steps = append(steps, gs...)
		}
	}
	group := []image{{reorder(space.Shape, func([]int) {}), 1}}
	seen := map[string]bool{fmt.Sprint(group[0]): true}
	for k := 0; k < len(group); k++ {
		for _, step := range steps {
			next := image{slices.Clone(group[k].from), group[k].sign * step.sign}
			for i, j := range step.from {
				next.from[i] = group[k].from[j]
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
