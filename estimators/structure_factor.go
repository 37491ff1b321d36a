package estimators

import (
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// structureFactor is the static structure factor of n particles in a periodic
// box,
//
//	S(k) = 1/n < |sum_j exp(i k x_j)|^2 >,   k_a = 2 pi m_a/L_a,   m != 0,
//
// averaged over the wave vectors of equal |k|, of which -k has the same S as k. It
// is 1 for independent particles spread evenly. The autocorrelation time and R-hat
// are those of S summed over the wave vectors.
func structureFactor() core.Part {
	type config struct {
		Harmonics int `key:"harmonics" min:"1" max:"100" help:"largest |k|, in units of 2 pi over the shortest edge of the box"`
	}
	m := manifest("structure_factor", "static structure factor S(k) of particles in a periodic box", "Hansen and McDonald 2013, Theory of Simple Liquids, section 4.1", core.Particles)
	m.Params = core.SchemaOf(config{Harmonics: 4})
	return core.Part{
		Manifest: m,
		NewEstimator: func(settings core.Settings, s core.Setting) (core.Estimator, error) {
			var c config
			core.Decode(settings, &c)
			space := s.Energy.Space
			if space.Kind != core.Particles || space.Box == nil {
				return nil, core.Errorf(core.Mismatch, "open estimator", m.Name, "it needs particles in a periodic box, and the space is %s", space)
			}
			vectors := waveVectors(space.Box, float64(c.Harmonics)*2*math.Pi/slices.Min(space.Box))
			var moduli []float64
			for _, k := range vectors {
				moduli = append(moduli, math.Sqrt(squares(k)))
			}
			shells, size, n := newLevels(moduli), space.Size(), float64(space.Count())
			return &function{
				description: description{
					core.Estimate{Name: m.Name, Long: "static structure factor", Units: "1", Axes: []core.Axis{{Name: "k", Units: "1", Values: shells.values}}},
					core.EstimatorSpec{Spaces: m.Spaces, Memory: ofBlocks(len(shells.values))},
				},
				blocks: stats.NewBlocks(len(shells.values)),
				size:   len(shells.values),
				add: func(sums []float64, b *core.Batch, i int) (witness float64) {
					for v, k := range vectors {
						shell := shells.of[v]
						p := power(k, b.X[i*size:(i+1)*size]) / n
						sums[shell] += p / shells.size[shell]
						witness += p
					}
					return witness
				},
				of: func(dst, mean []float64) { copy(dst, mean) },
			}, nil
		},
	}
}

// waveVectors are those of a box up to a modulus, one of each pair k, -k and
// without k = 0.
func waveVectors(box []float64, largest float64) [][]float64 {
	largest *= 1 + 1e-9 // rounding must not decide who is at the edge
	vectors := [][]float64{nil}
	for _, edge := range box {
		unit := 2 * math.Pi / edge
		most := int(largest / unit)
		var longer [][]float64
		for _, k := range vectors {
			for m := -most; m <= most; m++ {
				longer = append(longer, append(slices.Clone(k), unit*float64(m)))
			}
		}
		vectors = longer
	}
	// In this order -k is as far from the end as k from the start, and 0 between.
	half := vectors[len(vectors)/2+1:]
	return slices.DeleteFunc(half, func(k []float64) bool { return squares(k) > largest*largest })
}

// power is |sum_j exp(i k x_j)|^2.
func power(k, x []float64) float64 {
	var re, im float64
	for ; len(x) > 0; x = x[len(k):] {
		s, c := math.Sincos(dot(k, x[:len(k)]))
		re += c
		im += s
	}
	return re*re + im*im
}
