package plan

import (
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// FitOrbit checks the symmetries over which an evaluation averages the density of the
// model, which b has.
func (p *Plan) FitOrbit(b Bound) error {
	const key = "evaluate.orbit"
	r := &report{file: p.file}
	if len(p.Evaluate.Orbit) > 0 && p.UsesPaths() {
		r.mismatch(key, "%s averages ln p of draws from the model, and evaluate.sampler = %q carries them on; use evaluate.sampler = \"direct\"", key, p.Evaluate.Sampler)
	}
	for _, name := range p.Evaluate.Orbit {
		s := core.Symmetry(name)
		switch {
		case slices.Contains(b.Energy.Symmetries, s):
		case len(b.Energy.Symmetries) == 0:
			r.mismatch(key, "%s names the symmetry %q, and energy %q has none", key, name, p.Energy.Plugin)
		default:
			r.mismatch(key, "%s names the symmetry %q, which energy %q has not; it has %s", key, name, p.Energy.Plugin, symmetryNames(b.Energy.Symmetries))
		}
	}
	return r.err()
}

func symmetryNames(all []core.Symmetry) string {
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}

// ofModelItself finds an estimator of the model's draws that asks the model for more than
// ln p, which an average over images has not.
func (f *fitting) ofModelItself(key, who string, e NamedSpec) {
	if f.bound.Orbit != nil && e.Source == core.OfModel && len(e.ModelPowers) > 0 {
		f.mismatch(key, "%s is about the model itself, and with evaluate.orbit draws are those of its average over images; leave out one of the two", who)
	}
}
