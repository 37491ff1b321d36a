package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Fit checks needs against capabilities once the parts are bound, before
// anything is drawn. Parts that do not fit are a core.Mismatch that names both
// and what to change; all of them are returned together.
func (p *Plan) Fit(energy core.EnergySpec, model core.ModelSpec, estimators []NamedSpec) error {
	r := &report{file: p.file}
	p.fitSpace(r, energy, model)
	p.fitSymmetries(r, energy, model)
	if p.Train.Steps > 0 && model.Parameters == 0 {
		r.mismatch("train.steps", "gradient %q needs parameters, and model %q has none; set train.steps = 0", p.Train.Gradient, p.Model.Plugin)
	}
	reporter := map[string]string{}
	var known []string // what [expect] can name
	for i, e := range estimators {
		key := p.estimatorKey(i)
		if len(e.Spaces) > 0 && !slices.Contains(e.Spaces, energy.Space.Kind) {
			r.mismatch(key, "estimator %q works on %s, but energy %q has %s", e.Name, spaceKinds(e.Spaces), p.Energy.Plugin, energy.Space.Kind)
		}
		needs(r, key, e, e.ModelPowers, model.Powers, "model", p.Model.Plugin)
		needs(r, key, e, e.EnergyPowers, energy.Powers, "energy", p.Energy.Plugin)
		for _, o := range e.Observables {
			if other, ok := reporter[o.Name]; ok {
				r.mismatch(key, "estimators %q and %q both report %s; keep one", other, e.Name, o.Name)
			}
			reporter[o.Name] = e.Name
			known = append(known, o.Name)
			if o.Extensive {
				known = append(known, o.Name+"_per_"+energy.Space.Each())
			}
		}
	}
	p.fitExpect(r, known)
	return r.err()
}

func (p *Plan) fitSpace(r *report, energy core.EnergySpec, model core.ModelSpec) {
	a, b := model.Space, energy.Space
	if a.Kind != b.Kind || a.Lattice != b.Lattice || a.Periodic != b.Periodic || !slices.Equal(a.Shape, b.Shape) {
		r.mismatch("model.plugin", "model %q was built on %v, but energy %q has %v", p.Model.Plugin, a, p.Energy.Plugin, b)
	}
}

// symmetryHints say when an energy has a symmetry.
var symmetryHints = map[core.Symmetry]string{
	core.Z2: "leave out the field, which breaks x -> -x",
}

func (p *Plan) fitSymmetries(r *report, energy core.EnergySpec, model core.ModelSpec) {
	for _, s := range model.Symmetries {
		if slices.Contains(energy.Symmetries, s) {
			continue
		}
		key, fixes := "model.plugin", []string{}
		if on, _ := p.Model.Settings[string(s)].(bool); on {
			key = "model." + string(s)
			fixes = append(fixes, fmt.Sprintf("set %s = false", key))
		}
		if hint, ok := symmetryHints[s]; ok {
			fixes = append(fixes, hint)
		}
		text := fmt.Sprintf("model %q has the symmetry %s, but energy %q has not", p.Model.Plugin, s, p.Energy.Plugin)
		if len(fixes) > 0 {
			text += ": " + strings.Join(fixes, ", or ")
		}
		r.mismatch(key, "%s", text)
	}
}

func needs(r *report, key string, e NamedSpec, wanted, has []core.Power, kind, name string) {
	for _, power := range wanted {
		if !slices.Contains(has, power) {
			r.mismatch(key, "estimator %q needs the power %q, which %s %q does not have", e.Name, power, kind, name)
		}
	}
}

// fitExpect finds expectations on what nobody reports.
func (p *Plan) fitExpect(r *report, known []string) {
	slices.Sort(known)
	for _, e := range p.Expect {
		if slices.Contains(known, e.Observable) {
			continue
		}
		text := "; known are " + strings.Join(known, ", ")
		if near := core.Nearest(e.Observable, known); near != "" {
			text = fmt.Sprintf("; did you mean %q?", near)
		}
		r.add(join("expect", e.Observable), "no estimator reports %s%s", e.Observable, text)
	}
}

// estimatorKey is where a bound estimator stands in the file; the standard
// set stands nowhere.
func (p *Plan) estimatorKey(i int) string {
	if i < len(p.Estimators) {
		return fmt.Sprintf("estimator.%d.plugin", i)
	}
	return "estimator"
}
