package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// shells are bins of equal width of a distance r from 0 to RMax. What is counted
// in them is divided by their volume, that of a spherical shell in d dimensions,
//
//	V_k = pi^(d/2)/Gamma(d/2 + 1) (r_(k+1)^d - r_k^d),
//
// so that it is a density. Distances of RMax and more are not counted.
type shells struct {
	Bins int     `key:"bins" min:"1" max:"100000" help:"bins of the distance"`
	RMax float64 `key:"r_max" above:"0" opt:"required" help:"largest distance that is counted"`
}

// axis holds the middles of the bins.
func (s shells) axis() core.Axis {
	a := core.Axis{Name: "r", Units: "1"}
	for k := range s.Bins {
		a.Values = append(a.Values, (float64(k)+0.5)*s.RMax/float64(s.Bins))
	}
	return a
}

// volumes of the shells in d dimensions.
func (s shells) volumes(d int) []float64 {
	power := float64(d)
	ball := math.Pow(math.Pi, power/2) / math.Gamma(power/2+1)
	width := s.RMax / float64(s.Bins)
	v := make([]float64, s.Bins)
	for k := range v {
		v[k] = ball * (math.Pow(float64(k+1)*width, power) - math.Pow(float64(k)*width, power))
	}
	return v
}

// count adds weight to the bin of the squared distance r2.
func (s shells) count(sums []float64, r2, weight float64) {
	if k := math.Sqrt(r2) / s.RMax * float64(s.Bins); k < float64(s.Bins) {
		sums[int(k)] += weight
	}
}

// density is the estimator of densities of distances, along axes before that of the distance: as many as
// there are weights of one count. count adds those of one
// configuration to the sums of the bins, each with a weight, and returns the sum of their squares,
// whose autocorrelation time and R-hat are reported. A density whose weight is infinite has nothing
// to count, and is not defined.
func (s shells) density(m core.Manifest, long string, space core.Space, axes []core.Axis, weights []float64, count func(sums, x []float64) (witness float64)) core.Estimator {
	size, volumes, bins := space.Size(), s.volumes(space.Shape[1]), s.Bins*len(weights)
	return &function{
		description: description{estimate: core.Estimate{Name: m.Name, Long: long, Units: "1", Axes: append(axes, s.axis())}, needs: core.EstimatorSpec{Spaces: m.Spaces, Wants: []core.Column{}, Memory: ofBlocks(bins)}},
		blocks:      stats.NewBlocks(bins),
		size:        bins,
		one:         func(k int) float64 { return weights[k/s.Bins] / volumes[k%s.Bins] },
		add:         func(sums []float64, b *core.Batch, i int) float64 { return count(sums, b.X[i*size:(i+1)*size]) },
		of: func(dst, mean []float64) {
			for k, v := range mean {
				if dst[k] = v / volumes[k%s.Bins]; math.IsInf(weights[k/s.Bins], 1) {
					dst[k] = math.NaN()
				}
			}
		},
	}
}

// needOpenSpace tests that there are particles without a box.
func needOpenSpace(name string, space core.Space) error {
	if space.Kind != core.Particles || space.Periodic {
		return core.Errorf(core.Mismatch, "open estimator", name, "it needs particles in open space, and the space is %s", space)
	}
	return nil
}
