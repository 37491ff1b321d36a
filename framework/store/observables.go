package store

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

// observables writes the group /observables. An estimate NAME gives
//
//	NAME, NAME_stderr       scalars, or arrays over the scales of its axes
//	NAME_n, NAME_tau        configurations that entered, correlation time
//	NAME_stderr_stderr      of scalars, where it is known
//	NAME_rhat, NAME_bulk, NAME_tail, NAME_tau_stderr   of Markov chains
//	NAME_upper              of counts, where none was seen
//	NAME_exact              where the exact value is known
//	NAME_per_site, ...      the same divided by the count, if extensive
type observables struct {
	*writer
	results *core.Results
	// taken are the names of all variables that are not scales.
	taken map[string]bool
	axes  map[string]axisScale
}

type axisScale struct {
	core.Axis
	scale
}

func newObservables(w *writer, r *core.Results) *observables {
	return &observables{writer: w, results: r, taken: map[string]bool{}, axes: map[string]axisScale{}}
}

func writeObservables(w *writer, r *core.Results) {
	o := newObservables(w, r)
	names := make([]string, len(r.Estimates))
	for i, e := range r.Estimates {
		if e.Name == "" || e.Name != identifier(e.Name) {
			w.err = core.Errorf(core.Invalid, "write results", "", "observable name %q is empty or has a blank or slash", e.Name)
			return
		}
		names[i] = e.Name
		o.taken[e.Name] = true
	}
	attr(w, w.g, "names", strings.Join(names, " "))
	for _, e := range r.Estimates {
		o.write(e)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Exact)) {
		if !o.taken[name+"_exact"] {
			o.exact(name, "", name, r.Exact[name], "")
		}
	}
}

// write writes one estimate and what is derived from it.
func (o *observables) write(e core.Estimate) {
	axes, axisNames := o.scales(e)
	set := o.value(e.Name, e, 1, axes)
	if len(axes) > 0 {
		attr(o.writer, set, "axes", strings.Join(axisNames, " "))
	}
	number(o.writer, e.Name+"_n", e.N)
	number(o.writer, e.Name+"_tau", e.Tau)
	if e.StderrStderr > 0 {
		number(o.writer, e.Name+"_stderr_stderr", e.StderrStderr)
	}
	if e.RHat > 0 {
		number(o.writer, e.Name+"_rhat", e.RHat)
		number(o.writer, e.Name+"_bulk", e.Bulk)
		number(o.writer, e.Name+"_tail", e.Tail)
		number(o.writer, e.Name+"_tau_stderr", e.TauStderr)
	}
	exact, known := o.results.Exact[e.Name]
	if known {
		o.exact(e.Name, e.Units, e.Long, exact, "")
	}
	space := o.results.SamplesSpace
	per := e.Name + "_per_" + space.Each()
	if !e.Extensive || space.Count() == 0 || o.taken[per] {
		return
	}
	count := float64(space.Count())
	e.Long += " per " + space.Each()
	set = o.value(per, e, count, axes)
	attr(o.writer, set, "derived_from", e.Name)
	if known {
		o.exact(per, e.Units, e.Long, exact/count, e.Name)
	}
}

