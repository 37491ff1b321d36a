package sample

import (
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// first writes the coordinates that chains start at.
type first func(q []float64, seed uint64, random []*rand.Rand) error

// firstOf starts with draws of the target's model if there is one, else in the space.
func firstOf(t core.Target) first {
	if t.Model != nil {
		return fromModel(t.Model)
	}
	return fromSpace(t.Energy.Spec().Space)
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
