package estimators

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// twoPointCorrelation is the two-point function of spins or of a field along
// the axes of a periodic lattice, averaged over all N sites and over the axes,
//
//	G(r) = < 1/N sum_x phi_x phi_(x + r e) >,   r = 0, ..., L/2,
//
// L the shortest edge. With the key connected, < m >^2 is subtracted from it.
// The autocorrelation time and R-hat are those of m^2.
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
			shortest := axes[0].length
			for _, a := range axes {
				shortest = min(shortest, a.length)
			}
			distances := shortest/2 + 1
			e := core.Estimate{Name: name, Long: "two-point correlation along the axes", Units: "1", Axes: []core.Axis{{Name: "distance", Units: "1"}}}
			if c.Connected {
				e.Long = "connected " + e.Long
			}
			for r := range distances {
				e.Axes[0].Values = append(e.Axes[0].Values, float64(r))
			}
			d := s.Energy.Space.Size()
			return &function{
				description: description{estimate: e, needs: core.EstimatorSpec{Spaces: m.Spaces}},
				blocks:      stats.NewBlocks(distances + 1),
				size:        distances,
				add: func(sums []float64, b *core.Batch, i int) float64 {
					x := b.X[i*d : (i+1)*d]
					for r := range distances {
						for _, a := range axes {
							sums[r] += a.correlate(x, r) / float64(d*len(axes))
						}
					}
					m := perSite(x)
					sums[distances] += m
					return m * m
				},
				of: func(dst, mean []float64) {
					subtract := 0.0
					if c.Connected {
						subtract = mean[distances] * mean[distances]
					}
					for r := range dst {
						dst[r] = mean[r] - subtract
					}
				},
			}, nil
		},
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
