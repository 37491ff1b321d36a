package plan

import (
	"maps"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// checkSampler reads [sampler] and settles the method, which may be given
// there or, in a run with a model, as evaluate.sampler.
func (f *File) checkSampler(c parts, energy, model *core.Manifest) {
	p := c.plan
	given := maps.Clone(f.table("sampler"))
	if given == nil {
		given = core.Settings{}
	}
	method, key := f.method(c.report, given, energy)
	p.samplerKey = key
	delete(given, "method")
	if key == bySampler { // evaluate.sampler has been checked with its table
		c.complete("sampler", c.choosing(core.SchemaOf(Sampler{}), namedBySampler), core.Settings{"method": method})
	}
	name, _ := method.(string)
	n := c.name(core.KindSampler, name, bySampler, byEvaluate)
	before := len(c.list)
	for _, k := range slices.Sorted(maps.Keys(given)) {
		c.deal("sampler", k, given[k], []*named{n}, core.SchemaOf(Sampler{}))
	}
	if f.undecided() && len(c.list) > before { // these are no keys of the method that was guessed, and may be of another
		c.list, p.guessed = c.list[:before], true
	}
	_, asked := f.table("evaluate")["sampler"]
	c.settle(&p.Sampler, n, model, asked || key == bySampler)
	p.Evaluate.Sampler = name
	if p.Boltzmann() && math.IsInf(p.Beta, 1) {
		c.add(key, "%s = %q draws from the Boltzmann density, which needs a temperature above 0", key, name)
	}
}

// The two keys that name the sampler.
const bySampler, byEvaluate = "sampler.method", "evaluate.sampler"

// method is the one of the two keys, and which of them said it. A value of the
// wrong type or an unknown name is found by the schema.
func (f *File) method(r *report, sampler core.Settings, energy *core.Manifest) (method any, key string) {
	there, ok := sampler["method"]
	here, ok2 := f.table("evaluate")["sampler"]
	switch {
	case ok && ok2 && here != there && f.set[bySampler] == f.set[byEvaluate]:
		r.add(bySampler, "sampler.method = %v and evaluate.sampler = %v are both given; keep one", there, here)
		return there, bySampler
	case ok && (!ok2 || f.set[bySampler]):
		return there, bySampler
	case ok2:
		return here, byEvaluate
	case f.tree["model"] != nil:
		return "direct", byEvaluate
	case f.usual != "":
		return f.usual, bySampler
	case energy != nil && slices.Contains(energy.Powers, core.PowerSlope):
		return "hmc", bySampler
	}
	return "metropolis", bySampler
}

// undecided tells whether nothing names the method, and the energy, which decides it, is not known.
func (f *File) undecided() bool { return f.usual == "" && f.namesNoMethod() }

func (f *File) namesNoMethod() bool {
	_, there := f.table("sampler")["method"]
	_, here := f.table("evaluate")["sampler"]
	return !there && !here && f.tree["model"] == nil
}

// ChooseMethod chooses the chains of a run that names none and has no model, once its energy is open: what a
// description says of a part may hold for some of its settings alone, and that of a plugin may say nothing. It tells whether the file has
// to be checked anew, since keys of [sampler] are those of the method.
func (f *File) ChooseMethod(p *Plan, energy core.EnergySpec) (anew bool) {
	if !f.namesNoMethod() {
		return false
	}
	switch {
	case energy.Space.Kind == core.Spins, energy.Space.Kind == core.Levels:
		f.usual = "single_site"
	case energy.Space.Continuous() && slices.Contains(energy.Powers, core.PowerSlope):
		f.usual = "hmc"
	default:
		f.usual = "metropolis"
	}
	return p.guessed || f.usual != p.Evaluate.Sampler
}
