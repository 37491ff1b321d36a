package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// response is how the field answers to one latent variable of each scale,
//
//	R_s(i) = < dx_i/dz_a >,   z = f^-1(x),
//
// averaged over what is drawn: the wavelet-like functions that a hierarchical
// map has learned (Li and Wang 2018, arXiv:1802.02840). a(s) is the latent of
// scale s nearest to the middle of the lattice. A whole column of the Jacobian is
// two maps,
//
//	dx/dz_a = [f(z + h e_a) - f(z - h e_a)] / (2h) + O(h^2),
//
// where its transpose by rows would be one for each site. Autocorrelation time
// and R-hat are those of the energy.
func response() core.Part {
	const name = "response"
	m := manifest(name, "response dx/dz of the field to one latent variable of each scale", "Li and Wang 2018, Phys. Rev. Lett. 121, 260601 (arXiv:1802.02840)", core.Field)
	return core.Part{
		Manifest: m,
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			l, err := newLatents(name, s)
			if err != nil {
				return nil, err
			}
			d := s.Energy.Space.Size()
			sites := core.Axis{Name: "site", Units: "1"}
			for i := range d {
				sites.Values = append(sites.Values, float64(i))
			}
			c := &columns{latents: l, of: l.middle()}
			return &function{
				description: description{
					estimate: core.Estimate{Name: name, Long: "mean response dx/dz to a latent variable", Units: "1", Axes: []core.Axis{l.scaleAxis(), sites}},
					needs:    core.EstimatorSpec{Spaces: m.Spaces, Wants: []core.Column{}, ModelPowers: []core.Power{core.PowerMap}},
				},
				blocks:  stats.NewBlocks(len(c.of) * d),
				size:    len(c.of) * d,
				prepare: c.prepare,
				add: func(sums []float64, b *core.Batch, i int) float64 {
					for k := range sums {
						sums[k] += c.column[k/d][i*d+k%d]
					}
					return witness(b, i)
				},
				of: func(dst, mean []float64) { copy(dst, mean) },
			}, nil
		},
	}
}

// middle is, for each scale, the latent nearest to the middle of the lattice,
// the first of several.
func (l *latents) middle() []int {
	space := l.setting.Energy.Space
	centre := 0
	for _, length := range space.Shape {
		centre = centre*length + length/2
	}
	nearest := make([]int, len(l.scales))
	for s, members := range l.scales {
		best := math.Inf(1)
		for _, i := range members {
			if r := distance(space, i, centre); r < best {
				nearest[s], best = i, r
			}
		}
	}
	return nearest
}

// columns are columns of the Jacobian dx/dz for every configuration of a batch.
type columns struct {
	*latents
	of     []int       // the latents
	column [][]float64 // of each, n x d
	below  []float64   // f(z - h e_a)
}

func (c *columns) prepare(b *core.Batch) error {
	// Near the cube root of the rounding unit, h^2 and rounding/h are smallest
	// together, some 1e-10; a power of two makes z + h - (z - h) nearly 2h.
	const h = 1.0 / (1 << 16)
	if err := c.invert(b); err != nil {
		return err
	}
	d := len(b.X) / max(1, b.N)
	shift := func(a int, by float64) {
		for i := a; i < len(c.z); i += d {
			c.z[i] += by
		}
	}
	if c.column == nil {
		c.column = make([][]float64, len(c.of))
	}
	c.below = core.Resize(c.below, len(b.X))
	for s, a := range c.of {
		c.column[s] = core.Resize(c.column[s], len(b.X))
		shift(a, h)
		if err := c.setting.Map.Map(c.column[s], c.lnDet, c.z); err != nil {
			return err
		}
		shift(a, -2*h)
		if err := c.setting.Map.Map(c.below, c.lnDet, c.z); err != nil {
			return err
		}
		shift(a, h)
		for i, v := range c.below {
			c.column[s][i] = (c.column[s][i] - v) / (2 * h)
		}
	}
	return nil
}
