package flow

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// The map of q, without its images. What is not finite is passed on: a Markov
// chain rejects it.

// Map implements core.Mapper.
func (m *Model) Map(x, lnDet, z []float64) error {
	m.mustMap(lnDet, x, z)
	m.call = call{x: x, lnDet: lnDet, z: z}
	return m.runMap("map", len(lnDet), storeX)
}

// Inverse implements core.Mapper.
func (m *Model) Inverse(z, lnDet, x []float64) error {
	m.mustMap(lnDet, x, z)
	m.call = call{x: x, lnDet: lnDet, z: z}
	return m.run(&m.passing, "invert", par.All(len(lnDet)), mapInverse)
}

// MapPull implements core.Mapper.
func (m *Model) MapPull(zbar, z, xbar, lbar []float64) error {
	m.mustMap(lbar, xbar, z)
	mustLen("zbar", len(zbar), len(z))
	m.call = call{z: z, xbar: xbar, lbar: lbar, zbar: zbar}
	return m.runMap("differentiate the map", len(lbar), mapPull)
}

// runMap maps z, unless the call before has done so: Hamiltonian dynamics in z
// asks for Map and then MapPull at the same z.
func (m *Model) runMap(op string, n int, then phase) error {
	m.call.held = m.mapped == n
	err := m.run(&m.passing, op, par.All(n), mapForward, then)
	if err == nil && m.passing.Slabs() <= 1 {
		m.mapped = n
	}
	return err
}

var (
	mapForward = phase{firstView, func(m *Model, c *chunk, k, at int) error {
		v := c.views[0]
		tensor.Transpose(v.zbar, c.n, m.call.z[at*c.d:], c.n, c.d, c.d)
		if m.call.held && sameBits(v.zbar, v.z) {
			return nil
		}
		v.z, v.zbar = v.zbar, v.z
		return v.density(v.work.Forward(v.x, v.l, v.z), at)
	}}
	storeX = phase{firstView, func(m *Model, c *chunk, k, at int) error {
		v := c.views[0]
		tensor.Transpose(m.call.x[at*c.d:], c.d, v.x, c.d, c.n, c.n)
		copy(m.call.lnDet[at:], v.l)
		return nil
	}}
	mapInverse = phase{firstView, func(m *Model, c *chunk, k, at int) error {
		v := c.views[0]
		tensor.Transpose(v.x, c.n, m.call.x[at*c.d:], c.n, c.d, c.d)
		if err := v.density(v.work.Inverse(v.z, v.l, v.x), at); err != nil {
			return err
		}
		tensor.Transpose(m.call.z[at*c.d:], c.d, v.z, c.d, c.n, c.n)
		copy(m.call.lnDet[at:], v.l)
		return nil
	}}
	mapPull = phase{firstView, func(m *Model, c *chunk, k, at int) error {
		v := c.views[0]
		tensor.Transpose(v.xbar, c.n, m.call.xbar[at*c.d:], c.n, c.d, c.d)
		v.work.PullForward(v.zbar, v.xbar, m.call.lbar[at:at+c.n], false)
		tensor.Transpose(m.call.zbar[at*c.d:], c.d, v.zbar, c.d, c.n, c.n)
		return nil
	}}
)

func sameBits(a, b []float64) bool {
	for i, v := range a {
		if math.Float64bits(v) != math.Float64bits(b[i]) {
			return false
		}
	}
	return true
}

func (m *Model) mustMap(lnDet, x, z []float64) {
	mustLen("x", len(x), len(lnDet)*m.size())
	mustLen("z", len(z), len(x))
}
