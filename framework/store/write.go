package store

import (
	"fmt"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

// scale labels an axis: a dataset of its coordinates.
type scale struct {
	set    *h5.Dataset
	length int
}

// writer fills one group and remembers the first failure, so that a layout
// reads as a list of what it holds. After a failure its calls do nothing.
type writer struct {
	g   *h5.Group
	err error
}

// group makes the group at path below w's and lets fill write it.
func (w *writer) group(path string, fill func(*writer)) {
	if w.err != nil {
		return
	}
	g, err := w.g.Create(path)
	sub := &writer{g, err}
	if err == nil {
		fill(sub)
	}
	w.err = sub.err
}

// text makes a scalar string dataset.
func (w *writer) text(name, text string) {
	if w.err == nil {
		w.err = w.g.WriteText(name, clean(text))
	}
}

// number makes a dataset of one number.
func number[T h5.Number](w *writer, name string, x T) *h5.Dataset {
	return keep(w, func() (*h5.Dataset, error) { return h5.WriteScalar(w.g, name, x) })
}

// array makes a dataset whose axes are labelled, outermost first. Every axis
// has its scale: netCDF refuses a mixture.
func array[T h5.Number](w *writer, name string, data []T, axes ...scale) *h5.Dataset {
	return keep(w, func() (*h5.Dataset, error) {
		shape, scales := make([]int, len(axes)), make([]*h5.Dataset, len(axes))
		for i, a := range axes {
			shape[i], scales[i] = a.length, a.set
		}
		set, err := h5.Write(w.g, name, data, shape...)
		if err != nil {
			return nil, err
		}
		return set, set.Attach(scales...)
	})
}

// axis makes a dimension scale.
func axis[T h5.Number](w *writer, name string, coordinates []T) scale {
	set := keep(w, func() (*h5.Dataset, error) {
		set, err := h5.Write(w.g, name, coordinates)
		if err != nil {
			return nil, err
		}
		return set, set.MakeScale()
	})
	return scale{set, len(coordinates)}
}

// indices makes a dimension scale 0, 1, ..., n-1.
func indices(w *writer, name string, n int) scale {
	i := make([]int64, n)
	for k := range i {
		i[k] = int64(k)
	}
	return axis(w, name, i)
}

func keep(w *writer, write func() (*h5.Dataset, error)) *h5.Dataset {
	if w.err != nil {
		return nil
	}
	set, err := write()
	w.err = err
	return set
}

// attr sets an attribute.
func attr[T h5.Value](w *writer, on h5.Object, name string, value T) {
	if w.err != nil {
		return
	}
	if text, ok := any(value).(string); ok {
		w.err = h5.SetAttr(on, name, clean(text))
		return
	}
	w.err = h5.SetAttr(on, name, value)
}

// clean makes any text storable: what a crashed program printed must not keep
// the results from being written.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\x00", "\ufffd")
}

// header marks a file's format.
func header(w *writer, format, version string) {
	attr(w, w.g, "format", format)
	attr(w, w.g, "format_version", version)
}

// formatVersion is that of results.
const formatVersion = "1.0"

// checkHeader refuses a file of another format or of another major version.
func checkHeader(root *h5.Group, path, format, known string) error {
	got, err := h5.Attr[string](root, "format")
	if err != nil {
		return err
	}
	if got != format {
		return core.Errorf(core.Storage, "read", path, "format is %q instead of %q", got, format)
	}
	version, err := h5.Attr[string](root, "format_version")
	if err != nil {
		return err
	}
	ours, _, _ := strings.Cut(known, ".")
	if major, _, _ := strings.Cut(version, "."); major != ours {
		return &core.Error{Kind: core.Mismatch, Op: "read", Subject: path,
			Err:  fmt.Errorf("format version is %q, this program knows %q", version, known),
			Hint: "use the version of the program that wrote it"}
	}
	return nil
}
