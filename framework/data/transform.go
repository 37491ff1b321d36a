package data

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Transform is a map y(x) of configurations. Its exported fields are its parameters, with
// names for JSON. Configurations are row-major, n of them: n is len(rows).
type Transform interface {
	// Size is how many numbers y has where x has d, or why the transform cannot be: its
	// parameters are out of range, or do not fit d.
	Size(d int) (int, error)
	// Forward writes y and adds ln|det dy/dx| of each configuration to lnDet. rows are the
	// numbers of the configurations in the data, counted from 0, by which noise is drawn.
	// y may be x where their lengths are equal.
	Forward(y, x []float64, rows []int, lnDet []float64) error
	// Inverse writes x of y, which may come from a model and be any numbers.
	Inverse(x, y []float64)
}

// Fitter is a transform whose parameters are those of data.
type Fitter interface {
	// Fit returns the transform of configurations x of d numbers, the training rows as the
	// transforms before this one leave them, and what a reader should know of it.
	Fit(x []float64, d int) (fitted Transform, notes []string, err error)
}

// List is one transform after the other, first to last.
type List []Transform

// Transformed are configurations as a List makes them.
type Transformed struct {
	// Y are the configurations y, row-major, of Size numbers each.
	Y    []float64
	Size int
	// LnDet is ln|det dy/dx| of each.
	LnDet []float64
}

// Size is how many numbers y has where x has d.
func (l List) Size(d int) (int, error) {
	for _, t := range l {
		next, err := t.Size(d)
		if err != nil {
			return 0, transformError(t, err)
		}
		d = next
	}
	return d, nil
}

// Forward transforms the rows of these numbers, counted from 0, of x with d numbers a row.
func (l List) Forward(x []float64, d int, rows []int) (Transformed, error) {
	_, done, _, err := l.forward(x, d, rows, false)
	return done, err
}

// Fit returns the list with its Fitters fitted to the rows of these numbers, counted from
// 0, of x with d numbers a row, which are also transformed.
func (l List) Fit(x []float64, d int, rows []int) (fitted List, done Transformed, notes []string, err error) {
	return l.forward(x, d, rows, true)
}

func (l List) forward(x []float64, d int, rows []int, fit bool) (fitted List, done Transformed, notes []string, err error) {
	n := len(rows)
	if err := core.Afford(8*float64(n)*float64(d), "transforms", "their numbers", "take fewer rows"); err != nil {
		return nil, done, nil, err
	}
	y := make([]float64, 0, n*d)
	for _, row := range rows {
		y = append(y, x[row*d:(row+1)*d]...)
	}
	lnDet := make([]float64, n)
	for _, t := range l {
		if f, ok := t.(Fitter); ok && fit {
			fitted, said, err := f.Fit(y, d)
			if err != nil {
				return nil, done, nil, transformError(t, err)
			}
			t, notes = fitted, append(notes, said...)
		}
		next, err := t.Size(d)
		if err != nil {
			return nil, done, nil, transformError(t, err)
		}
		from := y
		if next != d {
			if err := core.Afford(8*float64(n)*float64(next), nameOf(t), "its numbers", "take fewer rows"); err != nil {
				return nil, done, nil, err
			}
			y = make([]float64, n*next)
		}
		if err := t.Forward(y, from, rows, lnDet); err != nil {
			return nil, done, nil, transformError(t, err)
		}
		d, fitted = next, append(fitted, t)
	}
	return fitted, Transformed{Y: y, Size: d, LnDet: lnDet}, notes, nil
}

// Inverse is x of n configurations y, where x has d numbers.
func (l List) Inverse(y []float64, n, d int) ([]float64, error) {
	sizes := []int{d}
	for _, t := range l {
		next, err := t.Size(d)
		if err != nil {
			return nil, transformError(t, err)
		}
		d, sizes = next, append(sizes, next)
	}
	y = slices.Clone(y)
	for i := len(l) - 1; i >= 0; i-- {
		x := y
		if sizes[i] != sizes[i+1] {
			x = make([]float64, n*sizes[i])
		}
		l[i].Inverse(x, y)
		y = x
	}
	return y, nil
}

// illegal is the error of number k of x that a transform cannot take.
func illegal(x []float64, rows []int, k int, want string) error {
	d := len(x) / len(rows)
	return fmt.Errorf("row %d, column %d is %v, and %s", rows[k/d]+1, k%d+1, x[k], want)
}

func transformError(t Transform, err error) error {
	if e := (*core.Error)(nil); errors.As(err, &e) {
		return err
	}
	return &core.Error{Kind: core.Invalid, Op: "transform data", Subject: nameOf(t), Err: err}
}

// transforms by their names.
var transforms = []struct {
	name string
	is   func(t Transform) bool
	read func(text []byte) (Transform, error)
}{
	{"dequantise", is[Dequantise], read[Dequantise]},
	{"logit", is[Logit], read[Logit]},
	{"standardise", is[Standardise], read[Standardise]},
	{"whiten", is[Whiten], read[Whiten]},
	{"centre", is[Centre], read[Centre]},
	{"scale", is[Scale], read[Scale]},
	{"one_hot", is[OneHot], read[OneHot]},
	{"binarise", is[Binarise], read[Binarise]},
	{"spins", is[Spins], read[Spins]},
	{"measure", is[Measure], read[Measure]},
}

func is[T Transform](t Transform) bool { _, ok := t.(T); return ok }

func read[T Transform](text []byte) (Transform, error) {
	var t T
	err := json.Unmarshal(text, &t)
	return t, err
}

func nameOf(t Transform) string {
	for _, known := range transforms {
		if known.is(t) {
			return known.name
		}
	}
	return fmt.Sprintf("%T", t)
}

// entry is a transform in JSON.
type entry struct {
	Name       string          `json:"name"`
	Parameters json.RawMessage `json:"parameters"`
}

// MarshalJSON writes the names and parameters of the transforms, so that a file can hold
// them.
func (l List) MarshalJSON() ([]byte, error) {
	entries := []entry{}
	for _, t := range l {
		text, err := json.Marshal(t)
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry{nameOf(t), text})
	}
	return json.Marshal(entries)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (l *List) UnmarshalJSON(text []byte) error {
	var entries []entry
	if err := json.Unmarshal(text, &entries); err != nil {
		return err
	}
	*l = nil
	for _, e := range entries {
		t, err := readTransform(e)
		if err != nil {
			return err
		}
		*l = append(*l, t)
	}
	return nil
}

func readTransform(e entry) (Transform, error) {
	var names []string
	for _, known := range transforms {
		if known.name == e.Name {
			return known.read(e.Parameters)
		}
		names = append(names, known.name)
	}
	return nil, core.Errorf(core.Invalid, "read transforms", e.Name, "it is none of %v", names)
}
