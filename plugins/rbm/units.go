package rbm

import (
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// units have two values each, low and low + step. In the field f
//
//	ln sum_h exp(h f) = low f + softplus(step f),   <h> = low + step sigmoid(step f).
//
// Fields are kept as g = step f.
type units struct{ low, step float64 }

// bits and signs are the two pairs of values.
var (
	bits  = units{0, 1}
	signs = units{-1, 2}
)

// unitsOf are the units whose values are the configurations of a space.
func unitsOf(space core.Space) (u units, ok bool) {
	switch {
	case space.Size() < 1:
		return u, false
	case space.Kind == core.Spins:
		return signs, true
	}
	return bits, space.Kind == core.Levels && space.Levels == 2
}

// fields makes g = step (bias + u) of each row of u, in its place.
func (u units) fields(g, bias []float64) {
	for i := 0; i < len(g); i += len(bias) {
		for j, b := range bias {
			g[i+j] = u.step * (b + g[i+j])
		}
	}
}

// free writes sum_j ln sum_h exp(h f_j) of each row of the fields g. work has twice the
// length of g.
func (u units) free(dst, g, work []float64) {
	each := len(g) / max(1, len(dst))
	logs, minus := work[:len(g)], work[len(g):2*len(g)]
	for i := range logs {
		logs[i], minus[i] = 0, -1
	}
	tensor.LogSigmoid(logs, g, minus) // -softplus(g)
	share := u.low / u.step
	for i := range dst {
		dst[i] = 0
		for j := i * each; j < (i+1)*each; j++ {
			dst[i] += share*g[j] - logs[j]
		}
	}
}

// means writes <h> in the fields g; dst may be g.
func (u units) means(dst, g []float64) {
	tensor.Sigmoid(dst, g)
	if u != bits {
		for i, p := range dst {
			dst[i] = u.low + u.step*p
		}
	}
}

// drawRows draws the units of every row in the fields g, with a stream for each row. dst may
// be g.
func (u units) drawRows(dst, g []float64, random []rand.PCG) {
	tensor.Sigmoid(dst, g)
	each := len(dst) / max(1, len(random))
	for k := range random {
		r := rand.New(&random[k])
		for i := k * each; i < (k+1)*each; i++ {
			p := dst[i]
			dst[i] = u.low
			if r.Float64() < p {
				dst[i] = u.low + u.step
			}
		}
	}
}