// value writes an estimate divided by count, with its error, under a name.
func (o *observables) value(name string, e core.Estimate, count float64, axes []scale) *h5.Dataset {
	values, errors := make([]float64, len(e.Value)), make([]float64, len(e.Value))
	for i, v := range e.Value {
		values[i], errors[i] = v/count, math.NaN()
		if i < len(e.Stderr) {
			errors[i] = e.Stderr[i] / count
		}
	}
	set := o.variable(name, values, axes)
	attr(o.writer, set, "units", e.Units)
	attr(o.writer, set, "long_name", e.Long)
	attr(o.writer, set, "ancillary_variables", name+"_stderr")
	if e.Extensive {
		attr(o.writer, set, "extensive", int64(1))
	}
	if e.Bound != 0 {
		attr(o.writer, set, "bound", BoundName(e.Bound))
	}
	if e.Constant {
		attr(o.writer, set, "constant", int64(1))
	}
	writeCautions(o.writer, set, e.Cautions)
	stderr := o.variable(name+"_stderr", errors, axes)
	writeGiven(o.writer, stderr, e.Given)
	attr(o.writer, stderr, "units", e.Units)
	attr(o.writer, stderr, "long_name", "standard error of "+e.Long)
	if len(e.Upper) == len(e.Value) {
		limits := make([]float64, len(e.Upper))
		for i, u := range e.Upper {
			limits[i] = u / count
		}
		upper := o.variable(name+"_upper", limits, axes)
		attr(o.writer, upper, "units", e.Units)
		attr(o.writer, upper, "long_name", "upper limit (95 %) where nothing was seen of "+e.Long)
	}
	return set
}

// writeGiven says of an error what it does not vary, if there is something.
func writeGiven(w *writer, stderr *h5.Dataset, given string) {
	if given != "" {
		attr(w, stderr, "given", given)
	}
}

func (o *observables) variable(name string, values []float64, axes []scale) *h5.Dataset {
	if len(axes) == 0 && len(values) == 1 {
		return number(o.writer, name, values[0])
	}
	return array(o.writer, name, values, axes...)
}

// exact writes the exact value of a scalar observable. derivedFrom is the
// total that a value per site belongs to.
func (o *observables) exact(name, units, long string, value float64, derivedFrom string) {
	o.taken[name+"_exact"] = true
	set := number(o.writer, name+"_exact", value)
	attr(o.writer, set, "long_name", "exact "+long)
	if units != "" {
		attr(o.writer, set, "units", units)
	}
	attr(o.writer, set, "exact_source", o.results.ExactSource)
	if derivedFrom != "" {
		attr(o.writer, set, "derived_from", derivedFrom)
	} else {
		attr(o.writer, set, "exact_of", name)
	}
}

// scales returns the scales of an estimate's axes.
func (o *observables) scales(e core.Estimate) (scales []scale, names []string) {
	size := 1
	for _, a := range e.Axes {
		size *= len(a.Values)
	}
	if o.err == nil && size != len(e.Value) {
		o.err = core.Errorf(core.Internal, "write results", e.Name, "%d values on axes of %d", len(e.Value), size)
	}
	for _, a := range e.Axes {
		s, name := o.scale(e.Name, a)
		scales, names = append(scales, s), append(names, name)
	}
	return scales, names
}

// scale returns the scale of one axis and its name. Estimates share a scale
// when name and labels agree; otherwise the later one gets a name of its own.
func (o *observables) scale(owner string, a core.Axis) (scale, string) {
	name := identifier(a.Name)
	for n := 1; ; n++ {
		shared, used := o.axes[name]
		if used && shared.Name == a.Name && shared.Units == a.Units && slices.Equal(shared.Values, a.Values) {
			return shared.scale, name
		}
		if !used && !o.taken[name] {
			s := axis(o.writer, name, a.Values)
			attr(o.writer, s.set, "units", a.Units)
			attr(o.writer, s.set, "axis_name", a.Name)
			o.axes[name] = axisScale{a, s}
			return s, name
		}
		name = identifier(fmt.Sprintf("%s_%s_%d", owner, a.Name, n))
	}
}

// identifier turns a name into one for a dataset in a list.
func identifier(name string) string {
	return strings.Map(func(c rune) rune {
		if c == '/' || unicode.IsSpace(c) || unicode.IsControl(c) {
			return '_'
		}
		return c
	}, clean(name))
}

// BoundName is a bound as files and JSON have it: upper, lower, or "" where the value is none.
func BoundName(b int) string {
	switch {
	case b > 0:
		return "upper"
	case b < 0:
		return "lower"
	}
	return ""
}
