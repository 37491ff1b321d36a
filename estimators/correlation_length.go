package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// correlationLength is the second-moment correlation length of a periodic
// lattice, in units of its spacing,
//
//	xi = 1/(2 sin(pi/L)) sqrt(chi/F - 1),
//	chi = N < m^2 >,   F = 1/N < |sum_x phi_x exp(i k x)|^2 >,   |k| = 2 pi/L,
//
// from the structure factor at k = 0 and at the smallest k along an axis of length
// L, averaged over the axes where they are equivalent (Cooper, Freedman and
// Preston 1982, Nucl. Phys. B 210, 210). Elsewhere each axis has its own. If the structure factor is A/(sum_mu 4 sin^2(k_mu/2) + M^2),
// as of a free field, it is 1/M exactly. Nothing is subtracted: in an ordered
// phase it grows with the lattice. The autocorrelation time and R-hat are those
// of m^2.
func correlationLength() core.Part {
	const name = "correlation_length"
	m := manifest(name, "second-moment correlation length", "Cooper, Freedman and Preston 1982, Nucl. Phys. B 210, 210", onSites...)
	return core.Part{
		Manifest: m,
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			axes, err := periodicAxes(name, s.Energy.Space)
			if err != nil {
				return nil, err
			}
			of, label := rows(axes, s)
			waves := make([][]wave, len(of))
			for row, axes := range of {
				for _, a := range axes {
					waves[row] = append(waves[row], a.wave())
				}
			}
			d := s.Energy.Space.Size()
			return &function{
				description: description{estimate: core.Estimate{Name: name, Long: "second-moment correlation length, in lattice spacings", Units: "1", Axes: label}, needs: needsX(m.Spaces)},
				blocks:      stats.NewBlocks(1 + len(of)),
				size:        len(of),
				undefined:   "the structure factor is not largest at k = 0: there is no second-moment correlation length, or too few draws to see it",
				add: func(sums []float64, b *core.Batch, i int) float64 {
					x := b.X[i*d : (i+1)*d]
					m := sum(x)
					sums[0] += m * m / float64(d)
					for row, waves := range waves {
						for _, w := range waves {
							sums[1+row] += w.power(x) / float64(d*len(waves))
						}
					}
					return m * m
				},
				of: func(dst, mean []float64) {
					for row, axes := range of {
						dst[row] = math.Sqrt(mean[0]/mean[1+row]-1) / (2 * math.Sin(math.Pi/float64(axes[0].length)))
					}
				},
			}, nil
		},
	}
}

// wave is exp(i k x) along an axis, k = 2 pi/length.
type wave struct {
	axis
	cos, sin []float64
}

func (a axis) wave() wave {
	w := wave{axis: a}
	for k := range a.length {
		s, c := math.Sincos(2 * math.Pi * float64(k) / float64(a.length))
		w.cos, w.sin = append(w.cos, c), append(w.sin, s)
	}
	return w
}

// power is |sum_x phi_x exp(i k x)|^2.
func (w wave) power(x []float64) float64 {
	var re, im float64
	for k := 0; len(x) > 0; k, x = k+1, x[w.stride:] {
		slice := sum(x[:w.stride])
		re += slice * w.cos[k%w.length]
		im += slice * w.sin[k%w.length]
	}
	return re*re + im*im
}
