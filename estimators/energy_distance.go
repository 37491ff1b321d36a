package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// energyDistance compares what is drawn, x, with given rows y,
//
//	D^2 = 2 < |x - y| > - < |x - x'| > - < |y - y'| >,
//
// which is zero where both have one density and nowhere else (Szekely and Rizzo 2013, J.
// Stat. Plan. Inference 143, 1249). It is MMD^2 with the kernel -|x - y|, which has no width
// to choose.
func energyDistance() core.Part {
	type config struct {
		sampleKeys
		testKeys
	}
	const name = "energy_distance"
	m := manifest(name, "energy distance of what is drawn from the rows of the energy, and a two-sample test", "Szekely and Rizzo 2013, J. Stat. Plan. Inference 143, 1249")
	m.Params = core.SchemaOf(config{sampleKeys{Rows: core.TestRows, Samples: 1000}, testKeys{Permutations: 200, Seed: 1}})
	return core.Part{Manifest: m, NewEstimator: func(settings core.Settings, s core.Setting) (core.Estimator, error) {
		var c config
		core.Decode(settings, &c)
		e, err := newTwoSamples(name, c.sampleKeys, s, 8, c.names(name)...)
		if err != nil {
			return nil, err
		}
		e.of = func(x, y []float64, n int) []core.Estimate {
			h := newPairs(x, y, n, func(square float64) float64 { return -math.Sqrt(square) })
			return c.report(h, name, "energy distance of draws and rows", "1")
		}
		return e, nil
	}}
}
