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
// averaged over the wave vectors of equal |k|, of which -k has the same S as k. In
// a box whose edges differ its axes are not equivalent, and each has a row of its
// own with the wave vectors along it, m = 1, 2, ... It is 1 for independent particles spread evenly. The autocorrelation time and R-hat
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
			size, n := space.Size(), float64(space.Count())
			if slices.Max(space.Box) > slices.Min(space.Box) {
				return newStructureFactor(m, size, n, alongEdges(space.Box, c.Harmonics)), nil
			}
			vectors := waveVectors(space.Box, float64(c.Harmonics)*2*math.Pi/slices.Min(space.Box))
			var moduli []float64
			for _, k := range vectors {
				moduli = append(moduli, math.Sqrt(squares(k)))
			}
			shells := newLevels(moduli)
			return newStructureFactor(m, size, n, waveShells{vectors, shells.of, shells.size, []core.Axis{{Name: "k", Units: "1", Values: shells.values}}}), nil
		},
	}
}

// waveShells are wave vectors, and the entry of S that each belongs to: size
// counts those of an entry, and axes label the entries.
type waveShells struct {
	vectors [][]float64
	of      []int
	size    []float64
	axes    []core.Axis
}

func newStructureFactor(m core.Manifest, size int, n float64, w waveShells) core.Estimator {
	return &function{
		description: description{
			estimate: core.Estimate{Name: m.Name, Long: "static structure factor", Units: "1", Axes: w.axes},
			needs:    core.EstimatorSpec{Spaces: m.Spaces, Wants: []core.Column{}, Memory: ofBlocks(len(w.size))},
		},
		blocks: stats.NewBlocks(len(w.size)),
		size:   len(w.size),
		add: func(sums []float64, b *core.Batch, i int) (witness float64) {
			for v, k := range w.vectors {
				p := power(k, b.X[i*size:(i+1)*size]) / n
				sums[w.of[v]] += p / w.size[w.of[v]]
				witness += p
			}
			return witness
		},
		of: func(dst, mean []float64) { copy(dst, mean) },
	}
}

// alongEdges are the first wave vectors along each edge of a box.
func alongEdges(box []float64, harmonics int) waveShells {
	w := waveShells{axes: []core.Axis{{Name: "box_axis", Units: "1"}, {Name: "harmonic", Units: "1"}}}
	for m := range harmonics {
		w.axes[1].Values = append(w.axes[1].Values, float64(m+1))
	}
	for a, edge := range box {
		w.axes[0].Values = append(w.axes[0].Values, float64(a))
		for m := range harmonics {
			k := make([]float64, len(box))
			k[a] = 2 * math.Pi * float64(m+1) / edge
			w.vectors, w.of, w.size = append(w.vectors, k), append(w.of, len(w.of)), append(w.size, 1)
		}
	}
	return w
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
