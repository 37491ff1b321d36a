package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// entropy is that of the model's density, in units of k_B,
//
//	S = -< ln p(x) >,
//
// or of a density matrix the von Neumann entropy
//
//	S = -Tr rho ln rho = -sum_K p(K) ln p(K) = -< ln p(K) >,
//
// which the orthonormal states leave to p(K) alone. It is the exact sum, with no
// error, where the model lists its states.
func entropy() core.Part {
	const name = "entropy"
	return core.Part{
		Manifest: manifest(name, "entropy -<ln p> in units of k_B", van),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			if err := needDensity(name, s); err != nil {
				return nil, err
			}
			return newEntropy(description{estimate: core.Estimate{Name: name, Long: "entropy", Units: "1", Extensive: true}, needs: core.EstimatorSpec{Source: core.OfModel, Wants: []core.Column{core.LogP}}}, s, 1), nil
		},
	}
}

// newEntropy estimates the entropy over a unit.
func newEntropy(d description, s core.Setting, unit float64) core.Estimator {
	if s.States != nil {
		return &entropyOfStates{description: d, states: s.States, unit: unit}
	}
	return &mean{
		description: d,
		form:        entropic(unit),
		of: func(dst []float64, b *core.Batch) {
			for i, l := range b.LogP {
				dst[i] = -l / unit
			}
		},
	}
}

// entropyOfStates is the sum over all states. Of the draws it wants only their
// number.
type entropyOfStates struct {
	description
	states core.StateLister
	unit   float64
	n      count
}

var _ core.Estimator = (*entropyOfStates)(nil)

// Add implements core.Estimator.
func (e *entropyOfStates) Add(b *core.Batch) error {
	if err := e.check(b); err != nil {
		return err
	}
	e.n += count(b.N)
	return nil
}

// Report implements core.Estimator.
func (e *entropyOfStates) Report() ([]core.Estimate, error) {
	logP, err := e.states.StateLogP()
	if err != nil {
		return nil, err
	}
	sum := 0.0
	for _, l := range logP {
		if p := math.Exp(l); p != 0 { // p ln p -> 0, also where ln p is -Inf
			sum -= p * l
		}
	}
	return e.report(sum/e.unit, 0, int64(e.n))
}

func (e *entropyOfStates) gathered() gathered { return gathered{"n": &e.n} }

// State implements core.Estimator.
func (e *entropyOfStates) State() core.EstimatorState { return e.gathered().state() }

// Restore implements core.Estimator.
func (e *entropyOfStates) Restore(state core.EstimatorState) error {
	return e.gathered().restore(state)
}

// Merge implements core.Estimator.
func (e *entropyOfStates) Merge(state core.EstimatorState) error { return e.gathered().merge(state) }
