package data

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Array is what a data file holds: rows of finite numbers, and what can be known of them
// without knowing their space.
type Array struct {
	// Name is the file, or the name of the data set; messages begin with it.
	Name string
	// X has the numbers, row-major.
	X []float64
	// Shape is [n] or [n, ...] for n rows.
	Shape []int
	// Whole tells whether all numbers are integers, as levels, spins and pixels are.
	Whole bool
	// Least and Most bound the numbers.
	Least, Most float64
}

// newArray looks at the numbers of a shape; x is kept.
func newArray(name string, x []float64, shape []int) (*Array, error) {
	if len(shape) == 0 {
		return nil, bad(name, "it is a single number, and not rows of them")
	}
	if len(x) == 0 {
		return nil, bad(name, "it has no configurations")
	}
	a := &Array{Name: name, X: x, Shape: slices.Clone(shape), Whole: true, Least: x[0], Most: x[0]}
	for k, v := range x {
		if v-v != 0 { // NaN and both infinities
			return nil, bad(name, "row %d, column %d is %v, not a finite number", k/a.Size()+1, k%a.Size()+1, v)
		}
		a.Whole = a.Whole && v == math.Trunc(v)
		a.Least, a.Most = min(a.Least, v), max(a.Most, v)
	}
	return a, nil
}

// Rows is how many rows there are.
func (a *Array) Rows() int { return a.Shape[0] }

// Size is how many numbers a row has.
func (a *Array) Size() int { return len(a.X) / a.Shape[0] }

// String is the shape and what is known of the numbers: "[1797 8 8], whole numbers from 0
// to 16".
func (a *Array) String() string {
	what := "numbers"
	if a.Whole {
		what = "whole numbers"
	}
	return fmt.Sprintf("%v, %s from %g to %g", a.Shape, what, a.Least, a.Most)
}

// Check tests that every row is a configuration of the space. The shape of a row is that
// of the space, or has one axis; where the space has one axis, only their number counts.
func (a *Array) Check(space core.Space) error {
	d := space.Size()
	if a.Size() != d || !slices.Equal(a.Shape[1:], space.Shape) && len(a.Shape) != 2 && len(space.Shape) > 1 {
		want := fmt.Sprintf("[n %d]", d)
		if len(space.Shape) > 1 {
			want = fmt.Sprintf("%v or %s", append([]any{"n"}, ints(space.Shape)...), want)
		}
		return bad(a.Name, "it has the shape %v, and configurations of %v have the shape %s", a.Shape, space, want)
	}
	if k := space.Illegal(a.X); k >= 0 {
		return bad(a.Name, "row %d, column %d is %v, and %s", k/d+1, k%d+1, a.X[k], space.Legal(k%d))
	}
	return nil
}

func ints(shape []int) (values []any) {
	for _, n := range shape {
		values = append(values, n)
	}
	return values
}
