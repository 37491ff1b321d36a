package rbm

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Annealed importance sampling (Neal, Stat. Comput. 11, 125 (2001); of these machines
// Salakhutdinov and Murray, "On the quantitative analysis of deep belief networks", ICML
// 2008, 872). Between the machine of independent units, with all biases and no weights, and
// this one stand those with the weights tW,
//
//	w_t(v) = l(v) + sum_j ln sum_h exp(h (b_j + t (yW)_j)),   t = 0, 1/K, ..., 1.
//
// A path starts with v of the first, is weighed, and swept, at every step,
//
//	ln r = sum_k [ w_(t_k)(v_(k-1)) - w_(t_(k-1))(v_(k-1)) ],   Z = Z_0 <r>,
//
// so that ln <r> of some paths is too small in the mean. Back from draws of the machine with
// all weights Z_0 = Z <r'>, and -ln <r'> is too large in the mean if those are its draws
// (Burda, Grosse and Salakhutdinov, AISTATS 2015, 102).

// annealSeed is that of the random numbers of all paths, so that the same parameters have
// the same ln Z.
const annealSeed = 0x616e6e65616c

// anneal estimates ln Z by so many paths.
func (m *Model) anneal(back bool) estimate {
	ratios := make([]float64, m.config.Paths)
	_ = m.pool.Each(par.CutBy(par.All(len(ratios)), chunk), func(w *workspace, at par.Span) error {
		w.seed(annealSeed, at.From, at.N)
		m.path(ratios[at.From:at.From+at.N], w, back)
		return nil
	})
	base := make([]float64, 2)
	m.layer.free(base[:1], make([]float64, m.visible), make([]float64, 2*m.visible))
	m.free(base[1:], make([]float64, m.hidden), make([]float64, 2*m.hidden))
	mean, stderr := logMean(ratios)
	if back {
		mean = -mean
	}
	return estimate{base[0] + base[1] + mean, stderr}
}

// path makes ln r of some paths, forth, or back.
func (m *Model) path(ratios []float64, w *workspace, back bool) {
	n := len(ratios)
	v, u, h := make([]float64, n*m.visible), make([]float64, n*m.hidden), w.h[:n*m.hidden]
	before, after := make([]float64, n), make([]float64, n)
	at := func(dst []float64, t float64) {
		scale(h, u, t)
		m.free(dst, h, w.work)
	}
	sweep := func(t float64) {
		scale(h, u, t)
		m.sweep(v, h, w, t)
		m.upward(u, m.layer.input(w.y, v))
	}
	m.layer.draw(v, v, w.random)
	m.upward(u, m.layer.input(w.y, v))
	from, to := 0.0, 1.0
	if back {
		from, to = 1, 0
		for range max(1, m.config.BurnIn) {
			sweep(1)
		}
	}
	clear(ratios)
	steps := float64(m.config.Temperatures)
	for k := range m.config.Temperatures {
		t := from + (to-from)*float64(k+1)/steps
		at(before, from+(to-from)*float64(k)/steps)
		at(after, t)
		for i := range ratios {
			ratios[i] += after[i] - before[i]
		}
		sweep(t)
	}
}

// scale writes s x.
func scale(dst, x []float64, s float64) {
	clear(dst)
	tensor.Axpy(s, x, dst)
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
