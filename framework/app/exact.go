package app

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// exactFor is what is known exactly of what an estimator reports, added to known,
// which may be nil and is not changed. The energy knows values of the
// estimator's default settings; with others only the estimator itself can tell.
func exactFor(known *core.Exact, params []core.Param, settings core.Settings, e core.Estimator) *core.Exact {
	defaults, _ := core.Complete(params, nil)
	usual := reflect.DeepEqual(settings, defaults)
	exact := core.Exact{Values: map[string]float64{}}
	if known != nil {
		exact.Source = known.Source
		maps.Copy(exact.Values, known.Values)
	}
	for _, o := range e.Spec().Observables {
		if !usual {
			delete(exact.Values, o.Name)
		}
		if o.Reference != nil {
			exact.Values[o.Name] = o.Reference.Value
			exact.Source = withSource(exact.Source, o.Reference.Source)
		}
	}
	if known == nil && len(exact.Values) == 0 {
		return nil
	}
	return &exact
}

// withSource appends a source to a list of them, unless it is there.
func withSource(list, source string) string {
	switch {
	case source == "":
		return list
	case list == "":
		return source
	case slices.Contains(strings.Split(list, "; "), source):
		return list
	}
	return list + "; " + source
}
