package store

import (
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

// What is derived of a sweep: of observables, how and beside what, as attributes; and limits, a group of its
// own, since they lack a dimension that all of /observables have.

func writeWay(w *writer, set *h5.Dataset, e Swept) {
	if e.Way != "" {
		attr(w, set, "derived_as", e.Way)
	}
	if e.Beside != "" {
		attr(w, set, "compared_with", e.Beside)
		attr(w, set, "chi2", e.Chi2)
		attr(w, set, "compared_points", int64(e.Compared))
	}
}

func readWay(r *reader, set *h5.Dataset, e *Swept) {
	e.Way = optional[string](r, set, "derived_as")
	if e.Beside = optional[string](r, set, "compared_with"); e.Beside != "" {
		e.Chi2, e.Compared = readAttr[float64](r, set, "chi2"), int(readAttr[int64](r, set, "compared_points"))
	}
}

func writeLimits(w *writer, limits []Swept) {
	o := &observables{writer: w, results: &core.Results{}, taken: map[string]bool{}, axes: map[string]axisScale{}}
	names := make([]string, len(limits))
	for i, e := range limits {
		names[i] = e.Name
		o.taken[e.Name] = true
	}
	attr(w, w.g, "names", strings.Join(names, " "))
	for _, e := range limits {
		o.writeSwept(e, nil)
	}
}

func readLimits(r *reader) (limits []Swept) {
	for _, name := range strings.Fields(readAttr[string](r, r.g, "names")) {
		e := Swept{Estimate: readValue(r, name)}
		e.PointCautions = readPointCautions(optional[string](r, r.dataset(name), "cautions"), len(e.Value))
		limits = append(limits, e)
	}
	return limits
}
