package flow

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// The map of q, without its images. What is not finite is passed on: a Markov
// chain rejects it.

// Map implements core.Mapper.
func (m *Model[T]) Map(x, lnDet, z []float64) error {
	m.mustMap(lnDet, x, z)
	m.call = call{x: x, lnDet: lnDet, z: z}
	return m.runMap("map", len(lnDet), m.do.storeX)
}

// Inverse implements core.Mapper.
func (m *Model[T]) Inverse(z, lnDet, x []float64) error {
	m.mustMap(lnDet, x, z)
	m.call = call{x: x, lnDet: lnDet, z: z}
	return m.run(&m.passing, "invert", par.All(len(lnDet)), m.do.mapInverse)
}

// MapPull implements core.Mapper.
func (m *Model[T]) MapPull(zbar, z, xbar, lbar []float64) error {
	m.mustMap(lbar, xbar, z)
	mustLen("zbar", len(zbar), len(z))
	m.call = call{z: z, xbar: xbar, lbar: lbar, zbar: zbar}
	return m.runMap("differentiate the map", len(lbar), m.do.mapPull)
}

// runMap maps z, unless the call before has done so: Hamiltonian dynamics in z
// asks for Map and then MapPull at the same z.
func (m *Model[T]) runMap(op string, n int, then phase[T]) error {
	m.call.held = m.mapped == n
	err := m.run(&m.passing, op, par.All(n), m.do.mapForward, then)
	if err == nil && m.passing.Slabs() <= 1 {
		m.mapped = n
	}
	return err
}

func (m *Model[T]) mapForward(c *chunk[T], _, at int) error {
	v := c.views[0]
	transpose(v.zbar, c.n, m.call.z[at*c.d:], c.n, c.d, c.d)
	if m.call.held && sameBits(v.zbar, v.z) {
		return nil
	}
	v.z, v.zbar = v.zbar, v.z
	return v.density(v.work.Forward(v.x, v.l, v.z), at)
}

func (m *Model[T]) storeX(c *chunk[T], _, at int) error {
	v := c.views[0]
	transpose(m.call.x[at*c.d:], c.d, v.x, c.d, c.n, c.n)
	copy(m.call.lnDet[at:], v.l)
	return nil
}

func (m *Model[T]) mapInverse(c *chunk[T], _, at int) error {
	v := c.views[0]
	transpose(v.x, c.n, m.call.x[at*c.d:], c.n, c.d, c.d)
	if err := v.density(v.work.Inverse(v.z, v.l, v.x), at); err != nil {
		return err
	}
	transpose(m.call.z[at*c.d:], c.d, v.z, c.d, c.n, c.n)
	copy(m.call.lnDet[at:], v.l)
	return nil
}

func (m *Model[T]) mapPull(c *chunk[T], _, at int) error {
	v := c.views[0]
	transpose(v.xbar, c.n, m.call.xbar[at*c.d:], c.n, c.d, c.d)
	v.work.PullForward(v.zbar, v.xbar, m.call.lbar[at:at+c.n], false)
	transpose(m.call.zbar[at*c.d:], c.d, v.zbar, c.d, c.n, c.n)
	return nil
}

func sameBits[T tensor.Real](a, b []T) bool {
	for i, v := range a {
		if math.Float64bits(float64(v)) != math.Float64bits(float64(b[i])) {
			return false
		}
	}
	return true
}

func (m *Model[T]) mustMap(lnDet, x, z []float64) {
	mustLen("x", len(x), len(lnDet)*m.size())
	mustLen("z", len(z), len(x))
}
