package estimators

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// mean estimates < o(x) >, with the standard error s/sqrt(n) of independent
// draws, s^2 = sum_i (o_i - mean)^2/(n-1).
type mean struct {
	// of writes o(x_i) for every configuration of the batch.
	of func(dst []float64, b *core.Batch)
	// estimate is the report without its numbers.
	estimate core.Estimate
	spaces   []core.SpaceKind

	values  []float64 // of the batch at hand
	moments stats.Moments
}

var _ core.Estimator = (*mean)(nil)

// Spec implements core.Estimator.
func (m *mean) Spec() core.EstimatorSpec {
	return core.EstimatorSpec{Observables: announce(m.estimate), Spaces: m.spaces}
}

// Add implements core.Estimator.
func (m *mean) Add(b *core.Batch) error {
	if err := check(m.estimate.Name, b); err != nil {
		return err
	}
	m.values = core.Resize(m.values, b.N)
	m.of(m.values, b)
	m.moments.Add(m.values)
	return nil
}

// Report implements core.Estimator.
func (m *mean) Report() ([]core.Estimate, error) {
	return report(m.estimate, m.moments.Mean(), m.moments.Stderr(), m.moments.N())
}

// announce lists the one observable of an estimator.
func announce(e core.Estimate) []core.Observable {
	return []core.Observable{{Name: e.Name, Extensive: e.Extensive}}
}

// report completes the description of a scalar with its numbers.
func report(e core.Estimate, value, stderr float64, n int64) ([]core.Estimate, error) {
	e.Value, e.Stderr, e.N, e.Tau = []float64{value}, []float64{stderr}, n, 1
	return []core.Estimate{e}, nil
}
