package estimators

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// freeEnergyLower is the variational free energy seen from draws of the Boltzmann density q,
//
//	< E + T ln p >_q  =  F - T KL(q, p)  <=  F  <=  F[p] = < E + T ln p >_p,
//
// so that it and free_energy bracket F. What the model has lost makes it low: E + T ln p is as
// far below F as p is too small there. It rests on q, and so on chains that have reached it.
func freeEnergyLower() core.Part {
	const name = "free_energy_lower"
	return core.Part{
		Manifest: manifest(name, "<E + T ln p> over draws of the Boltzmann density, a lower bound of the free energy", "Kullback and Leibler 1951, Ann. Math. Stat. 22, 79; Nicoli et al. 2023, Phys. Rev. D 108, 114501 (arXiv:2302.14082)"),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			b, err := newBracket(core.Estimate{Name: name, Long: "<E + T ln p> over the Boltzmann density", Units: s.Energy.Units, Extensive: true},
				core.OfBoltzmann, s)
			if err != nil {
				return nil, err
			}
			return &lowerBound{b}, nil
		},
	}
}

// boundChains and boundRHat are how many chains have to agree, and how well, before what they say
// is taken as that of the Boltzmann density (Vehtari et al. 2021, arXiv:1903.08008).
const (
	boundChains = 4
	boundRHat   = 1.01
)

type lowerBound struct{ bracket }

var _ core.Estimator = (*lowerBound)(nil)

// Report implements core.Estimator.
func (k *lowerBound) Report() ([]core.Estimate, error) {
	s := k.series()
	u := s.Uncertainty()
	all, err := k.report(-s.Mean()/k.beta, u.Stderr/k.beta, s.N())
	e := &all[0]
	if s.N() == 0 {
		return all, err
	}
	lost := infinite(s.Values())
	if lost > 0 {
		e.Value[0], e.Stderr[0] = math.Inf(-1), math.NaN()
		e.WarnOf(core.AboutModel, core.CautionLostMode, "ln p = -Inf on %d of %d draws of the Boltzmann density: the model has lost configurations", lost, s.N())
	} else if !k.settle(e, s) {
		k.judge(e, s, u)
	}
	rhat := e.RHat
	if lost > 0 { // ranks do not mind
		rhat = s.Thinned(valuesJudged).Mixing().RHat
	}
	if why := k.noBound(s.Chains(), rhat); why == "" {
		e.Bound, e.Long = -1, e.Long+", a lower bound"
	} else {
		e.Long += ", no bound: " + why
	}
	return all, err
}

// noBound is why chains of an R-hat, 0 where it is not known, do not show that they are of the Boltzmann
// density, "" where they do.
func (k *lowerBound) noBound(chains int, rhat float64) string {
	switch {
	case len(k.draws) > 0:
		return ""
	case chains < boundChains:
		return fmt.Sprintf("%d chains, and it takes %d that agree", chains, boundChains)
	case !(rhat > 0):
		return "fewer than four draws of each chain, which have no R-hat"
	case rhat >= boundRHat:
		return fmt.Sprintf("R-hat of the chains is %.4g, not below %g", rhat, boundRHat)
	}
	return ""
}

// infinite counts infinite values.
func infinite(all []float64) (n int) {
	for _, v := range all {
		if math.IsInf(v, 0) {
			n++
		}
	}
	return n
}
