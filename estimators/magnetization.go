package estimators

import "github.com/helmholtz-physics/helmholtz/framework/core"

// magnetization is that per site,
//
//	< m >,   m(x) = 1/N sum_i x_i,
//
// between -1 and 1. It is zero, within its error, where x -> -x is a symmetry
// of the model.
func magnetization() core.Part {
	return spinMean("magnetization", "magnetization per site", "magnetization per site <m>", func(m float64) float64 { return m })
}

// spinMean is the estimator of a function of the magnetization per site.
func spinMean(name, long, summary string, of func(m float64) float64) core.Part {
	m := manifest(name, summary, van)
	m.Spaces = []core.SpaceKind{core.Spins}
	return core.Part{
		Manifest: m,
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			sites := s.Energy.Space.Size()
			return &mean{
				estimate: core.Estimate{Name: name, Long: long, Units: "1"},
				spaces:   m.Spaces,
				of: func(dst []float64, b *core.Batch) {
					if len(b.X) != b.N*sites {
						panic("estimators: X does not have the size of the space")
					}
					for i := range dst {
						dst[i] = of(sum(b.X[i*sites:(i+1)*sites]) / float64(sites))
					}
				},
			}, nil
		},
	}
}

// sum adds up spins, exactly in any order; four at a time, because an addition
// waits for the one before it.
func sum(x []float64) float64 {
	var a, b, c, d float64
	for len(x) >= 4 {
		a += x[0]
		b += x[1]
		c += x[2]
		d += x[3]
		x = x[4:]
	}
	for _, v := range x {
		a += v
	}
	return a + b + c + d
}
