package estimators

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// virialResidualReweighted is the virial theorem with importance weights,
//
//	v = < w (beta/D x dE/dx - 1) >_p / < w >_p = 0,   w = exp(-beta E)/p.
//
// By parts, over the region in which draws of p are met at all,
//
//	D v = - oint exp(-beta E) x dS / int exp(-beta E),
//
// what flows out through its surface: 0 where that is at infinity. A model whose density ends where that
// of Boltzmann does not, as of a flow that compresses what it starts from, never draws what is beyond. Neither the
// weights that were met nor their tail say so, and ln Z is too small by more than its error; the
// surface term does. Of a coordinate whose Boltzmann density falls like exp(-beta E(r)) it is r beta E'(r) times
// what is missing. It cannot see a well that was lost whole, since nothing flows at its saddle.
func virialResidualReweighted() core.Part {
	const name = "virial_residual_reweighted"
	m := manifest(name, "virial_residual by importance sampling from the model, zero unless draws of it end where the Boltzmann density does not", virialTheorem, core.Field, core.Particles)
	return core.Part{
		Manifest: m,
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			if err := needForces(name, s); err != nil {
				return nil, err
			}
			if s.Energy.Space.Box != nil || s.Energy.Forbids {
				return nil, &core.Error{Kind: core.Unsupported, Op: "open estimator", Subject: name,
					Err: fmt.Errorf("walls of a box, and of what the energy forbids, have a surface term of their own"), Hint: "leave it out"}
			}
			return &virialReweighted{beta: s.Beta, size: s.Energy.Space.Size(), description: description{
				reference: &core.Reference{Value: 0, Source: "virial theorem"},
				estimate:  core.Estimate{Name: name, Long: "residual of the virial theorem per degree of freedom, reweighted", Units: "1", Reweighted: true},
				needs:     core.EstimatorSpec{Source: core.OfModel, Spaces: m.Spaces, EnergyPowers: []core.Power{core.PowerSlope}, Memory: core.Memory{Kept: 16}},
			}}, nil
		},
	}
}

// needForces tests that there are a temperature and forces.
func needForces(name string, s core.Setting) error {
	if err := needBoltzmann(name, s); err != nil {
		return err
	}
	return needSlope(name, s)
}

// needSlope tests that the energy has dE/dx, of quantum particles dV/dx.
func needSlope(name string, s core.Setting) error {
	if !slices.Contains(s.Energy.Powers, core.PowerSlope) {
		return core.Errorf(core.Mismatch, "open estimator", name, "it needs an energy with forces (power %q)", core.PowerSlope)
	}
	return nil
}

// mostVirial is how many standard errors the residual may be from 0: of good models 0.3 % are farther.
const mostVirial = 3

type virialReweighted struct {
	description
	beta float64
	size int

	lnw     []float64 // of the batch at hand, as v
	v       []float64
	weights stats.Weights
	all     kept // v
}

var _ core.Estimator = (*virialReweighted)(nil)

// Add implements core.Estimator. It keeps ln w and v, 16 bytes per configuration.
func (r *virialReweighted) Add(b *core.Batch) error {
	if err := r.check(b); err != nil {
		return err
	}
	r.lnw, r.v = core.Resize(r.lnw, b.N), core.Resize(r.v, b.N)
	for i, l := range b.LogP {
		r.lnw[i] = -r.beta*b.E[i] - l
	}
	virial(r.v, b, r.beta, r.size)
	r.weights.Add(r.lnw)
	r.all = append(r.all, r.v...)
	return nil
}

// Report implements core.Estimator.
func (r *virialReweighted) Report() ([]core.Estimate, error) {
	value, stderr, doubt := r.weights.Average(r.all)
	reported, err := r.report(value, stderr, r.weights.N())
	e := &reported[0]
	if settle(e, 0, stderr*math.Sqrt(float64(e.N)), math.Abs(value)) {
		return reported, err
	}
	e.StderrStderr = stderr * doubt
	judgeWeights(e, "", &r.weights)
	if e.N >= tailed && doubt < uncertain && math.Abs(value) > mostVirial*stderr {
		e.WarnOf(core.AboutLost, core.CautionContradiction, "the reweighted virial residual is %.3g +- %.1g in place of 0: the model's draws end where the Boltzmann density does not, and what is beyond is missing from all that is reweighted; train longer, or let chains stand beside the model (evaluate.sampler)",
			value, stderr)
	}
	return reported, err
}

func (r *virialReweighted) gathered() gathered {
	return gathered{"ln_w": &r.weights, "virial": &r.all}
}

// State implements core.Estimator.
func (r *virialReweighted) State() core.EstimatorState { return r.gathered().state() }

// Restore implements core.Estimator.
func (r *virialReweighted) Restore(state core.EstimatorState) error {
	if err := r.gathered().restore(state); err != nil {
		return err
	}
	return r.paired()
}

// Merge implements core.Estimator.
func (r *virialReweighted) Merge(state core.EstimatorState) error {
	if err := r.gathered().merge(state); err != nil {
		return err
	}
	return r.paired()
}

// paired tests that each weight has its v.
func (r *virialReweighted) paired() error {
	if n := r.weights.N(); n != int64(len(r.all)) {
		return fmt.Errorf("%d weights and %d values", n, len(r.all))
	}
	return nil
}
