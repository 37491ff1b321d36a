package estimators

import (
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// pairCorrelation is, in a periodic box of volume V, the pair correlation function
//
//	g(r) = 2 V/(n (n-1)) < sum_(i<j) delta(r - |x_i - x_j|) > / (surface of the sphere of radius r)
//
// as a histogram over shells, with the distance to the nearest image: 1 for
// independent particles spread evenly, whatever their number. Spheres fit into the
// box up to half of its shortest edge.
//
// In open space there is no constant density to divide by, and it is the density
// h = g/V of the separations, which integrates to 1 over all of space.
//
// Particles of several kinds have one for each two of them, of n_a and n_b particles,
//
//	g_ab(r) = V/(n_a n_b) < sum_(i in a, j in b) delta(r - |x_i - x_j|) > / (surface),   a != b,
//
// and g_aa as above; of a kind of one particle it is not defined. Spins that are independent of each
// other have g_ab = 1.
func pairCorrelation() core.Part {
	type config struct {
		Bins int     `key:"bins" min:"1" max:"100000" help:"bins of the distance"`
		RMax float64 `key:"r_max" min:"0" help:"largest distance that is counted; 0 is half the shortest edge of a periodic box"`
	}
	m := manifest("pair_correlation", "pair correlation function g(r) in a box; in open space the density of the separations of pairs", hansen, core.Particles)
	m.Params = core.SchemaOf(config{Bins: 50})
	return core.Part{
		Manifest: m,
		NewEstimator: func(settings core.Settings, set core.Setting) (core.Estimator, error) {
			var c config
			core.Decode(settings, &c)
			space := set.Energy.Space
			if space.Box == nil {
				if err := needOpenSpace(m.Name, space); err != nil {
					return nil, err
				}
				if c.RMax == 0 {
					return nil, core.Errorf(core.Invalid, "open estimator", m.Name, "r_max must be greater than 0 in open space")
				}
				return shells(c).pairs(m, "probability density of pair separations", space, 1), nil
			}
			half := slices.Min(space.Box) / 2
			if c.RMax > half {
				return nil, core.Errorf(core.Invalid, "open estimator", m.Name, "r_max must be at most half the shortest edge of the box, %g, got %g", half, c.RMax)
			}
			if c.RMax == 0 {
				c.RMax = half
			}
			volume := 1.0
			for _, edge := range space.Box {
				volume *= edge
			}
			return shells(c).pairs(m, "pair correlation function g(r)", space, volume), nil
		},
	}
}

// pairs is the density of the separations of pairs, times a factor.
func (s shells) pairs(m core.Manifest, long string, space core.Space, factor float64) core.Estimator {
	n, d := space.Shape[0], space.Shape[1]
	of, kinds := kindOfEach(space), space.Alike()
	var weights []float64
	for a, na := range kinds {
		for b, nb := range kinds {
			if a == b {
				weights = append(weights, factor*2/float64(na*(na-1)))
			} else {
				weights = append(weights, factor/float64(na*nb))
			}
		}
	}
	return s.density(m, long, space, kindAxes(space, "kind", "other_kind"), weights, func(sums, x []float64) (witness float64) {
		for i := range n {
			for j := range i {
				r2 := 0.0
				for k := range d {
					r := x[i*d+k] - x[j*d+k]
					if space.Box != nil {
						r -= space.Box[k] * math.RoundToEven(r/space.Box[k])
					}
					r2 += r * r
				}
				a, b := of[i], of[j]
				class := a*len(kinds) + b
				s.count(sums[class*s.Bins:], r2, weights[class])
				if a != b {
					s.count(sums[(b*len(kinds)+a)*s.Bins:], r2, weights[class])
				}
				witness += r2
			}
		}
		return witness
	})
}
