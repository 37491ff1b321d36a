package coretest

import (
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// at makes a call about given configurations at given times, by the table.
func (s *subject) at(t *testing.T, r *core.Row, x, times []float64, arguments func(c *core.Call)) {
	t.Helper()
	c := &core.Call{In: &core.Batch{N: len(times), X: x}, Bar: &core.Batch{N: len(times)}, Out: &core.Batch{N: len(times)}}
	core.Time.Put(c.In, times)
	arguments(c)
	if err := core.InstanceOf(s.Model).Call(r, c); err != nil {
		t.Fatal(err)
	}
}

func (s *subject) velocity(t *testing.T, x, times []float64) []float64 {
	t.Helper()
	v := nans(len(x))
	s.at(t, core.RowVelocity, x, times, func(c *core.Call) { core.Velocity.Put(c.Out, v) })
	return v
}

// instants are n times, with both ends.
func instants(n int) []float64 {
	t := make([]float64, n)
	for i := range t {
		t[i] = float64(i) / float64(n-1)
	}
	return t
}

// modelVelocity tests that a velocity is one of its configuration and time alone.
func modelVelocity(t *testing.T, s *subject) {
	s.need(t, core.PowerVelocity)
	n := s.o.Large
	x, at := configurations(s.space, s.o.Draw, 71, n), instants(n)
	myX, myT := slices.Clone(x), slices.Clone(at)
	v := s.velocity(t, myX, myT)
	same(t, "x after Velocity", myX, x)
	same(t, "t after Velocity", myT, at)
	i := n / 3
	near(t, "velocity alone and in a batch", s.velocity(t, x[i*s.d:(i+1)*s.d], at[i:i+1]), v[i*s.d:(i+1)*s.d], s.o.Tolerance)
	s.velocity(t, nil, nil)
}

// modelVelocityPull compares VelocityPull with central differences of
// sum_i vbar_i . v(x_i, t_i).
func modelVelocityPull(t *testing.T, s *subject) {
	s.need(t, core.PowerVelocity)
	const n = 12
	x, at, vbar := configurations(s.space, s.o.Draw, 72, n), instants(n), weights(n*s.d, 72)
	myVbar, grad := slices.Clone(vbar), nans(len(s.theta))
	s.at(t, core.RowVelocityPull, x, at, func(c *core.Call) {
		core.Velocity.Put(c.Bar, myVbar)
		core.Gradient.Put(c.Out, grad)
	})
	same(t, "vbar after VelocityPull", myVbar, vbar)
	s.differences().check(t, "VelocityPull", 1, grad, func(direction []float64, step float64) []float64 {
		s.load(t, moved(s.theta, direction, step))
		return []float64{dot(vbar, s.velocity(t, x, at))}
	})
}

// modelVelocityMap follows the velocity from z, by the Runge-Kutta method of fourth
// order, to where the map says that it leads.
func modelVelocityMap(t *testing.T, s *subject) {
	s.need(t, core.PowerVelocity)
	s.need(t, core.PowerMap)
	const n, steps = 20, 200
	z := weights(n*s.d, 73)
	want, _ := s.mapped(t, z)
	x, now := slices.Clone(z), make([]float64, n)
	field := func(time float64, from, along []float64, by float64) []float64 {
		for i := range now {
			now[i] = time
		}
		if along != nil {
			from = slices.Clone(from)
			for j, v := range along {
				from[j] += by * v
			}
		}
		return s.velocity(t, from, now)
	}
	const h = 1.0 / steps
	for k := range steps {
		begin := float64(k) * h
		k1 := field(begin, x, nil, 0)
		k2 := field(begin+h/2, x, k1, h/2)
		k3 := field(begin+h/2, x, k2, h/2)
		k4 := field(begin+h, x, k3, h)
		for j := range x {
			x[j] += h / 6 * (k1[j] + 2*k2[j] + 2*k3[j] + k4[j])
		}
	}
	near(t, "where the velocity leads", x, want, s.o.Inverse)
}
