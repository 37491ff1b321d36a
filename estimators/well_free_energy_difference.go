package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// wellFreeEnergyDifference is the free energy of the configurations whose first
// coordinate x is right of a split, less that of those left of it, by
// importance sampling from the model,
//
//	F(right) - F(left) = -T ln( sum_{x > split} w / sum_{x <= split} w ),   w = exp(-beta E)/p
//
// (F. Noe, S. Olsson, J. Koehler and H. Wu, Science 365, eaaw1147 (2019),
// arXiv:1812.01729). No configuration is on both sides, so the relative
// variances of the two sums add up,
//
//	stderr^2 = T^2 (1/n_right + 1/n_left),   n_side = (sum w)^2 / sum w^2,
//
// the effective numbers of configurations on each side.
func wellFreeEnergyDifference() core.Part {
	type config struct {
		Split float64 `key:"split" help:"the first coordinate's value between the wells"`
	}
	m := manifest("well_free_energy_difference", "free energy of the right well less that of the left, reweighted",
		"Noe, Olsson, Koehler and Wu 2019, Science 365, eaaw1147 (arXiv:1812.01729)", core.Field, core.Particles)
	m.Params = core.SchemaOf(config{})
	return core.Part{
		Manifest: m,
		NewEstimator: func(settings core.Settings, s core.Setting) (core.Estimator, error) {
			if err := needBoltzmann(m.Name, s); err != nil {
				return nil, err
			}
			var c config
			core.Decode(settings, &c)
			needs := ofModel
			needs.Spaces = m.Spaces
			var mirrored *core.Reference
			if c.Split == 0 {
				mirrored = oddVanishes(s)
			}
			return &wells{
				description: description{reference: mirrored, estimate: core.Estimate{Name: m.Name, Long: "free energy of the right well less that of the left, reweighted", Units: s.Energy.Units, Reweighted: true}, needs: needs},
				beta:        s.Beta, split: c.Split, size: s.Energy.Space.Size(),
			}, nil
		},
	}
}

// wells collects ln w of both sides.
type wells struct {
	description
	beta, split float64
	size        int // of a configuration

	left, right stats.Weights
}

var _ core.Estimator = (*wells)(nil)

// Add implements core.Estimator. It keeps ln w, 8 bytes per configuration.
func (e *wells) Add(b *core.Batch) error {
	if err := e.check(b); err != nil {
		return err
	}
	for i, l := range b.LogP {
		side := &e.left
		if b.X[i*e.size] > e.split {
			side = &e.right
		}
		side.Add([]float64{-e.beta*b.E[i] - l})
	}
	return nil
}

// Report implements core.Estimator.
func (e *wells) Report() ([]core.Estimate, error) {
	lnRight, varianceRight := lnSum(&e.right)
	lnLeft, varianceLeft := lnSum(&e.left)
	n := e.left.N() + e.right.N()
	r, err := e.report((lnLeft-lnRight)/e.beta, math.Sqrt(varianceLeft+varianceRight)/e.beta, n)
	if n > 0 && (e.left.N() == 0 || e.right.N() == 0) {
		r[0].WarnOf(core.AboutLost, core.CautionLostMode, "all %d configurations are on one side of %g: the model has not found the other well", n, e.split)
	} else if few := min(e.left.N(), e.right.N()); n > 0 && few < least {
		r[0].Stderr[0] = math.NaN()
		r[0].Warn(core.CautionFewDraws, "%d draws in one of the wells are too few for an error: draw at least %d", few, least)
	} else {
		judgeWeights(&r[0], "left well: ", &e.left)
		judgeWeights(&r[0], "right well: ", &e.right)
	}
	return r, err
}

func (e *wells) gathered() gathered { return gathered{"left": &e.left, "right": &e.right} }

// State implements core.Estimator.
func (e *wells) State() core.EstimatorState { return e.gathered().state() }

// Restore implements core.Estimator.
func (e *wells) Restore(state core.EstimatorState) error { return e.gathered().restore(state) }

// Merge implements core.Estimator.
func (e *wells) Merge(state core.EstimatorState) error { return e.gathered().merge(state) }

// lnSum is ln sum w and its variance; both are NaN without weights.
func lnSum(w *stats.Weights) (value, variance float64) {
	mean, _ := w.LogMean()
	fraction, _, _ := w.EffectiveFraction()
	n := float64(w.N())
	return mean + math.Log(n), 1 / (n * fraction)
}
