package estimators

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// modelLogZ is the constant of a model that knows its density p = exp(w)/Z up to it,
//
//	ln Z = ln sum_x exp(w(x)),
//
// as the model finds it. Where it is an estimate, its error is that of every ln p of the
// same parameters, all in one direction.
func modelLogZ() core.Part {
	const name = "model_log_z"
	return core.Part{
		Manifest: manifest(name, "ln Z of a model that is known up to it, as the model finds it", "Salakhutdinov and Murray 2008, ICML, 872"),
		NewEstimator: func(_ core.Settings, _ core.Setting) (core.Estimator, error) {
			return &normalisation{name: name, found: found(nans(2))}, nil
		},
	}
}

// normalisation keeps ln Z and how many configurations were seen.
type normalisation struct {
	name  string
	found found
	seen  count
}

var _ core.Estimator = (*normalisation)(nil)

// Spec implements core.Estimator.
func (z *normalisation) Spec() core.EstimatorSpec {
	return core.EstimatorSpec{Source: core.OfModel, ModelPowers: []core.Power{core.PowerLogZ},
		Wants: []core.Column{core.LogZ, core.LogZStderr}, Observables: []core.Observable{{Name: z.name, Extensive: true}}}
}

// Add implements core.Estimator.
func (z *normalisation) Add(b *core.Batch) error {
	z.found = found{core.LogZ.Of(b)[0], core.LogZStderr.Of(b)[0]}
	z.seen += count(b.N)
	return nil
}

// Report implements core.Estimator.
func (z *normalisation) Report() ([]core.Estimate, error) {
	e := core.Scalar(z.name, "ln Z of the model", z.found[0], z.found[1], "1", int64(z.seen))
	e.Extensive, e.Own, e.Constant = true, true, z.found[1] == 0
	return []core.Estimate{e}, nil
}

func (z *normalisation) gathered() gathered { return gathered{"log_z": &z.found, "seen": &z.seen} }

// State implements core.Estimator.
func (z *normalisation) State() core.EstimatorState { return z.gathered().state() }

// Restore implements core.Estimator.
func (z *normalisation) Restore(state core.EstimatorState) error { return z.gathered().restore(state) }

// Merge implements core.Estimator.
func (z *normalisation) Merge(state core.EstimatorState) error { return z.gathered().merge(state) }

// found are numbers, as ln Z and its standard error, which are the same to all.
type found []float64

// State are the numbers.
func (f *found) State() []float64 { return *f }

// Restore puts back what State returned.
func (f *found) Restore(state []float64) error {
	if len(state) != len(*f) {
		return fmt.Errorf("%d numbers where there are %d", len(state), len(*f))
	}
	copy(*f, state)
	return nil
}

// Join is Restore.
func (f *found) Join(state []float64) error { return f.Restore(state) }
