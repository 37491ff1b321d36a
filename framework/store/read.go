package store

import "github.com/helmholtz-physics/helmholtz/framework/h5"

// reader reads one group and remembers the first failure.
type reader struct {
	g   *h5.Group
	err error
}

// group reads the group at path below r's.
func (r *reader) group(path string, read func(*reader)) {
	if r.err != nil {
		return
	}
	g, err := r.g.Group(path)
	sub := &reader{g, err}
	if err == nil {
		read(sub)
	}
	r.err = sub.err
}

func (r *reader) text(name string) (text string) {
	if r.err == nil {
		text, r.err = r.g.ReadText(name)
	}
	return text
}

func (r *reader) dataset(name string) (set *h5.Dataset) {
	if r.err == nil {
		set, r.err = r.g.Dataset(name)
	}
	return set
}

// sizeOf is how many numbers a dataset has.
func sizeOf(r *reader, name string) int {
	set, size := r.dataset(name), 1
	if r.err != nil {
		return 0
	}
	shape, err := set.Shape()
	for _, n := range shape {
		size *= n
	}
	r.err = err
	return size
}

func (r *reader) datasets() (names []string) {
	if r.err == nil {
		names, r.err = r.g.Datasets()
	}
	return names
}

func (r *reader) groups() (names []string) {
	if r.err == nil {
		names, r.err = r.g.Groups()
	}
	return names
}

func numbers[T h5.Number](r *reader, name string) (data []T, shape []int) {
	if r.err == nil {
		data, shape, r.err = h5.Read[T](r.g, name)
	}
	return data, shape
}

func readNumber[T h5.Number](r *reader, name string) (x T) {
	if r.err == nil {
		x, r.err = h5.ReadScalar[T](r.g, name)
	}
	return x
}

func readAttr[T h5.Value](r *reader, on h5.Object, name string) (value T) {
	if r.err == nil {
		value, r.err = h5.Attr[T](on, name)
	}
	return value
}

// optional reads an attribute that may be missing.
func optional[T h5.Value](r *reader, on h5.Object, name string) (value T) {
	if r.err == nil && h5.HasAttr(on, name) {
		value = readAttr[T](r, on, name)
	}
	return value
}

// hasFormat tells whether the file at path can be read and is of a format.
func hasFormat(path, format string) bool {
	is := false
	_ = h5.ReadFile(path, func(root *h5.Group) error {
		got, err := h5.Attr[string](root, "format")
		is = got == format
		return err
	})
	return is
}
