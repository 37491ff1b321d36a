package diffusion

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
	"github.com/helmholtz-physics/helmholtz/framework/flow/noising"
)

// density is what a flow does as it stands.
type density interface {
	core.Density
	core.PathPuller
	core.ModelSloper
	core.Mapper
	core.VelocityField
	Init(theta []float64, seed uint64) error
	Pull(grad []float64, b *core.Batch, w []float64) error
}

// model is a score with the density of its probability flow. Both are flows over the same
// parameters: the velocity of net is F, the perceptron as a function of batches.
type model[T tensor.Real] struct {
	density
	flow, net *flow.Model[T]
	path      *flow.Continuous[T]
	angle
	spec core.ModelSpec
	d    int

	at            core.Batch // y = x/c, and the times
	bar, slopeBar []float64  // of F, and of its divergence or its slope
}

var (
	_ core.Model       = (*model[float64])(nil)
	_ core.ScoreField  = (*model[float64])(nil)
	_ core.ScoreSloper = (*model[float64])(nil)
)

// Spec implements core.Model.
func (m *model[T]) Spec() core.ModelSpec { return m.spec }

// Load implements core.Model.
func (m *model[T]) Load(theta []float64) error {
	if err := m.flow.Load(theta); err != nil {
		return err
	}
	return m.net.Load(theta)
}

// Score implements core.ScoreField.
func (m *model[T]) Score(s, x, t []float64) error {
	m.place(x, t)
	if err := m.net.Velocity(s, m.at.X, t); err != nil {
		return err
	}
	m.finish(s, x, t)
	return nil
}

// finish makes scores of F.
func (m *model[T]) finish(s, x, t []float64) {
	for i, at := range t {
		c, k := m.factors(at)
		for j := i * m.d; j < (i+1)*m.d; j++ {
			s[j] = k*s[j] - x[j]/(c*c)
		}
	}
}

// ScorePull implements core.ScoreField.
func (m *model[T]) ScorePull(grad []float64, b *core.Batch, sbar []float64) error {
	m.cotangents(b, sbar, nil)
	return m.net.VelocityPull(grad, &m.at, m.bar)
}

// place writes y.
func (m *model[T]) place(x, t []float64) {
	m.at.X = core.Resize(m.at.X, len(x))
	for i, at := range t {
		c, _ := m.factors(at)
		for j := i * m.d; j < (i+1)*m.d; j++ {
			m.at.X[j] = x[j] / c
		}
	}
}

// atRows makes a batch of y, of the same rows.
func (m *model[T]) atRows(b *core.Batch) {
	t := core.Time.Of(b)
	m.place(b.X, t)
	m.at.N, m.at.From, m.at.Total, m.at.Shares = b.N, b.From, b.Total, b.Shares
	core.Time.Put(&m.at, t)
}

// Noising implements core.ScoreField.
func (m *model[T]) Noising(signal, noise, t []float64) error {
	noising.Fill(signal, noise, t, m.At)
	return nil
}

// Diffusion implements core.ScoreField.
func (m *model[T]) Diffusion(drift, diffusion, t []float64) error {
	noising.Fill(drift, diffusion, t, m.Rates)
	return nil
}
