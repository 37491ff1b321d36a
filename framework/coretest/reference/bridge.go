package reference

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Bridge is the velocity that carries independent standard normal variables to those
// of mean m and width s along the mean of straight paths between independent points,
//
//	v(x, t) = <x_1 - x_0 | (1 - t) x_0 + t x_1 = x> = m + c (x - t m),
//	c = (t s^2 - (1 - t)) / v_t,   v_t = (1 - t)^2 + t^2 s^2,
//
// for every component alike. theta is m and ln s. Its draws are those of N(m, s^2).
func Bridge() core.Part {
	return model("bridge", "velocity between two normal densities", func(space core.Space) core.Model { return &bridge{normalsOn(space)} })
}

type bridge struct{ normals }

var (
	_ core.Model         = (*bridge)(nil)
	_ core.VelocityField = (*bridge)(nil)
)

// Spec implements core.Model.
func (m *bridge) Spec() core.ModelSpec {
	return core.ModelSpec{Space: m.space, Parameters: 2, Powers: []core.Power{core.PowerVelocity}}
}

// Velocity implements core.VelocityField.
func (m *bridge) Velocity(v, x, t []float64) error {
	for k := range v {
		c, _ := m.slope(t[k/m.d])
		v[k] = m.m + c*(x[k]-t[k/m.d]*m.m)
	}
	return nil
}

// slope is c, and its derivative in ln s: dc/d(s^2) = t (1 - t) / v_t^2.
func (m *bridge) slope(t float64) (c, dc float64) {
	s2 := m.s * m.s
	variance := (1-t)*(1-t) + t*t*s2
	return (t*s2 - (1 - t)) / variance, 2 * s2 * t * (1 - t) / (variance * variance)
}

// VelocityPull implements core.VelocityField.
func (m *bridge) VelocityPull(grad []float64, b *core.Batch, vbar []float64) error {
	t := core.Time.Of(b)
	b.Sum(grad, func(sum []float64, from, to int) {
		for k := from * m.d; k < to*m.d; k++ {
			at := t[k/m.d]
			c, dc := m.slope(at)
			sum[0] += vbar[k] * (1 - c*at)
			sum[1] += vbar[k] * dc * (b.X[k] - at*m.m)
		}
	})
	return nil
}
