package core

import "fmt"

// Symmetry names a transformation that leaves an energy or a density unchanged.
type Symmetry string

const (
	// Z2 is x -> -x for every component at once.
	Z2 Symmetry = "z2"
	// Translation is a shift of a periodic lattice by any number of sites
	// along any axis.
	Translation Symmetry = "translation"
	// Reflection is the point group of a square (or hypercubic) lattice: mirrors
	// of each axis and exchanges of axes of equal length.
	Reflection Symmetry = "reflection"
	// Permutation is that of identical particles.
	Permutation Symmetry = "permutation"
	// Rotation is that of all particles about the origin.
	Rotation Symmetry = "rotation"
)

// In says why nothing in a space can have the symmetry, nil if something can.
func (s Symmetry) In(space Space) error {
	particles := space.Kind == Particles
	switch s {
	case Z2:
		return nil
	case Permutation, Rotation:
		if !particles {
			return fmt.Errorf("%s in %v: there are no particles", s, space)
		}
	case Translation, Reflection:
		if particles {
			return fmt.Errorf("%s in %v: there is no lattice", s, space)
		}
		if s == Translation && !space.Periodic {
			return fmt.Errorf("%s in %v: it does not close on itself", s, space)
		}
	default:
		return fmt.Errorf("unknown symmetry %q", s)
	}
	return nil
}

// Image is a transformation that reorders: y_i = Sign x_From[i].
type Image struct {
	From []int
	Sign float64
}

// Apply writes the image of the configuration x into y.
func (g Image) Apply(y, x []float64) {
	for i, j := range g.From {
		y[i] = g.Sign * x[j]
	}
}

// Generators are images from which those of all elements of the symmetry's
// group in the space are made. There are none of Rotation, which is no
// reordering, nor of a symmetry that the space cannot have.
func (s Symmetry) Generators(space Space) []Image {
	shape := space.Shape
	var all []Image
	add := func(to func(r []int)) { all = append(all, Image{Reorder(shape, to), 1}) }
	switch {
	case s.In(space) != nil:
	case s == Z2:
		all = []Image{{Reorder(shape, func([]int) {}), -1}}
	case s == Translation:
		for axis, length := range shape {
			add(func(r []int) { r[axis] = (r[axis] + 1) % length })
		}
	case s == Reflection:
		for axis, length := range shape {
			add(func(r []int) { r[axis] = length - 1 - r[axis] })
			for other := range axis {
				if shape[other] == length {
					add(func(r []int) { r[axis], r[other] = r[other], r[axis] })
				}
			}
		}
	case s == Permutation: // of the first axis: a cycle of all, and an exchange
		add(func(r []int) { r[0] = (r[0] + 1) % shape[0] })
		add(func(r []int) {
			if r[0] < 2 && shape[0] > 1 {
				r[0] = 1 - r[0]
			}
		})
	}
	return all
}

// Reorder lists for every site r of a lattice the site that to(r) names; to
// writes over r.
func Reorder(shape []int, to func(r []int)) []int {
	from := make([]int, Space{Shape: shape}.Size())
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
