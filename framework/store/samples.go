package store

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

// dimensions names the axes of one configuration, with their lengths: those of its
// sites or particles and the components of a vector. All fields of a mixed space are
// in one row.
func dimensions(s core.Space) (names []string, shape []int) {
	if s.Kind == core.Mixed {
		return []string{"component"}, []int{s.Size()}
	}
	sites := len(s.Sites())
	if names = siteAxes(sites, s.Each()); sites < len(s.Shape) {
		names = append(names, "component")
	}
	return names, s.Shape
}

func siteAxes(n int, each string) []string {
	switch {
	case n == 1:
		return []string{each}
	case n <= 3:
		return []string{"z", "y", "x"}[3-n:]
	default:
		names := make([]string, n)
		for i := range names {
			names[i] = fmt.Sprintf("axis%d", i)
		}
		return names
	}
}

// writeSamples writes the group /samples: the columns [core.Kept] of the configurations
// (draw, site...), as far as they are known, and columns of parts' own in a group for each
// part. Spins and few levels take one byte.
func writeSamples(w *writer, r *core.Results) {
	s := samples{writer: w, batch: r.Samples, space: r.SamplesSpace, draw: indices(w, "draw", r.Samples.N)}
	names, shape := dimensions(r.SamplesSpace)
	for i, axis := range names {
		s.sites = append(s.sites, indices(w, axis, shape[i]))
	}
	for _, c := range core.Kept {
		if c.Len(s.batch) > 0 {
			s.write(c)
		}
	}
	groups := map[string][]core.Column{}
	for _, c := range r.Columns {
		if part, _, _ := strings.Cut(c.Info().Name, "/"); c.Len(s.batch) > 0 {
			groups[part] = append(groups[part], c)
		}
	}
	for _, part := range slices.Sorted(maps.Keys(groups)) {
		name := part
		for w.err == nil && w.g.HasDataset(name) {
			name += "_"
		}
		w.group(name, func(w *writer) { s.writeOwn(w, groups[part]) })
	}
}

// samples writes kept configurations.
type samples struct {
	*writer
	batch *core.Batch
	space core.Space
	draw  scale
	sites []scale // of x
}

// write writes a column of the table.
func (s samples) write(c core.Column) {
	info, axes := c.Info(), []scale{s.draw}
	name := cmp.Or(info.File, info.Name)
	switch info.Dim {
	case core.DimX:
		name = s.space.Dataset()
		axes = append(axes, s.sites...)
	case core.DimLabels:
		axes = append(axes, indices(s.writer, "occupied", c.Len(s.batch)/s.batch.N))
	case core.DimData:
		axes = append(axes, s.ofData(c.Len(s.batch)/s.batch.N)...)
	}
	var set *h5.Dataset
	switch values := c.Reals(s.batch); {
	case info.Dim == core.DimX && inBytes(s.space):
		set = array(s.writer, name, whole[int8](values), axes...)
	case info.Dim == core.DimLabels:
		set = array(s.writer, name, whole[int64](values), axes...)
	default:
		set = array(s.writer, name, values, axes...)
	}
	describe(s.writer, set, info)
	if info.Dim == core.DimLogP && len(s.batch.K) == 0 {
		attr(s.writer, set, "measure", s.space.Measure())
	}
}

// ofData are the axes of so many numbers in the units of the data: those of the sites, or one
// of its own where they have another shape.
func (s samples) ofData(size int) []scale {
	shape := s.space.DataShape(size)
	if len(shape) > len(s.sites) || !slices.EqualFunc(shape, s.sites[:len(shape)], func(n int, at scale) bool { return n == at.length }) {
		return []scale{indices(s.writer, "number", size)}
	}
	return s.sites[:len(shape)]
}

// writeOwn writes columns of one part's own.
func (s samples) writeOwn(w *writer, columns []core.Column) {
	o := newObservables(w, nil)
	for _, c := range columns {
		_, name, _ := strings.Cut(c.Info().Name, "/")
		o.taken[name] = true
	}
	for _, c := range columns {
		_, name, _ := strings.Cut(c.Info().Name, "/")
		axes, names := []scale{s.draw}, []string(nil)
		for _, a := range c.Info().Axes {
			axis, called := o.scale(name, a)
			axes, names = append(axes, axis), append(names, called)
		}
		set := array(w, name, c.Reals(s.batch), axes...)
		describe(w, set, c.Info())
		attr(w, set, "axes", strings.Join(names, " "))
	}
}

func describe(w *writer, set *h5.Dataset, info *core.ColumnInfo) {
	if info.Long != "" {
		attr(w, set, "long_name", info.Long)
	}
	if info.Units != "" {
		attr(w, set, "units", info.Units)
	}
}

// whole are whole numbers as integers.
func whole[T int8 | int64](values []float64) []T {
	integers := make([]T, len(values))
	for i, v := range values {
		integers[i] = T(v)
	}
	return integers
}

// inBytes tells whether all numbers of a space are small whole ones.
func inBytes(s core.Space) bool {
	values := s.Values()
	return values != nil && !slices.ContainsFunc(values, func(v []float64) bool { return slices.Max(v) > math.MaxInt8 })
}

// readSamples is the inverse of writeSamples.
func readSamples(r *reader, into *core.Results) {
	b := &core.Batch{}
	for _, c := range core.Kept {
		name := cmp.Or(c.Info().File, c.Info().Name)
		if c.Info().Dim == core.DimX {
			name = into.SamplesSpace.Dataset()
		}
		if r.err != nil || c != core.X && !r.g.HasDataset(name) {
			continue
		}
		values, shape := numbers[float64](r, name)
		c.SetReals(b, values)
		if r.err == nil {
			b.N = shape[0]
		}
	}
	into.Samples = b
	for _, part := range r.groups() {
		r.group(part, func(r *reader) {
			for _, name := range r.datasets() {
				readOwn(r, into, part, name)
			}
		})
	}
}

// readOwn reads a column of a part's own; datasets without the attribute axes are
// scales.
func readOwn(r *reader, into *core.Results, part, name string) {
	set := r.dataset(name)
	if r.err != nil || !h5.HasAttr(set, "axes") {
		return
	}
	o := core.Observed{Name: name, Long: readAttr[string](r, set, "long_name"), Units: readAttr[string](r, set, "units")}
	for _, axis := range strings.Fields(readAttr[string](r, set, "axes")) {
		o.Axes = append(o.Axes, readAxis(r, axis))
	}
	c := core.Own(part, o)
	values, _ := numbers[float64](r, name)
	c.SetReals(into.Samples, values)
	into.Columns = append(into.Columns, c)
}
