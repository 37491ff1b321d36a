package estimators

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// maximumMeanDiscrepancy compares what is drawn, x, with given rows y,
//
//	MMD^2 = < k(x, x') > + < k(y, y') > - 2 < k(x, y) >,
//	k(x, y) = 1/W sum_w exp(-|x - y|^2/(2 sigma_w^2)),
//
// which is zero where both have one density and nowhere else (Gretton et al. 2012, J. Mach.
// Learn. Res. 13, 723). Its estimate has no bias, and may lie below zero.
func maximumMeanDiscrepancy() core.Part {
	type config struct {
		sampleKeys
		Widths []float64 `key:"widths" help:"sigma_w, greater than 0. When empty, half of the median distance between rows, the median distance, and twice as much"`
		testKeys
	}
	const name, of = "maximum_mean_discrepancy", "maximum_mean_discrepancy_squared"
	m := manifest(name, "maximum mean discrepancy of what is drawn from the rows of the energy, with Gaussian kernels, and a two-sample test", "Gretton et al. 2012, J. Mach. Learn. Res. 13, 723")
	m.Params = core.SchemaOf(config{sampleKeys: sampleKeys{Rows: core.TestRows, Samples: 1000}, Widths: []float64{}, testKeys: testKeys{Permutations: 200, Seed: 1}})
	return core.Part{Manifest: m, NewEstimator: func(settings core.Settings, s core.Setting) (core.Estimator, error) {
		var c config
		core.Decode(settings, &c)
		for _, w := range c.Widths {
			if !(w > 0) || math.IsInf(w, 1) {
				return nil, &core.Error{Kind: core.Invalid, Op: "open estimator", Subject: name,
					Err: &core.SettingError{Key: "widths", Problem: fmt.Sprintf("must be greater than 0, got %v", w)}}
			}
		}
		e, err := newTwoSamples(name, c.sampleKeys, s, 8, c.names(of)...)
		if err != nil {
			return nil, err
		}
		e.of = func(x, y []float64, n int) []core.Estimate {
			widths := c.Widths
			if len(widths) == 0 {
				median := math.Sqrt(medianSquare(y, n))
				widths = []float64{median / 2, median, 2 * median}
			}
			return c.report(newPairs(x, y, n, stats.Gaussians(widths).At), of, "squared maximum mean discrepancy of draws and rows", "1")
		}
		return e, nil
	}}
}

// medianOf is how many rows the median distance is made of: enough for a length.
const medianOf = 500

// medianSquare is the median of |y_i - y_j|^2 over pairs of the first of n rows, and 1 where
// most of them are equal or there are none.
func medianSquare(y []float64, n int) float64 {
	d := len(y) / max(n, 1)
	n = min(n, medianOf)
	var all []float64
	for i := range n {
		for j := range i {
			all = append(all, stats.SquaredDistance(y[i*d:(i+1)*d], y[j*d:(j+1)*d]))
		}
	}
	if slices.Sort(all); len(all) == 0 || all[len(all)/2] == 0 {
		return 1
	}
	return all[len(all)/2]
}
