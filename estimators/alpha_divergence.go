package estimators

import (
	"cmp"
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// alphaDivergence is the alpha-divergence of the Boltzmann density pi from the model's p,
//
//	D_alpha(pi||p) = [1 - int pi^alpha p^(1-alpha)] / (alpha (1-alpha)) = < t >_p,
//
// the mean of [stats.AlphaTerm] with ln w = -beta E - ln p - ln Z over draws of the model,
// without a bias (Amari 1985; Minka 2005, MSR-TR-2005-173). alpha = 0 is KL(p||pi) and
// alpha = 1 KL(pi||p). It takes the exact ln Z: that of the draws themselves would hide
// what the model has lost.
//
// Whether there were enough draws is judged by the weights w^alpha, of which all is made.
func alphaDivergence() core.Part {
	type config struct {
		Alpha float64 `key:"alpha" opt:"required" help:"order of the divergence: 0 is KL of the model from the Boltzmann density, 1 that of the Boltzmann density from the model"`
	}
	m := manifest("alpha_divergence", "alpha-divergence of the Boltzmann density from the model; needs the exact ln Z", "Amari 1985, Differential-Geometrical Methods in Statistics; Minka 2005, MSR-TR-2005-173")
	m.Params = core.SchemaOf(config{})
	return core.Part{
		Manifest: m,
		NewEstimator: func(settings core.Settings, s core.Setting) (core.Estimator, error) {
			if err := cmp.Or(needBoltzmann(m.Name, s), needDensity(m.Name, s)); err != nil {
				return nil, err
			}
			var c config
			core.Decode(settings, &c)
			if c.Alpha-c.Alpha != 0 {
				return nil, &core.Error{Kind: core.Invalid, Op: "open estimator", Subject: m.Name,
					Err: &core.SettingError{Key: "alpha", Problem: fmt.Sprintf("must be finite, got %v", c.Alpha)}}
			}
			logZ, known := s.Exact["log_z"]
			if !known {
				return nil, &core.Error{Kind: core.Unsupported, Op: "open estimator", Subject: m.Name,
					Err: fmt.Errorf("it needs the exact ln Z, which the energy does not know at this temperature"), Hint: "leave it out; free_energy and log_z bound and estimate ln Z"}
			}
			return &divergence{
				description: description{estimate: core.Estimate{Name: m.Name, Long: "alpha-divergence of the Boltzmann density from the model", Units: "1", Reweighted: true},
					needs: core.EstimatorSpec{Source: core.OfModel, Memory: core.Memory{Kept: 8}}},
				beta: s.Beta, logZ: logZ, alpha: c.Alpha,
			}, nil
		},
	}
}

// divergence collects the terms of the mean, and the logarithms of w^alpha.
type divergence struct {
	description
	beta, logZ, alpha float64

	terms, lnw []float64 // of the batch at hand
	largest    peak      // size of the numbers that make ln w
	moments    stats.Moments
	weights    stats.Weights
}

var _ core.Estimator = (*divergence)(nil)

// Add implements core.Estimator. It keeps ln w^alpha, 8 bytes per configuration.
func (e *divergence) Add(b *core.Batch) error {
	if err := e.check(b); err != nil {
		return err
	}
	e.terms, e.lnw = core.Resize(e.terms, b.N), core.Resize(e.lnw, b.N)
	for i, l := range b.LogP {
		lnw := -e.beta*b.E[i] - l - e.logZ
		e.terms[i], e.lnw[i] = stats.AlphaTerm(e.alpha, lnw), e.alpha*lnw
		e.largest = max(e.largest, peak(math.Abs(e.beta*b.E[i])+math.Abs(l)+math.Abs(e.logZ)))
	}
	e.moments.Add(e.terms)
	e.weights.Add(e.lnw)
	return nil
}

// Report implements core.Estimator.
func (e *divergence) Report() ([]core.Estimate, error) {
	r, err := e.report(e.moments.Mean(), e.moments.Stderr(), e.moments.N())
	if !settle(&r[0], 0, e.moments.Spread(), max(math.Abs(e.moments.Mean()), float64(e.largest))) {
		judgeWeights(&r[0], fmt.Sprintf("weights w^%g: ", e.alpha), &e.weights)
	}
	return r, err
}

func (e *divergence) gathered() gathered {
	return gathered{"moments": &e.moments, "ln_w": &e.weights, "largest": &e.largest}
}

// State implements core.Estimator.
func (e *divergence) State() core.EstimatorState { return e.gathered().state() }

// Restore implements core.Estimator.
func (e *divergence) Restore(state core.EstimatorState) error { return e.gathered().restore(state) }

// Merge implements core.Estimator.
func (e *divergence) Merge(state core.EstimatorState) error { return e.gathered().merge(state) }
