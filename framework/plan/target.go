package plan

import (
	"maps"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Target is one entry of [evaluate] target: how small the standard error of an observable
// is to become.
type Target struct {
	// Observable may end in _per_site or _per_particle.
	Observable string
	Stderr     float64
}

// mostTimes is how many times evaluate.samples are the most, where evaluate.most says
// nothing: a tenth of the error of the first look.
const mostTimes = 100

// MostSamples is how many configurations an evaluation draws at most.
func (p *Plan) MostSamples() int64 {
	switch {
	case len(p.Evaluate.Targets) == 0:
		return int64(p.Evaluate.Samples)
	case p.Evaluate.Most > 0:
		return int64(p.Evaluate.Most)
	}
	return mostTimes * int64(p.Evaluate.Samples)
}

// checkEvaluate reads [evaluate].
func (f *File) checkEvaluate(c parts) Evaluate {
	given := maps.Clone(f.table("evaluate"))
	target, some := given["target"]
	delete(given, "target")
	params := c.choosing(core.SchemaOf(evaluateDefaults), namedByEvaluate)
	for _, name := range slices.Sorted(maps.Keys(given)) { // target is a table, and in no schema
		if !hasKey(params, name) && core.Nearest(name, []string{"target"}) != "" {
			c.add(join("evaluate", name), "evaluate.%s is not a known key; did you mean \"target\"?", name)
			delete(given, name)
		}
	}
	e := sectionOf(c.report, "evaluate", params, given, evaluateDefaults)
	if some {
		e.Targets = checkTargets(c.report, target)
	}
	switch {
	case e.Most == 0:
	case !some:
		c.add("evaluate.most", "evaluate.most has no effect without evaluate.target")
	case e.Most < e.Samples:
		c.add("evaluate.most", "evaluate.most must be at least evaluate.samples, which are drawn in any case: %d, got %d", e.Samples, e.Most)
	}
	return e
}

func checkTargets(r *report, value any) (all []Target) {
	const key = "evaluate.target"
	table, ok := value.(map[string]any)
	if !ok {
		r.add(key, "%s must be a table like { free_energy = 0.01 }", key)
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		var stderr float64
		switch x := table[name].(type) {
		case int64:
			stderr = float64(x)
		case float64:
			stderr = x
		default:
			r.add(join(key, name), "%s must be a number, the standard error that is wanted", join(key, name))
			continue
		}
		if !(stderr > 0) || math.IsInf(stderr, 0) {
			r.add(join(key, name), "%s must be finite and greater than 0, got %v", join(key, name), stderr)
			continue
		}
		all = append(all, Target{name, stderr})
	}
	return all
}

// targetTable is [evaluate.target] of the resolved run file.
func (p *Plan) targetTable() table {
	t := table{name: "evaluate.target"}
	for _, target := range p.Evaluate.Targets {
		t.entries = append(t.entries, entry{target.Observable, target.Stderr})
	}
	return t
}

// targets finds those that no draws can reach. known are what is reported.
func (f *fitting) targets(known []string) {
	for _, t := range f.plan.Evaluate.Targets {
		key := join("evaluate.target", t.Observable)
		if !slices.Contains(known, t.Observable) {
			f.unreported(key, t.Observable, known)
			continue
		}
		for _, e := range f.bound.Estimators {
			ofRows := e.Source == core.OfData || e.Source == core.OfDrawsAndRows
			if ofRows && slices.ContainsFunc(e.Observables, func(o core.Observable) bool { return o.Name == t.Observable }) {
				f.mismatch(key, "%s: estimator %q looks at given rows, of which there are no more to draw; leave it out", key, e.Name)
			}
		}
	}
}
