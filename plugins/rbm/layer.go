package rbm

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// layer is the visible layer: what is left of the log-weight without hidden units, l(v), and
// how the weights see v,
//
//	p(v, h) = exp(l(v) + b.h + y(v).W h)/Z,   u = W h.
//
// All arrays have a row for each configuration.
type layer interface {
	// blocks are its parameters, one of each for every visible unit, and own the numbers
	// of them in theta, which change with it.
	blocks() []core.Block
	bind(own []float64)
	// input is y(v), in dst unless it is v.
	input(dst, v []float64) []float64
	// alone writes l(v) of each row.
	alone(dst, v []float64)
	// draw draws v ~ exp(l(v) + y(v).u), with the stream of each row. v may be u.
	draw(v, u []float64, random []rand.PCG)
	// free writes ln sum_v exp(l(v) + y(v).u) of each row, and may change u.
	free(dst, u, work []float64)
	// pull adds to grad, of the own parameters of a tile, the sum of bar_i grad [l(v_i) +
	// y(v_i).u_i]; u is that of sum_h p(h|v) h, times bar.
	pull(grad []float64, t tile)
}

// tile has some visible units of some configurations.
type tile struct {
	first, units, of int       // the first unit, their number, of so many
	v                []float64 // rows of all units
	bar              []float64
	u                func() []float64 // rows of the tile's units, made when asked for
}

// binary units have the biases a: l = a.v, y = v.
type binary struct {
	units
	a []float64
}

func (b *binary) blocks() []core.Block {
	return []core.Block{{Name: "visible", Shape: []int{len(b.a)}}}
}
func (b *binary) bind(own []float64)             { b.a = own }
func (b *binary) input(_, v []float64) []float64 { return v }

func (b *binary) alone(dst, v []float64) {
	for i := range dst {
		dst[i] = dot(b.a, v[i*len(b.a):])
	}
}

func (b *binary) draw(v, u []float64, random []rand.PCG) {
	b.fields(u, b.a)
	b.units.drawRows(v, u, random)
}

func (b *binary) free(dst, u, work []float64) {
	b.fields(u, b.a)
	b.units.free(dst, u, work)
}

func (b *binary) pull(grad []float64, t tile) {
	for i, bar := range t.bar {
		tensor.Axpy(bar, t.v[i*t.of+t.first:], grad)
	}
}

// gaussian units have means mu and variances s^2 where there are no hidden ones (Liao,
// Kornblith, Ren, Fleet and Hinton, "Gaussian-Bernoulli RBMs without tears",
// arXiv:2210.10318):
//
//	l = -sum_i (v_i - mu_i)^2/(2 s_i^2),   y_i = v_i/s_i^2,   p(v|h) = N(mu + W h, s^2).
//
// The parameters are mu and ln s^2.
type gaussian struct {
	mu, logVariance []float64
}

func (g *gaussian) blocks() []core.Block {
	return []core.Block{{Name: "mean", Shape: []int{len(g.mu)}}, {Name: "log_variance", Shape: []int{len(g.mu)}}}
}

func (g *gaussian) bind(own []float64) { g.mu, g.logVariance = own[:len(own)/2], own[len(own)/2:] }

func (g *gaussian) input(y, v []float64) []float64 {
	d := len(g.mu)
	for j, l := range g.logVariance {
		for scale, i := math.Exp(-l), j; i < len(v); i += d {
			y[i] = scale * v[i]
		}
	}
	return y[:len(v)]
}

func (g *gaussian) alone(dst, v []float64) {
	d := len(g.mu)
	clear(dst)
	for j, l := range g.logVariance {
		scale := math.Exp(-l) / 2
		for i := range dst {
			x := v[i*d+j] - g.mu[j]
			dst[i] -= scale * x * x
		}
	}
}

func (g *gaussian) draw(v, u []float64, random []rand.PCG) {
	d := len(g.mu)
	for i := range random {
		r := rand.New(&random[i])
		for j, mu := range g.mu {
			v[i*d+j] = mu + u[i*d+j] + math.Exp(g.logVariance[j]/2)*r.NormFloat64()
		}
	}
}

func (g *gaussian) free(dst, u, _ []float64) {
	d := len(g.mu)
	clear(dst)
	for j, l := range g.logVariance {
		scale, width := math.Exp(-l), (l+math.Log(2*math.Pi))/2
		for i := range dst {
			x := u[i*d+j]
			dst[i] += scale*x*(g.mu[j]+x/2) + width
		}
	}
}

func (g *gaussian) pull(grad []float64, t tile) {
	u := t.u()
	for k := range t.units {
		j := t.first + k
		scale := math.Exp(-g.logVariance[j])
		for i, bar := range t.bar {
			v := t.v[i*t.of+j]
			x := v - g.mu[j]
			grad[k] += bar * scale * x
			grad[t.units+k] += scale * (bar*x*x/2 - v*u[i*t.units+k])
		}
	}
}

func dot(a, b []float64) (sum float64) {
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}
