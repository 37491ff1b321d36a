package app

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/readout"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// jsonObservable is a scalar observable of `show --json`, with the names that results.h5 has for
// what belongs to it. value, stderr and exact are null where they are unknown, and all else is left
// out where it is unknown or does not apply.
type jsonObservable struct {
	Value        *float64 `json:"value"`
	Stderr       *float64 `json:"stderr"`
	Units        string   `json:"units"`
	Exact        *float64 `json:"exact"`
	LongName     string   `json:"long_name,omitempty"`
	DerivedFrom  string   `json:"derived_from,omitempty"` // the total, of one per site or particle
	DerivedAs    string   `json:"derived_as,omitempty"`   // the formula, of what follows from several points of a sweep
	N            int64    `json:"n,omitempty"`
	Tau          *float64 `json:"tau,omitempty"`
	TauStderr    *float64 `json:"tau_stderr,omitempty"`
	StderrStderr *float64 `json:"stderr_stderr,omitempty"`
	RHat         *float64 `json:"rhat,omitempty"` // of Markov chains, as what follows
	Bulk         *float64 `json:"bulk,omitempty"`
	Tail         *float64 `json:"tail,omitempty"`
	Upper        *float64 `json:"upper,omitempty"` // of a count that was never seen
	Bound        string   `json:"bound,omitempty"`
	Extensive    bool     `json:"extensive,omitempty"`
	Constant     bool     `json:"constant,omitempty"`
	Given        string   `json:"given,omitempty"` // what the error does not vary
	jsonCautions
}

// jsonCautions are why a value should not be trusted.
type jsonCautions struct {
	Caution string   `json:"caution,omitempty"`
	Codes   []string `json:"caution_code,omitempty"` // of the cautions in that text
}

func cautionsJSON(all []core.Caution) jsonCautions {
	c := jsonCautions{Caution: core.Estimate{Cautions: all}.Caution()}
	for _, one := range all {
		c.Codes = append(c.Codes, string(one.Code))
	}
	return c
}

// jsonRow is a row for `show --json`.
func jsonRow(r readout.Row) jsonObservable {
	e := &r.Of
	o := jsonObservable{Value: readout.Known(r.Value), Stderr: readout.Known(r.Stderr), Units: r.Units, Exact: readout.Known(r.Exact), LongName: e.Long, N: e.N,
		Tau: positive(e.Tau), StderrStderr: positive(e.StderrStderr / r.Count), Bound: store.BoundName(e.Bound), Extensive: e.Extensive, Constant: e.Constant, Given: e.Given,
		jsonCautions: cautionsJSON(r.Cautions)}
	if r.Name != e.Name && e.Name != "" {
		o.DerivedFrom = e.Name
	}
	if e.RHat > 0 {
		o.RHat, o.Bulk, o.Tail, o.TauStderr = readout.Known(e.RHat), readout.Known(e.Bulk), readout.Known(e.Tail), readout.Known(e.TauStderr)
	}
	if len(e.Upper) == 1 {
		o.Upper = readout.Known(e.Upper[0] / r.Count)
	}
	return o
}

// jsonResults are the scalar observables, the names of those with axes, which the file holds, and exact
// values that nothing was compared with.
func jsonResults(r *core.Results) map[string]any {
	observables, arrays, exact := map[string]jsonObservable{}, []string{}, map[string]*float64{}
	for _, row := range readout.Rows(r) {
		observables[row.Name] = jsonRow(row)
	}
	for name, value := range r.Exact {
		exact[name] = readout.Known(value)
	}
	for _, e := range r.Estimates {
		if delete(exact, e.Name); len(e.Axes) > 0 {
			arrays = append(arrays, e.Name)
		}
	}
	return map[string]any{"observables": observables, "arrays": arrays, "exact": exact}
}

// positive is nil also for 0, which stands for what is not known.
func positive(x float64) *float64 {
	if !(x > 0) {
		return nil
	}
	return readout.Known(x)
}
