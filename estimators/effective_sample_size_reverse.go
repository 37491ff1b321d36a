package estimators

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// effectiveSampleSizeReverse is the effective sample size of reweighting the model's draws, seen from
// draws of the Boltzmann density q,
//
//	< w >_p^2 / < w^2 >_p  =  1/(< w >_q < 1/w >_q),   w = exp(-beta E)/p.
//
// effective_sample_size is the same number from draws of p, and does not see what p has lost.
func effectiveSampleSizeReverse() core.Part {
	const name = "effective_sample_size_reverse"
	return core.Part{
		Manifest: manifest(name, "effective sample size of reweighting, as a fraction of the samples, seen from the Boltzmann density", "Nicoli et al. 2023, Phys. Rev. D 108, 114501 (arXiv:2302.14082)"),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			b, err := newBracket(core.Estimate{Name: name, Long: "effective sample size by draws of the Boltzmann density, fraction of the samples", Units: "1", Reweighted: true},
				core.OfBoltzmann, s)
			if err != nil {
				return nil, err
			}
			return &reverseSize{b}, nil
		},
	}
}

type reverseSize struct{ bracket }

var _ core.Estimator = (*reverseSize)(nil)

// Report implements core.Estimator.
func (k *reverseSize) Report() ([]core.Estimate, error) {
	s := k.series()
	fraction, stderr := stats.ReverseEffectiveFraction(s)
	all, err := k.report(fraction, stderr, s.N())
	if s.N() > 0 && infinite(s.Values()) == 0 && !k.settle(&all[0], s) {
		k.judge(&all[0], s, s.Uncertainty())
	}
	return all, err
}
