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
	set := r.dataset(name)
	e := core.Estimate{
		Name:      name,
		Long:      readAttr[string](r, set, "long_name"),
		Units:     readAttr[string](r, set, "units"),
		N:         readNumber[int64](r, name+"_n"),
		Tau:       readNumber[float64](r, name+"_tau"),
		Extensive: optional[int64](r, set, "extensive") != 0,
		Bound:     boundSign(optional[string](r, set, "bound")),
		Caution:   optional[string](r, set, "caution"),
	}
	if r.err == nil && r.g.HasDataset(name+"_rhat") {
		e.RHat = readNumber[float64](r, name+"_rhat")
	}
	e.Value, _ = numbers[float64](r, name)
	e.Stderr, _ = numbers[float64](r, name+"_stderr")
	for _, axis := range strings.Fields(optional[string](r, set, "axes")) {
		scale := r.dataset(axis)
		a := core.Axis{Name: readAttr[string](r, scale, "axis_name"), Units: readAttr[string](r, scale, "units")}
		a.Values, _ = numbers[float64](r, axis)
		e.Axes = append(e.Axes, a)
	}
	return e
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
