package estimators

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// modeCoverage is how much of a density with several modes is drawn,
//
//	coverage = sum_k min(s_k, w_k),
//
// s_k the share of configurations to which mode k is the nearest, and w_k its weight: 1
// where all modes are drawn as often as they should be, and less by the weight that is
// missing from some. 1 - coverage is the total variation between s and w. The scatter of the
// s_k makes an estimate too small, by a term of order 1/sqrt(n) where all is well. That is where
// min has its kink, and a jackknife would report more than 1 at times: the value is the plain
// one, and the jackknife gives its error alone.
func modeCoverage() core.Part {
	type config struct {
		Modes   []float64 `key:"modes" opt:"required" help:"places of the modes: a number for each coordinate, mode after mode"`
		Weights []float64 `key:"weights" help:"w_k, greater than 0, one number for each mode; divided by their sum. When empty, all are equal"`
	}
	const name = "mode_coverage"
	m := manifest(name, "share of the weight of given modes that is drawn", "Che, Li, Jacob, Bengio and Li 2017, arXiv:1612.02136", core.Field, core.Particles)
	m.Params = core.SchemaOf(config{Weights: []float64{}})
	return core.Part{Manifest: m, NewEstimator: func(settings core.Settings, s core.Setting) (core.Estimator, error) {
		var c config
		core.Decode(settings, &c)
		bad := func(key, problem string) error {
			return &core.Error{Kind: core.Invalid, Op: "open estimator", Subject: name, Err: &core.SettingError{Key: key, Problem: problem}}
		}
		d := s.Energy.Space.Size()
		k := len(c.Modes) / max(d, 1)
		if k == 0 || k*d != len(c.Modes) {
			return nil, bad("modes", fmt.Sprintf("must have %d numbers for each mode, got %d", d, len(c.Modes)))
		}
		for _, v := range c.Modes {
			if math.IsInf(v, 0) { // the schema refuses NaN
				return nil, bad("modes", fmt.Sprintf("must be finite, got %v", v))
			}
		}
		if len(c.Weights) != 0 && len(c.Weights) != k {
			return nil, bad("weights", fmt.Sprintf("must have %d numbers, one for each mode, got %d", k, len(c.Weights)))
		}
		total, weight := 0.0, make([]float64, k)
		for i := range weight {
			weight[i] = 1
			if len(c.Weights) > 0 {
				weight[i] = c.Weights[i]
			}
			if !(weight[i] > 0) || math.IsInf(weight[i], 1) {
				return nil, bad("weights", fmt.Sprintf("must be greater than 0, got %v", weight[i]))
			}
			total += weight[i]
		}
		if math.IsInf(total, 1) {
			return nil, bad("weights", "have a sum that is too large for a number")
		}
		needs := needsX(m.Spaces)
		needs.Memory = ofBlocks(k)
		return &function{
			description: description{estimate: core.Estimate{Name: name, Long: "share of the weight of given modes that is drawn", Units: "1", Own: true}, needs: needs},
			add: func(sums []float64, b *core.Batch, i int) float64 {
				sums[nearest(b.X[i*d:(i+1)*d], c.Modes)]++
				return witness(b, i)
			},
			of: func(dst, share []float64) {
				dst[0] = 0
				for i, w := range weight {
					dst[0] += min(share[i], w/total)
				}
			},
			size: 1, kinked: true, blocks: stats.NewBlocks(k),
		}, nil
	}}
}

// nearest is which of some points is nearest to x.
func nearest(x, points []float64) (which int) {
	d, least := len(x), math.Inf(1)
	for k := range len(points) / d {
		if square := stats.SquaredDistance(x, points[k*d:(k+1)*d]); square < least {
			which, least = k, square
		}
	}
	return which
}
