package diffusion

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
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
type field struct {
	net *perceptron.Field
	angle
}

// Params implements flow.Field.
func (f *field) Params() []*grad.Param[float64] { return f.net.Params() }

// Chunk implements flow.Field.
func (f *field) Chunk() int { return f.net.Chunk() }

// On implements flow.Field.
func (f *field) On(n, slots int) flow.FieldOn {
	on := &fieldOn{FieldOn: f.net.On(n, slots), angle: f.angle, n: n}
	for range slots {
		on.speeds = append(on.speeds, make([]float64, n))
	}
	return on
}

type fieldOn struct {
	flow.FieldOn
	angle
	n            int
	speeds       [][]float64 // of each slot
	vbar, divbar []float64
}

// Eval implements ode.Field.
func (on *fieldOn) Eval(slot int, v, div, t, x []float64) {
	speed := on.speeds[slot]
	for j, at := range t {
		speed[j] = on.speed(at)
	}
	on.FieldOn.Eval(slot, v, div, t, x)
	on.scale(v, v, speed)
	on.scale(div, div, speed)
}

// Pull implements ode.Field.
func (on *fieldOn) Pull(slot int, xbar, vbar, divbar []float64, theta bool) {
	if vbar != nil {
		on.vbar = on.scale(room(on.vbar, len(vbar)), vbar, on.speeds[slot])
		vbar = on.vbar
	}
	if divbar != nil {
		on.divbar = on.scale(room(on.divbar, len(divbar)), divbar, on.speeds[slot])
		divbar = on.divbar
	}
	on.FieldOn.Pull(slot, xbar, vbar, divbar, theta)
}

// scale multiplies rows of a number for each configuration.
func (on *fieldOn) scale(dst, v, by []float64) []float64 {
	for from := 0; from < len(v); from += on.n {
		for j, b := range by {
			dst[from+j] = v[from+j] * b
		}
	}
	return dst
}

func room(v []float64, n int) []float64 {
	if len(v) < n {
		return make([]float64, n)
	}
	return v[:n]
}
