package plan

import (
	"maps"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// only lists the keys of a table that mean something for some values of
// another of its keys.
var only = []struct {
	table, key, of string
	values         []string
}{
	{"train", "gradient", "objective", []string{"reverse_kl"}},
	{"train", "anneal", "objective", []string{"reverse_kl"}},
	{"train", "data", "objective", []string{"maximum_likelihood"}},
	{"train", "dataset", "objective", []string{"maximum_likelihood"}},
	{"train", "decay", "schedule", []string{"exponential", "step"}},
	{"train", "decay_every", "schedule", []string{"exponential", "step"}},
	{"train", "final", "schedule", []string{"cosine"}},
	{"train", "beta1", "optimizer", []string{"adam"}},
	{"train", "beta2", "optimizer", []string{"adam"}},
	{"train", "epsilon", "optimizer", []string{"adam"}},
	{"train", "momentum", "optimizer", []string{"sgd"}},
	{"train", "clip", "optimizer", []string{"adam", "sgd"}},
	{"train", "weight_decay", "optimizer", []string{"adam", "sgd"}},
	{"train", "damping", "optimizer", []string{"natural"}},
	{"train", "max_norm", "optimizer", []string{"natural"}},
	{"sampler", "chains", "method", chains},
	{"sampler", "burn_in", "method", chains},
	{"sampler", "thin", "method", chains},
	{"sampler", "step_size", "method", []string{"metropolis", "mala", "hmc", "latent_hmc"}},
	{"sampler", "leapfrog", "method", []string{"hmc", "latent_hmc"}},
}

// chains are the methods that are Markov chains.
var chains = []string{"metropolis", "mala", "hmc", "latent_hmc", "independence"}

// effective copies a table without the keys that have no effect. Such a key is
// an error, for the user believes that it has one; where --set chose another
// optimizer, schedule or method than the file was written for, it is dropped.
func (f *File) effective(r *report, name string, given, defaults core.Settings) core.Settings {
	kept := maps.Clone(given)
	for _, o := range only {
		if _, ok := given[o.key]; !ok || o.table != name {
			continue
		}
		chosen, ok := given[o.of].(string)
		if !ok {
			chosen, ok = defaults[o.of].(string)
		}
		if !ok || slices.Contains(o.values, chosen) { // the schema finds a choice that is no string
			continue
		}
		key, of := join(name, o.key), join(name, o.of)
		if (f.set[of] || of == "sampler.method" && f.set["evaluate.sampler"]) && !f.set[key] {
			delete(kept, o.key)
		} else {
			r.add(key, "%s has no effect with %s = %q", key, o.of, chosen)
		}
	}
	return kept
}

// effectiveEntries are the entries of a section without those that have no
// effect.
func effectiveEntries(name string, section any) []entry {
	chosen := settingsOf(section)
	return slices.DeleteFunc(entries(section), func(e entry) bool {
		for _, o := range only {
			if o.table == name && o.key == e.key && !slices.Contains(o.values, chosen[o.of].(string)) {
				return true
			}
		}
		return false
	})
}

// checkTrain reads [train].
func (f *File) checkTrain(c parts) Train {
	given := f.table("train")
	if given == nil {
		return trainDefaults
	}
	before, defaults := len(c.list), trainDefaults
	if given["optimizer"] == "natural" {
		defaults.LearningRate = 1 // such a step has a length of its own
	}
	t := section(c.report, "train", f.effective(c.report, "train", given, settingsOf(trainDefaults)), defaults)
	if len(c.list) > before {
		return t
	}
	if t.Objective == "maximum_likelihood" && t.Data == "" {
		c.add("train.objective", "objective = \"maximum_likelihood\" needs train.data, a file of configurations")
	}
	if t.Optimizer == "natural" && t.Gradient != "score" {
		c.add("train.optimizer", "optimizer = \"natural\" divides the gradient \"score\", and train.gradient = %q", t.Gradient)
	}
	if t.Anneal > 0 && math.IsInf(c.plan.Beta, 1) {
		c.add("train.anneal", "train.anneal needs a temperature above 0: beta_t = beta (1 - anneal^t) has no end at temperature = 0")
	}
	full := settingsOf(t)
	c.files("train", core.SchemaOf(t), full)
	core.Decode(full, &t)
	return t
}

// checkLocal refuses the key about local energies where there are none; it is
// dropped where --set chose another model than the file was written for.
func (f *File) checkLocal(c parts, model *core.Manifest) {
	const key = "train.clip_local"
	c.plan.local = model != nil && slices.Contains(model.Powers, core.PowerQuantum)
	_, given := f.table("train")["clip_local"]
	if model != nil && given && !c.plan.local && (f.set[key] || !f.set["model.plugin"]) {
		c.add(key, "%s has no effect with model %q, which is no density matrix", key, model.Name)
	}
}

// checkSampler reads [sampler] and settles the method, which may be given
// there or, in a run with a model, as evaluate.sampler.
func (f *File) checkSampler(c parts, energy *core.Manifest) {
	p := c.plan
	given := maps.Clone(f.table("sampler"))
	if given == nil {
		given = core.Settings{}
	}
	method, key := f.method(c.report, given, energy)
	p.samplerKey = key
	given["method"] = method
	p.Sampler = section(c.report, "sampler", f.effective(c.report, "sampler", given, nil), samplerDefaults)
	p.Evaluate.Sampler = p.Sampler.Method
	if slices.Contains(chains, p.Sampler.Method) && math.IsInf(p.Beta, 1) {
		c.add(key, "%s = %q draws from the Boltzmann density, which needs a temperature above 0", key, p.Sampler.Method)
	}
}

// method is the one of the two keys, and which of them said it. A value of the
// wrong type or an unknown name is found by the schema.
func (f *File) method(r *report, sampler core.Settings, energy *core.Manifest) (method any, key string) {
	const bySampler, byEvaluate = "sampler.method", "evaluate.sampler"
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
	case energy != nil && slices.Contains(energy.Powers, core.PowerSlope):
		return "hmc", bySampler
	}
	return "metropolis", bySampler
}
