package coretest

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// aboutStart draws near the configurations at which chains begin: particles a twentieth of the shortest distance
// of two of them away, about as far as heat moves the atoms of a molecule, other reals by a twentieth of their mean size.
func aboutStart(spec core.EnergySpec) func(r *rand.Rand, x []float64) {
	d := spec.Space.Size()
	width := 0.05 * lengthOf(spec.Space, spec.Start[:d])
	return func(r *rand.Rand, x []float64) {
		copy(x, spec.Start[d*r.IntN(len(spec.Start)/d):])
		if spec.Space.Kind != core.Particles && spec.Space.Kind != core.Field {
			return // there is no other near it
		}
		for j := range x {
			x[j] += width * r.NormFloat64()
		}
	}
}

// lengthOf is a length of a configuration on which its energy changes.
func lengthOf(space core.Space, x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v
	}
	length := math.Sqrt(sum / float64(len(x)))
	if space.Kind != core.Particles {
		return length
	}
	dim := space.Shape[1]
	for i := 0; i < len(x); i += dim {
		for j := 0; j < i; j += dim {
			r := 0.0
			for a := range dim {
				r += (x[i+a] - x[j+a]) * (x[i+a] - x[j+a])
			}
			length = min(length, math.Sqrt(r))
		}
	}
	return length
}
