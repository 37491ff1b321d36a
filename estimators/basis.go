package estimators

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// atEdge is the probability of the states at the edge of a density matrix's
// basis above which all that is estimated from it carries a caution. States
// beyond the edge would have weights as large as that; a part of 0.001 changes
// the entropy of some electrons by a percent, as -p ln p is steep at 0.
const atEdge = 1e-3

// watchingBasis is a part whose estimators also count the states at the edge of
// the model's basis.
func watchingBasis(part core.Part) core.Part {
	open := part.NewEstimator
	part.NewEstimator = func(settings core.Settings, s core.Setting) (core.Estimator, error) {
		e, err := open(settings, s)
		if err != nil || part.Name == "acceptance" {
			return e, err
		}
		return watching(part.Name, e, s)
	}
	return part
}

// watching is an estimator that also counts those states. At zero temperature a
// truncated basis leaves a bound that is less tight, and nothing is counted.
func watching(name string, e core.Estimator, s core.Setting) (core.Estimator, error) {
	basis := s.Model.Basis
	if basis == nil || !isQuantum(s) || math.IsInf(s.Beta, 1) {
		return e, nil
	}
	if len(basis.Quanta) != len(s.Model.Orbitals) {
		return nil, core.Errorf(core.Mismatch, "open estimator", name, "the model has %d orbitals and a basis of %d", len(s.Model.Orbitals), len(basis.Quanta))
	}
	return &edge{of: e, basis: basis, particles: s.Energy.Space.Count()}, nil
}

// edge is an estimator that doubts its values where the basis is too small.
type edge struct {
	of        core.Estimator
	basis     *core.Basis
	particles int
	n, beyond count // states, and those at the edge
}

var _ core.Estimator = (*edge)(nil)

// Spec implements core.Estimator.
func (e *edge) Spec() core.EstimatorSpec { return e.of.Spec() }

// Add implements core.Estimator.
func (e *edge) Add(b *core.Batch) error {
	if len(b.K) > 0 {
		e.n += count(b.N)
	}
	for k := b.K; len(k) > 0; k = k[e.particles:] {
		quanta := 0
		for _, orbital := range k[:e.particles] {
			quanta += e.basis.Quanta[orbital]
		}
		if quanta >= e.basis.Edge {
			e.beyond++
		}
	}
	return e.of.Add(b)
}

// Report implements core.Estimator.
func (e *edge) Report() ([]core.Estimate, error) {
	r, err := e.of.Report()
	if weight := float64(e.beyond) / float64(e.n); weight > atEdge {
		for i := range r {
			r[i].Warn(core.CautionSmallBasis, "states at the edge of the basis have %.2g of the weight (more than %g), so that what lies beyond is missing: raise model.%s", weight, atEdge, e.basis.Key)
		}
	}
	return r, err
}

// gathered are the counts; the sums of the estimator itself stand beside them.
func (e *edge) gathered() gathered { return gathered{"basis.n": &e.n, "basis.edge": &e.beyond} }

// State implements core.Estimator.
func (e *edge) State() core.EstimatorState {
	state := e.of.State()
	for name, sums := range e.gathered().state() {
		state[name] = sums
	}
	return state
}

// Restore implements core.Estimator.
func (e *edge) Restore(state core.EstimatorState) error {
	own, inner := e.split(state)
	if err := e.gathered().restore(own); err != nil {
		return fmt.Errorf("basis: %w", err)
	}
	return e.of.Restore(inner)
}

// Merge implements core.Estimator.
func (e *edge) Merge(state core.EstimatorState) error {
	own, inner := e.split(state)
	if err := e.gathered().merge(own); err != nil {
		return fmt.Errorf("basis: %w", err)
	}
	return e.of.Merge(inner)
}

// split parts a state in that of the counts and that of the estimator.
func (e *edge) split(state core.EstimatorState) (own, inner core.EstimatorState) {
	own, inner = core.EstimatorState{}, core.EstimatorState{}
	for name, sums := range state {
		if _, mine := e.gathered()[name]; mine {
			own[name] = sums
		} else {
			inner[name] = sums
		}
	}
	return own, inner
}
