package estimators

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// swapAcceptance is the accepted fraction of the exchanges between neighbouring temperatures of
// parallel tempering, < a_r > of each pair, from the coldest on.
func swapAcceptance() core.Part {
	return exchanges("swap_acceptance", "fraction of the exchanges between replicas that were accepted, by pair of temperatures", false)
}

// leastSwapAcceptance is that of the pair with the fewest, min_r < a_r >. Where it is near 0 the
// ladder is torn, and the replicas below get nothing from those above.
func leastSwapAcceptance() core.Part {
	return exchanges("swap_acceptance_least", "accepted fraction of the exchanges between the two temperatures that have the fewest", true)
}

func exchanges(name, summary string, least bool) core.Part {
	m := manifest(name, summary, "Hukushima and Nemoto 1996, J. Phys. Soc. Jpn. 65, 1604")
	return core.Part{
		Manifest: m,
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			pairs := len(s.Ladder)
			if pairs == 0 {
				err := core.Errorf(core.Unsupported, "open estimator", name, "it is about chains at several temperatures, and there is one")
				err.Hint = `set sampler.method = "single_site" with sampler.temperatures, or leave it out`
				return nil, err
			}
			f := &function{
				description: description{
					estimate: core.Estimate{Name: name, Long: summary, Units: "1"},
					needs:    core.EstimatorSpec{Source: core.OfChains, Wants: []core.Column{}, Memory: ofBlocks(pairs)},
				},
				blocks: stats.NewBlocks(pairs),
				prepare: func(b *core.Batch) error {
					if core.Swaps.Len(b) != b.N*pairs {
						return core.Errorf(core.Unsupported, "estimate", name, "the sampler did not count its exchanges")
					}
					return nil
				},
				add: func(sums []float64, b *core.Batch, i int) float64 {
					for k, v := range core.Swaps.Of(b)[i*pairs : (i+1)*pairs] {
						sums[k] += v
					}
					return witness(b, i)
				},
			}
			if least {
				f.size, f.kinked = 1, true
				f.of = func(dst, mean []float64) { dst[0] = slices.Min(mean) }
				return f, nil
			}
			f.size, f.of = pairs, func(dst, mean []float64) { copy(dst, mean) }
			f.estimate.Axes = []core.Axis{{Name: "upper_temperature", Units: s.Energy.Units, Values: s.Ladder}}
			return f, nil
		},
	}
}
