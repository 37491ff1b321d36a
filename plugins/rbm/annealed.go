package rbm

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Annealed importance sampling (Neal, Stat. Comput. 11, 125 (2001); of these machines
// Salakhutdinov and Murray, "On the quantitative analysis of deep belief networks", ICML
// 2008, 872). Between the machine of independent units, with all biases and no weights, and
// this one stand those with the weights tW,
//
//	w_t(v) = a.v + sum_j ln sum_h exp(h (b_j + t (vW)_j)),   t = 0, 1/K, ..., 1.
//
// A path starts with v of the first, is weighed, and swept, at every step,
//
//	ln u = sum_k [ w_(t_k)(v_(k-1)) - w_(t_(k-1))(v_(k-1)) ],   Z = Z_0 <u>,
//
// so that ln <u> of some paths is too small in the mean. Back from draws of the machine with
// all weights Z_0 = Z <u'>, and -ln <u'> is too large in the mean if those are its draws
// (Burda, Grosse and Salakhutdinov, AISTATS 2015, 102).

// annealSeed is that of the random numbers of all paths, so that the same parameters have
// the same ln Z.
const annealSeed = 0x616e6e65616c

// anneal estimates ln Z by so many paths.
func (m *Model) anneal(back bool) estimate {
	lnu := make([]float64, m.paths)
	_ = m.pool.Each(par.CutBy(par.All(m.paths), chunk), func(w *workspace, at par.Span) error {
		w.seed(annealSeed, at.From, at.N)
		m.path(lnu[at.From:at.From+at.N], w, back)
		return nil
	})
	base := make([]float64, 2)
	m.free(base[:1], scaled(m.step, m.a), make([]float64, m.visible), negatives(m.visible))
	m.free(base[1:], scaled(m.step, m.b), make([]float64, m.hidden), negatives(m.hidden))
	mean, stderr := logMean(lnu)
	if back {
		mean = -mean
	}
	return estimate{base[0] + base[1] + mean, stderr}
}

// path makes ln u of some paths, forth, or back.
func (m *Model) path(lnu []float64, w *workspace, back bool) {
	n := len(lnu)
	v, h, u := w.v[:n*m.visible], w.h[:n*m.hidden], make([]float64, n*m.hidden)
	g, work, before, after := make([]float64, n*m.hidden), make([]float64, n*m.hidden), make([]float64, n), make([]float64, n)
	sweep := func(t float64) {
		m.fields(g, u, t)
		m.drawRows(h, g, w)
		m.downward(v, h, t)
		m.drawRows(v, v, w)
		m.interactions(u, v)
	}
	from, to := 0.0, 1.0
	clear(h)
	m.downward(v, h, 0)
	m.drawRows(v, v, w)
	m.interactions(u, v)
	if back {
		from, to = 1, 0
		for range max(1, m.burnIn) {
			sweep(1)
		}
	}
	clear(lnu)
	for k := range m.temperatures {
		m.fields(g, u, from+(to-from)*float64(k)/float64(m.temperatures))
		m.free(before, g, work, w.minus)
		t := from + (to-from)*float64(k+1)/float64(m.temperatures)
		m.fields(g, u, t)
		m.free(after, g, work, w.minus)
		for i := range lnu {
			lnu[i] += after[i] - before[i]
		}
		sweep(t)
	}
}

// interactions writes step vW of each configuration.
func (m *Model) interactions(u, v []float64) {
	tensor.Gemm(false, false, len(v)/m.visible, m.hidden, m.visible, m.step, v, m.visible, m.w, m.hidden, 0, u, m.hidden)
}

// fields writes step (b + t vW), with u = step vW.
func (m *Model) fields(g, u []float64, t float64) {
	for i := 0; i < len(g); i += m.hidden {
		for j, b := range m.b {
			g[i+j] = m.step*b + t*u[i+j]
		}
	}
}

func scaled(s float64, x []float64) []float64 {
	y := make([]float64, len(x))
	tensor.Axpy(s, x, y)
	return y
}

func negatives(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = -1
	}
	return x
}

// logMean is ln <exp(x)> with its standard error, that of the mean over the mean.
func logMean(x []float64) (value, stderr float64) {
	n := float64(len(x))
	value = logSumExp(x) - math.Log(n)
	square := 0.0
	for _, v := range x {
		d := math.Exp(v-value) - 1
		square += d * d
	}
	return value, math.Sqrt(square / (n * (n - 1)))
}

var _ core.Normaliser = (*Model)(nil)
