package estimators

import (
	"errors"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// xeb is the fidelity of linear cross-entropy of what is drawn, with the probabilities
// p(x) = exp(-beta E(x))/Z that are expected of M configurations in all,
//
//	F_XEB = M < p(x) > - 1.
//
// It is 0 for draws that have nothing to do with p, as even ones, and for draws from p
// itself M sum_x p(x)^2 - 1, which is 1 where the p(x) are exponentially distributed as those of
// random quantum circuits are (Boixo et al. 2018; Arute et al. 2019).
//
// An energy may be that of a noisy density p = F p_0 + (1 - F)/M, of which it knows the
// fidelity F (the exact value "fidelity"). What is expected is then p_0, and since F_XEB is
// linear in p,
//
//	F_XEB = M < p_0(x) > - 1 = (M < p(x) > - 1)/F.
func xeb() core.Part {
	const name = "xeb"
	m := manifest(name, "fidelity of linear cross-entropy, with an energy whose ln Z is known",
		"Boixo et al. 2018, Nature Phys. 14, 595 (arXiv:1608.00263); Arute et al. 2019, Nature 574, 505 (arXiv:1910.11333)", core.Spins, core.Levels)
	return core.Part{
		Manifest: m,
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			if err := needBoltzmann(name, s); err != nil {
				return nil, err
			}
			if space := s.Energy.Space; space.Values() == nil {
				return nil, core.Errorf(core.Mismatch, "open estimator", name, "it needs configurations that are finite in number, and the space is %s", space)
			}
			logZ, known := s.Exact["log_z"]
			if !known {
				return nil, &core.Error{Kind: core.Mismatch, Op: "open estimator", Subject: name,
					Err:  errors.New("it needs probabilities exp(-beta E)/Z, and the energy does not know ln Z with these settings"),
					Hint: "leave it out, or choose a system or a size whose ln Z is known exactly"}
			}
			f, noisy := s.Exact["fidelity"]
			if !noisy {
				f = 1
			}
			logM := s.Energy.Space.LogVolume()
			return &mean{
				description: description{
					estimate: core.Estimate{Name: name, Long: "fidelity of linear cross-entropy", Units: "1", Own: true},
					needs:    core.EstimatorSpec{Spaces: m.Spaces},
				},
				of: func(dst []float64, b *core.Batch) {
					for i, e := range b.E {
						dst[i] = (math.Exp(logM-s.Beta*e-logZ) - 1) / f
					}
				},
				size: func(b *core.Batch, i int) float64 { return (math.Exp(logM-s.Beta*b.E[i]-logZ) + 1) / f },
			}, nil
		},
	}
}
