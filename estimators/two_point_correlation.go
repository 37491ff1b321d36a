package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// twoPointCorrelation is the two-point function of spins or of a field along
// the axes of a periodic lattice, averaged over all N sites,
//
//	G(r) = < 1/N sum_x phi_x phi_(x + r e) >,   r = 0, ..., L/2,
//
// and over the axes where they are equivalent. Elsewhere each axis e has a row,
// with NaN beyond half of its own length L. With the key connected, < m >^2 is
// subtracted. The autocorrelation time and R-hat are those of m^2.
func twoPointCorrelation() core.Part {
	const name = "two_point_correlation"
	m := manifest(name, "two-point function along the axes of a lattice", albergo, onSites...)
	type config struct {
		Connected bool `key:"connected" help:"subtract the square of the mean magnetization"`
	}
	m.Params = core.SchemaOf(config{})
	return core.Part{
		Manifest: m,
		NewEstimator: func(settings core.Settings, s core.Setting) (core.Estimator, error) {
			var c config
			core.Decode(settings, &c)
			axes, err := periodicAxes(name, s.Energy.Space)
			if err != nil {
				return nil, err
			}
			of, label := rows(axes, s)
			longest := 0
			for _, a := range axes {
				longest = max(longest, a.length)
			}
			distances := longest/2 + 1
			e := core.Estimate{Name: name, Long: "two-point correlation along the axes", Units: "1", Axes: append(label, core.Axis{Name: "distance", Units: "1"})}
			if c.Connected {
				e.Long = "connected " + e.Long
			}
			along := &e.Axes[len(label)]
			for r := range distances {
				along.Values = append(along.Values, float64(r))
			}
			d := s.Energy.Space.Size()
			return &function{
				description: description{estimate: e, needs: needsX(m.Spaces)},
				blocks:      stats.NewBlocks(len(of)*distances + 1),
				size:        len(of) * distances,
				add: func(sums []float64, b *core.Batch, i int) float64 {
					x := b.X[i*d : (i+1)*d]
					correlations(sums, x, of, distances)
					m := perSite(x)
					sums[len(of)*distances] += m
					return m * m
				},
				of: func(dst, mean []float64) {
					subtract := 0.0
					if c.Connected {
						m := mean[len(of)*distances]
						subtract = m * m
					}
					for k := range dst {
						dst[k] = mean[k] - subtract
						if k%distances > of[k/distances][0].length/2 {
							dst[k] = math.NaN()
						}
					}
				},
			}, nil
		},
	}
}

// correlations adds G(r) of one configuration to the sums, row by row, each up to
// half of its length.
func correlations(sums, x []float64, of [][]axis, distances int) {
	for row, axes := range of {
		for r := range axes[0].length/2 + 1 {
			for _, a := range axes {
				sums[row*distances+r] += a.correlate(x, r) / float64(len(x)*len(axes))
			}
		}
	}
}

// correlate is the sum over all sites of x times its neighbour r sites further
// along the axis.
func (a axis) correlate(x []float64, r int) float64 {
	sum := 0.0
	for size := a.length * a.stride; len(x) > 0; x = x[size:] {
		line, cut := x[:size], size-r*a.stride
		sum += dot(line[:cut], line[size-cut:]) + dot(line[cut:], line[:size-cut])
	}
	return sum
}
