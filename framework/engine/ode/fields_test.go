package ode

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// logistic is v = x (1 - x) for every component, with the solution
//
//	x(t) = 1 / (1 + (1/x0 - 1) exp(-t)),   l = sum ln[exp(-t) (x(t)/x0)^2].
type logistic[T tensor.Real] struct {
	d, n  int
	slots [][]T
}

func (f *logistic[T]) Eval(slot int, v []T, div, t []float64, x []T) {
	for len(f.slots) <= slot {
		f.slots = append(f.slots, make([]T, f.d*f.n))
	}
	copy(f.slots[slot], x)
	if v == nil {
		return
	}
	clear(div)
	for i, y := range x {
		v[i] = y * (1 - y)
		div[i%f.n] += float64(1 - 2*y)
	}
}

func (f *logistic[T]) Pull(slot int, xbar, vbar []T, divbar []float64, _ bool) {
	for i, y := range f.slots[slot] {
		xbar[i] = vbar[i]*(1-2*y) - T(2*divbar[i%f.n])
	}
}

func (f *logistic[T]) PullParams(int, int) {}

func (f *logistic[T]) exact(x, l, x0 []float64, t float64) {
	clear(l)
	for i, y := range x0 {
		x[i] = 1 / (1 + (1/y-1)*math.Exp(-t))
		l[i%f.n] += -t + 2*math.Log(x[i]/y)
	}
}

// layer is v_i = tanh(sum_j w_ij x_j + b_i + c_i t); theta is w, b, c.
type layer struct {
	d, n       int
	theta      []float64
	grad       []float64
	slots      []layerSlot
	evaluated  int
	parameters int // calls of PullParams
}

type layerSlot struct{ x, y, t, ubar []float64 }

func newLayer(d, n, slots int) *layer {
	f := &layer{d: d, n: n, theta: make([]float64, d*(d+2)), grad: make([]float64, d*(d+2))}
	for i := range f.theta {
		f.theta[i] = math.Sin(float64(5*i + 2))
	}
	for range slots {
		f.slots = append(f.slots, layerSlot{make([]float64, d*n), make([]float64, d*n), make([]float64, n), make([]float64, d*n)})
	}
	return f
}

func (f *layer) Eval(slot int, v, div, t, x []float64) {
	f.evaluated++
	s, d, n := f.slots[slot], f.d, f.n
	copy(s.x, x)
	copy(s.t, t)
	for i := range d {
		for j := range n {
			u := f.theta[d*d+i] + f.theta[d*d+d+i]*t[j]
			for k := range d {
				u += f.theta[i*d+k] * x[k*n+j]
			}
			s.y[i*n+j] = math.Tanh(u)
		}
	}
	if v == nil {
		return
	}
	copy(v, s.y)
	for j := range n {
		div[j] = 0
		for i := range d {
			div[j] += (1 - s.y[i*n+j]*s.y[i*n+j]) * f.theta[i*d+i]
		}
	}
}

func (f *layer) Pull(slot int, xbar, vbar, divbar []float64, theta bool) {
	s, d, n := f.slots[slot], f.d, f.n
	clear(xbar)
	for i := range d {
		for j := range n {
			y := s.y[i*n+j]
			if theta {
				f.grad[i*d+i] += divbar[j] * (1 - y*y)
			}
			u := (1 - y*y) * (vbar[i*n+j] - 2*y*divbar[j]*f.theta[i*d+i])
			s.ubar[i*n+j] = u
			for k := range d {
				xbar[k*n+j] += f.theta[i*d+k] * u
			}
		}
	}
}

func (f *layer) PullParams(from, to int) {
	f.parameters++
	d, n := f.d, f.n
	for _, s := range f.slots[from:to] {
		for i := range d {
			for j := range n {
				u := s.ubar[i*n+j]
				f.grad[d*d+i] += u
				f.grad[d*d+d+i] += u * s.t[j]
				for k := range d {
					f.grad[i*d+k] += u * s.x[k*n+j]
				}
			}
		}
	}
}

// square is v = x^2, whose solution x0/(1 - x0 t) ends at t = 1/x0.
type square struct{ n int }

func (f square) Eval(slot int, v, div, t, x []float64) {
	for j, y := range x {
		v[j], div[j] = y*y, 2*y
	}
}
func (f square) Pull(int, []float64, []float64, []float64, bool) {}
func (f square) PullParams(int, int)                             {}
