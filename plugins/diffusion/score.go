package diffusion

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
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
type model struct {
	density
	flow, net *flow.Model
	path      *flow.Continuous
	angle
	spec core.ModelSpec
	d    int

	at  core.Batch // y = x/c, and the times
	bar []float64  // of F
}

var (
	_ core.Model      = (*model)(nil)
	_ core.ScoreField = (*model)(nil)
)

// Spec implements core.Model.
func (m *model) Spec() core.ModelSpec { return m.spec }

// Load implements core.Model.
func (m *model) Load(theta []float64) error {
	if err := m.flow.Load(theta); err != nil {
		return err
	}
	return m.net.Load(theta)
}

// Score implements core.ScoreField: with F at y = x/c,
//
//	s = -x/c^2 + cos theta/sigma F.
func (m *model) Score(s, x, t []float64) error {
	m.place(x, t)
	if err := m.net.Velocity(s, m.at.X, t); err != nil {
		return err
	}
	for i, at := range t {
		c, sin, cos := m.angle.at(at)
		for k := i * m.d; k < (i+1)*m.d; k++ {
			s[k] = (cos/sin*s[k] - m.at.X[k]) / c
		}
	}
	return nil
}

// ScorePull implements core.ScoreField.
func (m *model) ScorePull(grad []float64, b *core.Batch, sbar []float64) error {
	t := core.Time.Of(b)
	m.place(b.X, t)
	m.at.N, m.at.From, m.at.Total, m.at.Shares = b.N, b.From, b.Total, b.Shares
	core.Time.Put(&m.at, t)
	m.bar = core.Resize(m.bar, len(sbar))
	for i, at := range t {
		c, sin, cos := m.angle.at(at)
		for k := i * m.d; k < (i+1)*m.d; k++ {
			m.bar[k] = cos / (sin * c) * sbar[k]
		}
	}
	return m.net.VelocityPull(grad, &m.at, m.bar)
}

// place writes y.
func (m *model) place(x, t []float64) {
	m.at.X = core.Resize(m.at.X, len(x))
	for i, at := range t {
		c, _, _ := m.angle.at(at)
		for k := i * m.d; k < (i+1)*m.d; k++ {
			m.at.X[k] = x[k] / c
		}
	}
}

// Noising implements core.ScoreField.
func (m *model) Noising(signal, noise, t []float64) error {
	noising.Fill(signal, noise, t, m.At)
	return nil
}

// Diffusion implements core.ScoreField.
func (m *model) Diffusion(drift, diffusion, t []float64) error {
	noising.Fill(drift, diffusion, t, m.Rates)
	return nil
}
