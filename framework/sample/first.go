package sample

import (
	"math/rand/v2"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// first writes the coordinates that chains start at.
type first func(q []float64, seed uint64, random []*rand.Rand) error

// Chains that start with draws of a model alone do not find out what the model has lost. So
// elsewhere of them, the last, start without it: then R-hat shows that not all came to one density.

// elsewhere is how many of some chains that is: a quarter, one at least of two or more.
func elsewhere(chains int) int {
	if chains < 2 {
		return 0
	}
	return max(1, chains/4)
}

// mostly starts chains at one place, and elsewhere of them at another.
func mostly(most, other first) first {
	return func(q []float64, seed uint64, random []*rand.Rand) error {
		k := len(random) - elsewhere(len(random))
		at := k * (len(q) / len(random))
		if err := most(q[:at], seed, random[:k]); err != nil || k == len(random) {
			return err
		}
		return other(q[at:], core.Derive(seed, seedElsewhere), random[k:])
	}
}

// firstOf starts with draws of the target's model and where the energy says; all of them there where
// there is no model, with the model where the space has places that the energy forbids.
func firstOf(t core.Target) first {
	energy := t.Energy.Spec()
	switch {
	case t.Model == nil:
		return fromEnergy(energy)
	case energy.Forbids && len(energy.Start) == 0:
		return fromModel(t.Model)
	}
	return mostly(fromModel(t.Model), fromEnergy(energy))
}

// fromEnergy starts at the configurations that an energy names, one chain after the other, or
// without them at random places of its space.
func fromEnergy(e core.EnergySpec) first {
	if len(e.Start) == 0 {
		return fromSpace(e.Space)
	}
	return func(q []float64, _ uint64, _ []*rand.Rand) error {
		for n := 0; n < len(q); {
			n += copy(q[n:], e.Start)
		}
		return nil
	}
}

// settling is the most moves that chains of independence have, before they start, away from
// random places.
const settling = 200

// settledFirst starts with draws of the model and, since their ratio of densities would be
// beyond all proposals at random places, where moves of the energy alone lead from there: of
// single sites, by hmc where there are forces, else by metropolis.
func settledFirst(o Options, t core.Target) first {
	energy := t.Energy.Spec()
	method := MethodMetropolis
	switch {
	case energy.Forbids && len(energy.Start) == 0:
		return fromModel(t.Model)
	case energy.Space.Values() != nil:
		method = MethodSingleSite
	case !energy.Space.Continuous():
		return fromModel(t.Model)
	case slices.Contains(energy.Powers, core.PowerSlope):
		method = MethodHMC
	}
	return mostly(fromModel(t.Model), fromChains(method, min(o.BurnIn, settling), core.Target{Energy: t.Energy, Beta: t.Beta, Raw: t.Raw}))
}

// fromChains starts where chains of a method are after a burn-in.
func fromChains(m Method, burnIn int, t core.Target) first {
	return func(q []float64, seed uint64, random []*rand.Rand) error {
		all := Parts()
		part := all[slices.IndexFunc(all, func(p core.Part) bool { return p.Name == string(m) })]
		s, err := part.NewSampler(core.Settings{"chains": int64(len(random)), "burn_in": int64(burnIn)}, t)
		if err != nil {
			return err
		}
		state, err := s.Init(seed)
		for left := 1; err == nil && left > 0; {
			state, left, err = s.Burn(state)
		}
		copy(q, state.Chains.Rows)
		return err
	}
}

// fromSpace starts at random places of a space: evenly spread, or normal where it has
// no end.
func fromSpace(s core.Space) first {
	return func(q []float64, _ uint64, random []*rand.Rand) error {
		d := s.Size()
		for c, r := range random {
			s.Random(r, q[c*d:(c+1)*d])
		}
		return nil
	}
}

// fromNormal starts at independent standard normal numbers.
func fromNormal(q []float64, _ uint64, random []*rand.Rand) error {
	d := len(q) / len(random)
	for i := range q {
		q[i] = random[i/d].NormFloat64()
	}
	return nil
}

// spread is the width of the normal numbers that chains of latent variables start elsewhere with.
const spread = 2

// fromWide starts at independent normal numbers of the width spread.
func fromWide(q []float64, seed uint64, random []*rand.Rand) error {
	err := fromNormal(q, seed, random)
	for i := range q {
		q[i] *= spread
	}
	return err
}

// fromModel starts with draws of a model.
func fromModel(m core.Density) first {
	return func(q []float64, seed uint64, random []*rand.Rand) error {
		var b core.Batch
		if err := m.Sample(&b, seed, len(random)); err != nil {
			return err
		}
		copy(q, b.X)
		return nil
	}
}
