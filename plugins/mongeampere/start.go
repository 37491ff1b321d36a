package mongeampere

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// bounds are those of the starting filters: component i is drawn from
// U(-b_i, b_i), with sum_i b_i^2 = 1, so that u_h = w_h . z has variance 1/3. All are
// 1/sqrt(d), the start of the authors' program, or with a range R
//
//	b_i = C exp(-r_i^2 / 2 R^2),   r_i the distance of site i from site 0
//
// With translations a filter stands for all places, and what it has to learn in
// a system with short-ranged energies is local. Training finds it late where each
// filter starts with small numbers on all sites of a large lattice.
func (c config) bounds(space core.Space) ([]float64, error) {
	if c.Range > 0 && (space.Kind != core.Field || space.Lattice == "" || !space.Periodic) {
		return nil, core.Errorf(core.Mismatch, "build model", "mongeampere", "range needs a field on a periodic lattice, the energy has %v", space)
	}
	b, sum := make([]float64, space.Size()), 0.0
	for i := range b {
		b[i] = 1
		if c.Range > 0 {
			b[i] = math.Exp(-squaredDistance(i, space.Shape) / (2 * c.Range * c.Range))
		}
		sum += b[i] * b[i]
	}
	for i := range b {
		b[i] /= math.Sqrt(sum)
	}
	return b, nil
}

// squaredDistance is that of site i from site 0, around the lattice.
func squaredDistance(i int, shape []int) (r2 float64) {
	for a := len(shape) - 1; a >= 0; a-- {
		q := i % shape[a]
		q = min(q, shape[a]-q)
		r2 += float64(q * q)
		i /= shape[a]
	}
	return r2
}

// uniform draws from U(-b, b), with the bounds in turns.
func uniform(bounds ...float64) func([]float64, *rand.Rand) {
	return func(values []float64, r *rand.Rand) {
		for i := range values {
			values[i] = bounds[i%len(bounds)] * (2*r.Float64() - 1)
		}
	}
}
