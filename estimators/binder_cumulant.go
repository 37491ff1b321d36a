package estimators

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// binderCumulant is the fourth-order cumulant of the magnetization,
//
//	U_4 = 1 - < m^4 > / (3 < m^2 >^2),   m(x) = 1/N sum_i x_i:
//
// 0 where m is normal, as far from order, and 2/3 where |m| is fixed.
func binderCumulant() core.Part {
	const name = "binder_cumulant"
	m := manifest(name, "Binder cumulant 1 - <m^4>/(3 <m^2>^2)", "Binder 1981, Z. Phys. B 43, 119", onSites...)
	return core.Part{
		Manifest: m,
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			d := s.Energy.Space.Size()
			return &function{
				description: description{estimate: core.Estimate{Name: name, Long: "Binder cumulant of the magnetization", Units: "1"}, needs: needsX(m.Spaces)},
				blocks:      stats.NewBlocks(2),
				size:        1,
				add: func(sums []float64, b *core.Batch, i int) float64 {
					m := perSite(b.X[i*d : (i+1)*d])
					sums[0] += m * m
					sums[1] += m * m * m * m
					return m * m
				},
				of: func(dst, mean []float64) { dst[0] = 1 - mean[1]/(3*mean[0]*mean[0]) },
			}, nil
		},
	}
}
