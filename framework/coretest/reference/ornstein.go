package reference

import (
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Ornstein is independent normal variables of mean m and width s whose way to noise is the
// process of Ornstein and Uhlenbeck (1930, Phys. Rev. 36, 823) for a time T,
//
//	dx = -x du + sqrt 2 dW,   u = T (1 - t),   a = exp(-u),   sigma^2 = 1 - exp(-2u),
//	s(x, t) = -(x - a m)/v,   v = a^2 s^2 + sigma^2,
//
// which is the slope of ln p at t = 1. theta is m and ln s.
func Ornstein(duration float64) core.Part {
	return model("ornstein", "normal variables under the noise of Ornstein and Uhlenbeck", func(space core.Space) core.Model {
		return &ornstein{normalsOn(space), duration}
	})
}

type ornstein struct {
	normals
	duration float64
}

var (
	_ core.Model       = (*ornstein)(nil)
	_ core.ScoreField  = (*ornstein)(nil)
	_ core.ScoreSloper = (*ornstein)(nil)
)

// Spec implements core.Model.
func (m *ornstein) Spec() core.ModelSpec {
	return core.ModelSpec{Space: m.space, Parameters: 2, Powers: []core.Power{core.PowerSlope, core.PowerScore, core.PowerScoreSlope}}
}

// Slope implements core.ModelSloper.
func (m *ornstein) Slope(slope, logP, x []float64) error {
	for k, v := range x {
		slope[k] = -(v - m.m) / (m.s * m.s)
	}
	return m.LogProb(logP, x)
}

// moments are a and v at a time.
func (m *ornstein) moments(t float64) (a, v float64) {
	a = math.Exp(-m.duration * (1 - t))
	return a, 1 + a*a*(m.s*m.s-1)
}

// Score implements core.ScoreField.
func (m *ornstein) Score(s, x, t []float64) error {
	for i, at := range t {
		a, v := m.moments(at)
		for k := i * m.d; k < (i+1)*m.d; k++ {
			s[k] = -(x[k] - a*m.m) / v
		}
	}
	return nil
}

// ScorePull implements core.ScoreField.
func (m *ornstein) ScorePull(grad []float64, b *core.Batch, sbar []float64) error {
	t := core.Time.Of(b)
	b.Sum(grad, func(sum []float64, from, to int) { m.scorePull(sum, b.X, t, sbar, from, to) })
	return nil
}

// scorePull adds the derivatives in m and, with dv/d ln s = 2 a^2 s^2, in ln s.
func (m *ornstein) scorePull(sum, x, t, sbar []float64, from, to int) {
	for k := from * m.d; k < to*m.d; k++ {
		a, v := m.moments(t[k/m.d])
		sum[0] += sbar[k] * a / v
		sum[1] += sbar[k] * (x[k] - a*m.m) * 2 * a * a * m.s * m.s / (v * v)
	}
}

// ScoreDivergence implements core.ScoreSloper: div s = -d/v.
func (m *ornstein) ScoreDivergence(s, div, x, t []float64) error {
	return m.slopes(s, div, x, t, slices.Repeat([]float64{1}, len(x)))
}

// ScoreAlong implements core.ScoreSloper: e . (ds/dx) e = -|e|^2/v.
func (m *ornstein) ScoreAlong(s, along, x, t, e []float64) error { return m.slopes(s, along, x, t, e) }

func (m *ornstein) slopes(s, slope, x, t, e []float64) error {
	for i, at := range t {
		_, v := m.moments(at)
		slope[i] = -square(e[i*m.d:(i+1)*m.d]) / v
	}
	return m.Score(s, x, t)
}

func square(e []float64) (sum float64) {
	for _, v := range e {
		sum += v * v
	}
	return sum
}

// ScoreDivergencePull implements core.ScoreSloper.
func (m *ornstein) ScoreDivergencePull(grad []float64, b *core.Batch, sbar, divbar []float64) error {
	return m.slopesPull(grad, b, slices.Repeat([]float64{1}, len(b.X)), sbar, divbar)
}

// ScoreAlongPull implements core.ScoreSloper.
func (m *ornstein) ScoreAlongPull(grad []float64, b *core.Batch, sbar, alongbar []float64) error {
	return m.slopesPull(grad, b, core.Along.Of(b), sbar, alongbar)
}

func (m *ornstein) slopesPull(grad []float64, b *core.Batch, e, sbar, bar []float64) error {
	t := core.Time.Of(b)
	b.Sum(grad, func(sum []float64, from, to int) {
		m.scorePull(sum, b.X, t, sbar, from, to)
		for i := from; i < to; i++ {
			a, v := m.moments(t[i])
			sum[1] += bar[i] * square(e[i*m.d:(i+1)*m.d]) * 2 * a * a * m.s * m.s / (v * v)
		}
	})
	return nil
}

// Noising implements core.ScoreField.
func (m *ornstein) Noising(signal, noise, t []float64) error {
	for i, at := range t {
		signal[i] = math.Exp(-m.duration * (1 - at))
		noise[i] = math.Sqrt(-math.Expm1(-2 * m.duration * (1 - at)))
	}
	return nil
}

// Diffusion implements core.ScoreField.
func (m *ornstein) Diffusion(drift, diffusion, _ []float64) error {
	for i := range drift {
		drift[i], diffusion[i] = -m.duration, 2*m.duration
	}
	return nil
}
