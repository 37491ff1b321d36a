package sample

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Parts are the samplers of this package.
func Parts() []core.Part {
	chains := []string{"chains", "burn_in", "thin"}
	steps := append(slices.Clone(chains), "step_size")
	leaps := append(slices.Clone(steps), "leapfrog")
	return append([]core.Part{
		part(MethodDirect, core.OfModel, "independent draws from the model", "", nil),
		part(MethodMetropolis, core.OfChains, "Markov chains whose moves are normal steps of all of x", "Metropolis et al. 1953, J. Chem. Phys. 21, 1087", steps),
		part(MethodSingleSite, core.OfChains, "Metropolis chains of spins and levels that change one site at a time, with parallel tempering", "Metropolis et al. 1953, J. Chem. Phys. 21, 1087; Hukushima and Nemoto 1996, J. Phys. Soc. Jpn. 65, 1604", append(slices.Clone(chains), "temperatures")),
		part(MethodWolff, core.OfChains, "chains of spins that turn over clusters, of couplings without frustration", "Wolff 1989, Phys. Rev. Lett. 62, 361", chains),
		part(MethodMALA, core.OfChains, "Metropolis-adjusted Langevin chains in x", "Roberts and Tweedie 1996, Bernoulli 2, 341", steps),
		part(MethodHMC, core.OfChains, "Hamiltonian Monte Carlo in x", "Duane et al. 1987, Phys. Lett. B 195, 216; Neal 2011, arXiv:1206.1901", leaps),
		part(MethodLatentHMC, core.OfChains, "Hamiltonian Monte Carlo in the latent variables of a flow", "Li and Wang 2018, arXiv:1802.02840", leaps),
		part(MethodIndependence, core.OfChains, "Metropolis chains with independent proposals from the model", "Hastings 1970, Biometrika 57, 97; Albergo, Kanwar and Shanahan 2019, arXiv:1904.12072", chains),
		annealedPart(),
	}, scoreParts()...)
}

// part is a method as a part with some of the keys of Options.
func part(m Method, source core.Source, summary, reference string, keys []string) core.Part {
	version := "1.0.0"
	switch m {
	case MethodMetropolis, MethodMALA, MethodHMC, MethodLatentHMC:
		version = "1.1.0" // other normal numbers, and the order of rounding in a step
	case MethodIndependence:
		version = "1.1.0" // some chains start elsewhere
	}
	p := core.Part{
		Manifest: core.Manifest{Kind: core.KindSampler, Name: string(m), Version: version, Source: source, Summary: summary, Reference: reference, Params: pick(core.SchemaOf(defaults), keys)},
		Uses:     m.Uses(),
		Adapts:   source == core.OfChains && slices.Contains(keys, "step_size"),
	}
	p.NewSampler = func(s core.Settings, t core.Target) (core.Sampler, error) {
		full, _ := core.Complete(core.SchemaOf(defaults), s) // with keys that the method does not look at
		o := Options{Method: m}
		core.Decode(full, &o)
		sampler, err := New(o, t)
		if c, ok := sampler.(*chains); ok && err == nil && !m.Uses().Model {
			return settle(c, p, s, t)
		}
		return sampler, err
	}
	return p
}

// pick are those of the params that have one of the names.
func pick(params []core.Param, names []string) []core.Param {
	picked := []core.Param{}
	for _, p := range params {
		if slices.Contains(names, p.Name) {
			picked = append(picked, p)
		}
	}
	return picked
}
