package flow_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/ode"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
	"github.com/helmholtz-physics/helmholtz/framework/flow/flowtest"
)

// swirl is the field v_i = a_i sin(x_i) + b_i x_i+1 (1 + t), indices modulo d.
type swirl struct{ a, b *grad.Param[float64] }

func newSwirl(d int) swirl {
	f := swirl{grad.NewParam[float64]("a", d), grad.NewParam[float64]("b", d)}
	for _, p := range f.Params() {
		p.Start = func(v []float64, r *rand.Rand) {
			for i := range v {
				v[i] = 0.5 * r.NormFloat64()
			}
		}
	}
	return f
}

func (f swirl) Params() []*grad.Param[float64] { return []*grad.Param[float64]{f.a, f.b} }

func (f swirl) Chunk() int { return 4 }

func (f swirl) On(n, slots int) flow.FieldOn[float64] {
	on := &swirlOn{swirl: swirl{f.a.Share(), f.b.Share()}, d: f.a.Size(), n: n, spare: make([]float64, f.a.Size()*n), zeros: make([]float64, n)}
	for range slots {
		on.x, on.t = append(on.x, make([]float64, on.d*n)), append(on.t, make([]float64, n))
	}
	return on
}

type swirlOn struct {
	swirl
	d, n         int
	x, t         [][]float64
	spare, zeros []float64
}

func (w *swirlOn) Grads() []*grad.Param[float64] { return []*grad.Param[float64]{w.a, w.b} }

func (w *swirlOn) Begin()              {}
func (w *swirlOn) End()                {}
func (w *swirlOn) PullParams(int, int) {}

func (w *swirlOn) Eval(slot int, v, div, t, x []float64) {
	copy(w.x[slot], x)
	copy(w.t[slot], t)
	if v == nil {
		return
	}
	clear(div)
	for at, y := range x {
		i, j := at/w.n, at%w.n
		v[at] = w.a.Val[i]*math.Sin(y) + w.b.Val[i]*x[(at+w.n)%len(x)]*(1+t[j])
		if div != nil {
			div[j] += w.a.Val[i] * math.Cos(y)
		}
	}
}

func (w *swirlOn) Pull(slot int, xbar, vbar, divbar []float64, theta bool) {
	if xbar == nil {
		xbar, divbar = w.spare, w.zeros
	}
	clear(xbar)
	x, t := w.x[slot], w.t[slot]
	for at, y := range x {
		i, j, next := at/w.n, at%w.n, (at+w.n)%len(x)
		xbar[at] += w.a.Val[i] * (vbar[at]*math.Cos(y) - divbar[j]*math.Sin(y))
		xbar[next] += vbar[at] * w.b.Val[i] * (1 + t[j])
		if !theta {
			continue
		}
		w.a.Grad[i] += vbar[at]*math.Sin(y) + divbar[j]*math.Cos(y)
		w.b.Grad[i] += vbar[at] * x[next] * (1 + t[j])
	}
}

// 50 steps of 1/50: the errors of fourth order, here 1e-10, are what l misses of
// the determinant of the steps made, and what Inverse misses of z.
func TestContinuous(t *testing.T) {
	const dim = 3
	for name, o := range map[string]ode.Options{
		"rk4": {Method: ode.RK4, Steps: 50, Keep: 7}, "dopri5": {Method: ode.DormandPrince, Tolerance: 1e-11},
	} {
		t.Run(name, func(t *testing.T) {
			c := &flow.Continuous[float64]{Field: newSwirl(dim), Dim: dim, Time: 1, Scale: 0.7, Options: o}
			flowtest.Battery(t, c, flowtest.Options{Dim: dim, Inverse: 1e-8, LogDet: 1e-8})
		})
	}
}
