package store

import (
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

// readObservables is the inverse of writeObservables.
func readObservables(r *reader, into *core.Results) {
	for _, name := range strings.Fields(readAttr[string](r, r.g, "names")) {
		into.Estimates = append(into.Estimates, readEstimate(r, name))
	}
	for _, name := range r.datasets() {
		set := r.dataset(name)
		if r.err != nil || !h5.HasAttr(set, "exact_of") {
			continue
		}
		if into.Exact == nil {
			into.Exact = map[string]float64{}
		}
		into.Exact[readAttr[string](r, set, "exact_of")] = readNumber[float64](r, name)
		into.ExactSource = readAttr[string](r, set, "exact_source")
	}
}

func readEstimate(r *reader, name string) core.Estimate {
	e := readValue(r, name)
	e.N = readNumber[int64](r, name+"_n")
	e.Tau = readNumber[float64](r, name+"_tau")
	for suffix, into := range map[string]*float64{"_stderr_stderr": &e.StderrStderr, "_rhat": &e.RHat, "_bulk": &e.Bulk, "_tail": &e.Tail, "_tau_stderr": &e.TauStderr} {
		if r.err == nil && r.g.HasDataset(name+suffix) {
			*into = readNumber[float64](r, name+suffix)
		}
	}
	return e
}

// readValue is the inverse of observables.value.
func readValue(r *reader, name string) core.Estimate {
	set := r.dataset(name)
	e := core.Estimate{
		Name:      name,
		Long:      readAttr[string](r, set, "long_name"),
		Units:     readAttr[string](r, set, "units"),
		Extensive: optional[int64](r, set, "extensive") != 0,
		Bound:     boundSign(optional[string](r, set, "bound")),
		Constant:  optional[int64](r, set, "constant") != 0,
		Cautions:  readCautions(r, set),
	}
	if r.err == nil && r.g.HasDataset(name+"_upper") {
		e.Upper, _ = numbers[float64](r, name+"_upper")
	}
	e.Value, _ = numbers[float64](r, name)
	e.Stderr, _ = numbers[float64](r, name+"_stderr")
	e.Given = optional[string](r, r.dataset(name+"_stderr"), "given")
	for _, axis := range strings.Fields(optional[string](r, set, "axes")) {
		e.Axes = append(e.Axes, readAxis(r, axis))
	}
	return e
}

// readAxis reads the scale of an axis.
func readAxis(r *reader, name string) core.Axis {
	set := r.dataset(name)
	a := core.Axis{Name: readAttr[string](r, set, "axis_name"), Units: readAttr[string](r, set, "units")}
	a.Values, _ = numbers[float64](r, name)
	return a
}

func boundSign(name string) int {
	switch name {
	case "upper":
		return 1
	case "lower":
		return -1
	}
	return 0
}
