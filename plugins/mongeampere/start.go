package mongeampere

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// bounds are those of the starting filters: component i of a filter is drawn from
// U(-b_i, b_i), with sum_i b_i^2 = 1, so that u_h = w_h . z has variance 1/3. All are
// 1/sqrt(d), the start of the authors' program, or with a range R
//
//	b_i = C exp(-r_i^2 / 2 R^2),   r_i the distance of site i from the filter's site
//
// Filters take the sites in turns, and with translations, where a filter stands for all
// places, site 0. What has to be learned is often local: short-ranged energies, the
// distributions of single numbers. Training finds it late where each filter starts with small
// numbers on all of many sites, whose sums are nearly normal. The bounds of the filters are
// one behind the other, as many as differ.
func (c config) bounds(space core.Space) ([]float64, error) {
	if c.Range > 0 && space.Kind != core.Field {
		return nil, core.Errorf(core.Mismatch, "build model", "mongeampere", "range needs a field, the energy has %v", space)
	}
	sites := 1
	if c.Range > 0 && !c.Translation {
		sites = min(c.Hidden, space.Size())
	}
	b := make([]float64, sites*space.Size())
	for site := range sites {
		c.around(site, b[site*space.Size():][:space.Size()], space)
	}
	return b, nil
}

// around writes the bounds of a filter of a site.
func (c config) around(site int, b []float64, space core.Space) {
	sum := 0.0
	for i := range b {
		b[i] = 1
		if c.Range > 0 {
			b[i] = math.Exp(-squaredDistance(site, i, space) / (2 * c.Range * c.Range))
		}
		sum += b[i] * b[i]
	}
	for i := range b {
		b[i] /= math.Sqrt(sum)
	}
}

// squaredDistance is that of two sites, around the lattice where it is periodic.
func squaredDistance(i, j int, space core.Space) (r2 float64) {
	for a := len(space.Shape) - 1; a >= 0; a-- {
		length := space.Shape[a]
		q := max(i%length-j%length, j%length-i%length)
		if space.Periodic {
			q = min(q, length-q)
		}
		r2 += float64(q * q)
		i, j = i/length, j/length
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
