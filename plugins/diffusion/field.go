package diffusion

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
	"github.com/helmholtz-physics/helmholtz/framework/flow/noising"
	"github.com/helmholtz-physics/helmholtz/framework/flow/perceptron"
)

// angle is the noise in units of the data, whose standard deviation is width:
//
//	c^2 = a^2 width^2 + sigma^2,   sin theta = sigma/c,   cos theta = a width/c.
//
// c is the standard deviation of x_t.
type angle struct {
	noising.Schedule
	width float64
}

// at is c, sin theta and cos theta.
func (g angle) at(t float64) (c, sin, cos float64) {
	a, sigma := g.At(t)
	c = math.Hypot(a*g.width, sigma)
	return c, sigma / c, a * g.width / c
}

// speed is -d theta/dt: with ln tan theta = ln(sigma/a) + constant and
// d ln(sigma/a)/dt = -g^2/(2 sigma^2), it is sin theta cos theta g^2/(2 sigma^2).
func (g angle) speed(t float64) float64 {
	c, sin, cos := g.at(t)
	_, g2 := g.Rates(t)
	return cos / sin * g2 / (2 * c * c)
}

// field is the velocity of the probability flow of y = x/c. With s by the perceptron F,
//
//	sigma s = -sin theta y + cos theta F(y, t),
//
// the equation dx/dt = -f x + g^2 s/2 is, whatever the schedule is, dy/dtheta = -F: its
// part in x is that of c, for d ln c/dt = -f - g^2/(2 c^2), and what remains is
//
//	dy/dt = g^2 cos theta/(2 sigma c) F = -dtheta/dt F(y, t).
//
// F = 0 leaves y alone: x is normal at all times, of the standard deviation c.
type field[T tensor.Real] struct {
	net *perceptron.Field[T]
	angle
}

// Params implements flow.Field.
func (f *field[T]) Params() []*grad.Param[T] { return f.net.Params() }

// Chunk implements flow.Field.
func (f *field[T]) Chunk() int { return f.net.Chunk() }

// On implements flow.Field.
func (f *field[T]) On(n, slots int) flow.FieldOn[T] {
	on := &fieldOn[T]{FieldOn: f.net.On(n, slots), angle: f.angle, n: n}
	for range slots {
		on.speeds = append(on.speeds, make([]float64, n))
	}
	return on
}

type fieldOn[T tensor.Real] struct {
	flow.FieldOn[T]
	angle
	n      int
	speeds [][]float64 // of each slot
	vbar   []T
	divbar []float64
}

// Eval implements ode.Field.
func (on *fieldOn[T]) Eval(slot int, v []T, div, t []float64, x []T) {
	speed := on.speeds[slot]
	for j, at := range t {
		speed[j] = on.speed(at)
	}
	on.FieldOn.Eval(slot, v, div, t, x)
	scale(v, v, speed)
	scale(div, div, speed)
}

// Pull implements ode.Field.
func (on *fieldOn[T]) Pull(slot int, xbar, vbar []T, divbar []float64, theta bool) {
	if vbar != nil {
		on.vbar = scale(room(on.vbar, len(vbar)), vbar, on.speeds[slot])
		vbar = on.vbar
	}
	if divbar != nil {
		on.divbar = scale(room(on.divbar, len(divbar)), divbar, on.speeds[slot])
		divbar = on.divbar
	}
	on.FieldOn.Pull(slot, xbar, vbar, divbar, theta)
}

// scale multiplies rows of a number for each configuration.
func scale[T tensor.Real](dst, v []T, by []float64) []T {
	for from := 0; from < len(v); from += len(by) {
		for j, b := range by {
			dst[from+j] = v[from+j] * T(b)
		}
	}
	return dst
}

func room[T tensor.Real](v []T, n int) []T {
	if len(v) < n {
		return make([]T, n)
	}
	return v[:n]
}
