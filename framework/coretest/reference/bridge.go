package reference

import (
	"math"
	"math/rand/v2"

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
	return model("bridge", "velocity between two normal densities", func(space core.Space) core.Model { return &bridge{space: space, d: space.Size()} })
}

type bridge struct {
	space core.Space
	d     int
	m, s  float64
	drawn uint64
}

var (
	_ core.Model         = (*bridge)(nil)
	_ core.VelocityField = (*bridge)(nil)
)

// Spec implements core.Model.
func (m *bridge) Spec() core.ModelSpec {
	return core.ModelSpec{Space: m.space, Parameters: 2, Powers: []core.Power{core.PowerVelocity}}
}

// Init implements core.Model: the identity.
func (m *bridge) Init(theta []float64, _ uint64) error {
	clear(theta)
	return nil
}

// Load implements core.Model.
func (m *bridge) Load(theta []float64) error {
	m.m, m.s = theta[0], math.Exp(theta[1])
	return nil
}

// Sample implements core.Density.
func (m *bridge) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, m.d)
	m.drawn++
	dst.ID = m.drawn
	var stream rand.PCG
	for i := range n {
		core.SeedStream(&stream, seed, uint64(dst.From+i))
		random := rand.New(&stream)
		for j := range m.d {
			dst.X[i*m.d+j] = m.m + m.s*random.NormFloat64()
		}
	}
	return m.LogProb(dst.LogP, dst.X)
}

// LogProb implements core.Density.
func (m *bridge) LogProb(dst, x []float64) error {
	for i := range dst {
		dst[i] = -float64(m.d) * (math.Log(2*math.Pi)/2 + math.Log(m.s))
		for _, v := range x[i*m.d : (i+1)*m.d] {
			z := (v - m.m) / m.s
			dst[i] -= z * z / 2
		}
	}
	return nil
}

// Pull implements core.Model.
func (m *bridge) Pull(grad []float64, b *core.Batch, w []float64) error {
	b.Sum(grad, func(sum []float64, from, to int) {
		for k := from * m.d; k < to*m.d; k++ {
			z := (b.X[k] - m.m) / m.s
			sum[0] += w[k/m.d] * z / m.s
			sum[1] += w[k/m.d] * (z*z - 1)
		}
	})
	return nil
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
