package estimators

import (
	"math"

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
			return &normalisation{name: name, numbers: []float64{math.NaN(), math.NaN(), 0}}, nil
		},
	}
}

// normalisation keeps ln Z, its standard error, and how many configurations were seen.
type normalisation struct {
	name    string
	numbers []float64
}

var _ core.Estimator = (*normalisation)(nil)

// Spec implements core.Estimator.
func (z *normalisation) Spec() core.EstimatorSpec {
	return core.EstimatorSpec{Source: core.OfModel, ModelPowers: []core.Power{core.PowerLogZ},
		Wants: []core.Column{core.LogZ, core.LogZStderr}, Observables: []core.Observable{{Name: z.name, Extensive: true}}}
}

// Add implements core.Estimator.
func (z *normalisation) Add(b *core.Batch) error {
	z.numbers[0], z.numbers[1] = core.LogZ.Of(b)[0], core.LogZStderr.Of(b)[0]
	z.numbers[2] += float64(b.N)
	return nil
}

// Report implements core.Estimator.
func (z *normalisation) Report() ([]core.Estimate, error) {
	e := core.Scalar(z.name, "ln Z of the model", z.numbers[0], z.numbers[1], "1", int64(z.numbers[2]))
	e.Extensive, e.Constant = true, z.numbers[1] == 0
	return []core.Estimate{e}, nil
}

// State implements core.Estimator.
func (z *normalisation) State() core.EstimatorState {
	return core.EstimatorState{"numbers": append([]float64(nil), z.numbers...)}
}

// Restore implements core.Estimator.
func (z *normalisation) Restore(state core.EstimatorState) error {
	numbers := state["numbers"]
	if len(numbers) != len(z.numbers) {
		return core.Errorf(core.Invalid, "restore", z.name, "the state has %d numbers, not %d", len(numbers), len(z.numbers))
	}
	copy(z.numbers, numbers)
	return nil
}

// Merge implements core.Estimator: ln Z is the same to all.
func (z *normalisation) Merge(state core.EstimatorState) error {
	seen := z.numbers[2]
	err := z.Restore(state)
	z.numbers[2] += seen
	return err
}
