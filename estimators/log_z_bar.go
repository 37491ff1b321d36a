package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// logZBAR is the logarithm of the partition function from draws of both densities, of the model's p
// and of the Boltzmann density q = exp(-beta E)/Z, by Bennett's acceptance ratio,
//
//	< f(s) >_p / < f(-s) >_q = n_q/n_p,   s = ln w - ln Z + ln(n_q/n_p),   f(s) = 1/(1 + exp(-s)),
//
// n_q the effective number of draws of chains (stats.BAR). Where p has lost a part of q, log_z is too
// small without a sign of it in its weights, and this is right, as long as the two overlap:
//
//	bar_overlap = int p q/(a p + b q) dx,   a = n_p/(n_p + n_q),   b = 1 - a,
//
// 1 where p is q, 0 where no draw of one could be one of the other.
func logZBAR() core.Part {
	const name = "log_z_bar"
	return core.Part{
		Manifest: manifest(name, "ln Z by Bennett's acceptance ratio of draws of the model and of the Boltzmann density, and their overlap",
			"Bennett 1976, J. Comput. Phys. 22, 245; Shirts, Bair, Hooker and Pande 2003, Phys. Rev. Lett. 91, 140601; Klimovich, Shirts and Mobley 2015, J. Comput. Aided Mol. Des. 29, 397"),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			b, err := newBracket(core.Estimate{Name: name, Long: "logarithm of the partition function, from draws of the model and of the Boltzmann density", Units: "1", Extensive: true, Reweighted: true},
				core.OfModelAndBoltzmann, s)
			if err != nil {
				return nil, err
			}
			return &bridge{b}, nil
		},
	}
}

// leastOverlap is that below which the error of ln Z is too small: 0.03 for each of O_01 and O_10, whose
// sum the overlap is (Klimovich et al. 2015).
const leastOverlap = 0.06

// farApart in standard errors are two values of ln Z that contradict each other.
const farApart = 3

type bridge struct{ bracket }

var _ core.Estimator = (*bridge)(nil)

const barOverlap = "bar_overlap"

// Spec implements core.Estimator.
func (k *bridge) Spec() core.EstimatorSpec {
	spec := k.description.Spec()
	spec.Observables = append(spec.Observables, core.Observable{Name: barOverlap})
	return spec
}

// Report implements core.Estimator.
func (k *bridge) Report() ([]core.Estimate, error) {
	s := k.series()
	n := int64(len(k.model)) + s.N()
	found := stats.Bridge{LogZ: math.NaN(), Stderr: math.NaN(), Overlap: math.NaN()}
	var apart error
	if len(k.model) > 0 && s.N() > 0 {
		if found, apart = stats.BAR(k.model, s); apart != nil {
			found = stats.Bridge{LogZ: math.NaN(), Stderr: math.NaN()}
		}
	} else {
		n = 0
	}
	all, err := k.report(found.LogZ, found.Stderr, n)
	overlap := core.Scalar(barOverlap, "overlap of the model's density with the Boltzmann density", found.Overlap, math.NaN(), "1", n)
	overlap.Reweighted = true
	all = append(all, overlap)
	if n == 0 {
		return all, err
	}
	e := &all[0]
	switch {
	case apart != nil:
		e.Warn(core.CautionOverlap, "%v", apart)
	case k.settle(e, s):
	default:
		k.doubt(e, s, found)
	}
	return all, err
}

// doubt says what is wrong with ln Z, and what it says of the model's draws.
func (k *bridge) doubt(e *core.Estimate, s *stats.Chains, found stats.Bridge) {
	taken := s.Map(func(l float64) float64 { return 1 / (1 + math.Exp(l-found.LogZ)) })
	k.bracket.judge(e, taken, taken.Uncertainty())
	if found.Overlap < leastOverlap {
		e.Warn(core.CautionOverlap, "draws of the model and of the Boltzmann density overlap by %.2g (less than %g), so the error is too uncertain to be trusted: train longer, or draw more", found.Overlap, leastOverlap)
	}
	var w stats.Weights
	w.Add(k.model)
	one, stderr := w.LogMean()
	if d := found.LogZ - one; math.Abs(d) > max(farApart*math.Hypot(stderr, found.Stderr), 1e-6) {
		e.WarnOf(core.AboutModel, core.CautionLostMode, "ln Z is %.6g +- %.1g by draws of the model alone, and %.6g +- %.1g with those of the Boltzmann density: the model has lost configurations that the latter have, or these have not reached that density",
			one, stderr, found.LogZ, found.Stderr)
	}
}
