package estimators

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// acceptance is the fraction of the proposed moves of Markov chains that were
// accepted: of the sampler's, or of those by which a model draws. Of the
// independence method it measures the model: 1 where that has the Boltzmann
// density. The step size that chains of a sampler share adapts in the burn-in alone: another seed
// finds another one, of which one run knows nothing, and the error is of the acceptance at that which
// was found (Given). Chains of a model have a step size each, and how those differ is in the error.
func acceptance() core.Part {
	const name = "acceptance"
	return core.Part{
		Manifest: manifest(name, "fraction of the proposed moves that were accepted", "Metropolis et al. 1953, J. Chem. Phys. 21, 1087"),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			m := &mean{
				description: description{estimate: core.Estimate{Name: name, Long: "acceptance of the Markov chains at the step size that they have", Units: "1"}, needs: core.EstimatorSpec{Source: core.OfChains}},
				of: func(dst []float64, b *core.Batch) {
					if len(b.Accept) != b.N {
						panic("estimators: Accept does not have the batch's length")
					}
					copy(dst, b.Accept)
				},
				moved: func(accepted float64) bool { return accepted == 1 }, // as those of clusters without a field
			}
			if !s.Chains && slices.Contains(s.Model.Powers, core.PowerWalk) {
				m.needs = core.EstimatorSpec{Source: core.OfModel, ModelPowers: []core.Power{core.PowerWalk}}
				if slices.Contains(s.Model.Powers, core.PowerQuantum) { // others draw units from their conditional densities
					m.doubt = acceptanceWarning
				}
				m.apart = true // each of them adapted its own step size
			} else if s.Adapts {
				m.estimate.Given = "the step size that the burn-in found"
			}
			return m, nil
		},
	}
}

// acceptanceWarning tells that the model's chains hardly move. Metropolis chains are best
// at an acceptance of some 0.2 to 0.5, with a flat optimum (Roberts, Gelman and
// Gilks 1997, Ann. Appl. Probab. 7, 110). Step sizes adapt in a burn-in alone,
// so that the acceptance shows where training has since changed the density.
func acceptanceWarning(e *core.Estimate) {
	if a := e.Value[0]; !(a >= 0.2 && a <= 0.9) {
		e.Warn(core.CautionAcceptance, "the model's chains accept %.3g of their moves, outside of 0.2 to 0.9: they hardly move, and all that is a mean over x may lag behind", a)
	}
}
