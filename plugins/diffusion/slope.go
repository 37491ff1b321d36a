package diffusion

import "github.com/helmholtz-physics/helmholtz/framework/core"

// The score s = -x/c^2 + k F(x/c, t), k = cos theta/sigma, has the slope
//
//	ds/dx = -1/c^2 + k/c dF/dy.

// factors are c and k at a time.
func (m *model[T]) factors(t float64) (c, k float64) {
	c, sin, cos := m.angle.at(t)
	return c, cos / (sin * c)
}

// ScoreDivergence implements core.ScoreSloper.
func (m *model[T]) ScoreDivergence(s, div, x, t []float64) error {
	m.place(x, t)
	if err := m.net.VelocityDivergence(s, div, m.at.X, t); err != nil {
		return err
	}
	m.finish(s, x, t)
	for i, at := range t {
		c, k := m.factors(at)
		div[i] = k/c*div[i] - float64(m.d)/(c*c)
	}
	return nil
}

// ScoreAlong implements core.ScoreSloper.
func (m *model[T]) ScoreAlong(s, along, x, t, e []float64) error {
	m.place(x, t)
	if err := m.net.VelocityAlong(s, along, m.at.X, t, e); err != nil {
		return err
	}
	m.finish(s, x, t)
	for i, at := range t {
		c, k := m.factors(at)
		along[i] *= k / c
		for _, v := range e[i*m.d : (i+1)*m.d] {
			along[i] -= v * v / (c * c)
		}
	}
	return nil
}

// ScoreDivergencePull implements core.ScoreSloper.
func (m *model[T]) ScoreDivergencePull(grad []float64, b *core.Batch, sbar, divbar []float64) error {
	m.cotangents(b, sbar, divbar)
	return m.net.VelocityDivergencePull(grad, &m.at, m.bar, m.slopeBar)
}

// ScoreAlongPull implements core.ScoreSloper.
func (m *model[T]) ScoreAlongPull(grad []float64, b *core.Batch, sbar, alongbar []float64) error {
	m.cotangents(b, sbar, alongbar)
	return m.net.VelocityAlongPull(grad, &m.at, core.Along.Of(b), m.bar, m.slopeBar)
}

// cotangents makes those of F and of its slope, at y.
func (m *model[T]) cotangents(b *core.Batch, sbar, slopeBar []float64) {
	m.atRows(b)
	m.bar = core.Resize(m.bar, len(sbar))
	m.slopeBar = core.Resize(m.slopeBar, len(slopeBar))
	for i, at := range core.Time.Of(b) {
		c, k := m.factors(at)
		for j := i * m.d; j < (i+1)*m.d; j++ {
			m.bar[j] = k * sbar[j]
		}
		if slopeBar != nil {
			m.slopeBar[i] = k / c * slopeBar[i]
		}
	}
}
