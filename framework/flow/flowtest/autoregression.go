package flowtest

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// Autoregression returns a small bijection of d components in plain loops, to
// test with:
//
//	x_i = b_i + z_i exp(u_i),   u_i = s_i + c_i tanh(x_i-1),   l = sum_i u_i
//
// with tanh(x_-1) replaced by 0.
func Autoregression(d, chunk int) flow.Bijection[float64] {
	a := &autoregression{d, chunk, grad.NewParam[float64]("b", d), grad.NewParam[float64]("s", d), grad.NewParam[float64]("c", d)}
	a.b.Start, a.c.Start = start, start
	return a
}

type autoregression struct {
	d, chunk int
	b, s, c  *grad.Param[float64]
}

func start(v []float64, r *rand.Rand) {
	for i := range v {
		v[i] = 0.5 * r.NormFloat64()
	}
}

func (a *autoregression) Params() []*grad.Param[float64] {
	return []*grad.Param[float64]{a.b, a.s, a.c}
}

func (a *autoregression) Chunk() int { return a.chunk }

func (a *autoregression) On(n int) flow.Workspace[float64] {
	size := a.d * n
	return &autoregressionOn{autoregression{a.d, a.chunk, a.b.Share(), a.s.Share(), a.c.Share()}, n,
		make([]float64, size), make([]float64, size), make([]float64, size)}
}

// autoregressionOn keeps z, exp(u) and tanh(x_i-1).
type autoregressionOn struct {
	autoregression
	n       int
	z, e, t []float64
}

func (w *autoregressionOn) Grads() []*grad.Param[float64] {
	return []*grad.Param[float64]{w.b, w.s, w.c}
}

func (w *autoregressionOn) Forward(x, l, z []float64) error {
	copy(w.z, z)
	clear(l)
	for i := range w.d {
		for j := range w.n {
			at := i*w.n + j
			l[j] += w.scale(at, x)
			x[at] = w.b.Val[i] + z[at]*w.e[at]
		}
	}
	return nil
}

func (w *autoregressionOn) Inverse(z, l, x []float64) error {
	clear(l)
	for i := range w.d {
		for j := range w.n {
			at := i*w.n + j
			l[j] += w.scale(at, x)
			z[at] = (x[at] - w.b.Val[i]) / w.e[at]
		}
	}
	copy(w.z, z)
	return nil
}

// scale returns u at one component, and keeps its exponential and tanh(x_i-1).
func (w *autoregressionOn) scale(at int, x []float64) float64 {
	i := at / w.n
	w.t[at] = 0
	if i > 0 {
		w.t[at] = math.Tanh(x[at-w.n])
	}
	u := w.s.Val[i] + w.c.Val[i]*w.t[at]
	w.e[at] = math.Exp(u)
	return u
}

func (w *autoregressionOn) PullForward(zbar, xbar, lbar []float64, theta bool) {
	below := make([]float64, w.n) // cotangent of x_i from u_i+1
	for i := w.d - 1; i >= 0; i-- {
		for j := range w.n {
			at := i*w.n + j
			total := xbar[at] + below[j]
			zbar[at] = total * w.e[at]
			below[j] = w.pullScale(at, lbar[j]+total*w.z[at]*w.e[at], theta)
			if theta {
				w.b.Grad[i] += total
			}
		}
	}
}

func (w *autoregressionOn) PullInverse(xbar, zbar, lbar []float64, theta bool) {
	below := make([]float64, w.n)
	for i := w.d - 1; i >= 0; i-- {
		for j := range w.n {
			at := i*w.n + j
			direct := zbar[at] / w.e[at]
			xbar[at] = direct + below[j]
			below[j] = w.pullScale(at, lbar[j]-zbar[at]*w.z[at], theta)
			if theta {
				w.b.Grad[i] -= direct
			}
		}
	}
}

// pullScale returns the cotangent of x_i-1 that the cotangent ubar implies and,
// with theta, adds the gradient.
func (w *autoregressionOn) pullScale(at int, ubar float64, theta bool) float64 {
	i, t := at/w.n, w.t[at]
	if theta {
		w.s.Grad[i] += ubar
		w.c.Grad[i] += ubar * t
	}
	return ubar * w.c.Val[i] * (1 - t*t)
}
