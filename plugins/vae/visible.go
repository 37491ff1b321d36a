package vae

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// visible is p(x|z) given the outputs y of the decoder, one for each component of x. Matrices
// have the configurations side by side, and rows at the distance ld.
type visible interface {
	// params are those that do not depend on z, nil where there are none.
	params(start float64) []*grad.Param[float64]
	// share is the same with gradients of its own.
	share() (visible, []*grad.Param[float64])
	// read puts x into the form of the others, in place.
	read(x []float64)
	// logP adds ln p(x|z) of each column to dst, of length ld.
	logP(dst, y, x []float64, n, ld int)
	// pull writes the cotangents of y, of those of ln p(x|z), and adds to the gradient.
	pull(ybar, bar, y, x []float64, n, ld int)
	// draw is a number of a configuration.
	draw(y float64, random *rand.Rand) float64
}

// gaussian is p(x|z) = N(y, sigma^2), with v = ln sigma^2 as a parameter:
//
//	ln p = -1/2 sum_j [ (x_j - y_j)^2 exp(-v) + v + ln 2 pi ].
type gaussian struct{ v *grad.Param[float64] }

func (g *gaussian) params(sigma float64) []*grad.Param[float64] {
	g.v = grad.NewParam[float64]("log_variance", 1)
	g.v.Start = func(values []float64, _ *rand.Rand) { values[0] = 2 * math.Log(sigma) }
	return []*grad.Param[float64]{g.v}
}

func (g *gaussian) share() (visible, []*grad.Param[float64]) {
	twin := &gaussian{g.v.Share()}
	return twin, []*grad.Param[float64]{twin.v}
}

func (g *gaussian) read([]float64) {}

func (g *gaussian) logP(dst, y, x []float64, n, ld int) {
	v := g.v.Val[0]
	scale, constant := math.Exp(-v)/2, (v+math.Log(2*math.Pi))/2
	for from := 0; from < len(x); from += ld {
		for i := range n {
			r := x[from+i] - y[from+i]
			dst[i] -= scale*r*r + constant
		}
	}
}

func (g *gaussian) pull(ybar, bar, y, x []float64, n, ld int) {
	scale, sum := math.Exp(-g.v.Val[0]), 0.0
	for from := 0; from < len(x); from += ld {
		for i := range n {
			r := x[from+i] - y[from+i]
			ybar[from+i] = bar[i] * scale * r
			sum += bar[i] * (scale*r*r - 1) / 2
		}
	}
	g.v.Grad[0] += sum
}

func (g *gaussian) draw(y float64, random *rand.Rand) float64 {
	return y + math.Exp(g.v.Val[0]/2)*random.NormFloat64()
}

// bernoulli is independent components of two values, with y the logit of the larger:
//
//	ln p = sum_j ln sigmoid(s_j y_j),   s = 1 of the larger value, -1 of the other.
type bernoulli struct{ low, high float64 }

func (b *bernoulli) params(float64) []*grad.Param[float64]    { return nil }
func (b *bernoulli) share() (visible, []*grad.Param[float64]) { return b, nil }

// read makes s of x.
func (b *bernoulli) read(x []float64) {
	for i, v := range x {
		x[i] = -1
		if v == b.high {
			x[i] = 1
		}
	}
}

func (b *bernoulli) logP(dst, y, s []float64, _, _ int) { tensor.LogSigmoid(dst, y, s) }

func (b *bernoulli) pull(ybar, bar, y, s []float64, _, _ int) {
	tensor.LogSigmoidBackward(ybar, y, s, bar)
}

func (b *bernoulli) draw(y float64, random *rand.Rand) float64 {
	if random.Float64()*(1+math.Exp(-y)) < 1 {
		return b.high
	}
	return b.low
}
