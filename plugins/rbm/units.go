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

// unitsOf are the units whose values are the configurations of a space.
func unitsOf(space core.Space) (u units, ok bool) {
	switch {
	case space.Size() < 1:
		return u, false
	case space.Kind == core.Spins:
		return units{-1, 2}, true
	}
	return units{0, 1}, space.Kind == core.Levels && space.Levels == 2
}

// free writes sum_j ln sum_h exp(h f_j) of each row of so many fields g = step f. work has
// the length of g, and minus is -1 everywhere.
func (u units) free(dst, g, work, minus []float64) {
	each := len(g) / max(1, len(dst))
	work = work[:len(g)]
	clear(work)
	tensor.LogSigmoid(work, g, minus[:len(g)]) // -softplus(g)
	share := u.low / u.step
	for i := range dst {
		sum := 0.0
		row := g[i*each : (i+1)*each]
		for j, l := range work[i*each : (i+1)*each] {
			sum += share*row[j] - l
		}
		dst[i] = sum
	}
}

// means writes <h> in the fields g = step f; dst may be g.
func (u units) means(dst, g []float64) {
	tensor.Sigmoid(dst, g)
	if u.low != 0 || u.step != 1 {
		for i, p := range dst {
			dst[i] = u.low + u.step*p
		}
	}
}

// draw makes units of one row of the probabilities p of the higher value. dst may be p.
func (u units) draw(dst, p []float64, random *rand.Rand) {
	for i, q := range p {
		dst[i] = u.low
		if random.Float64() < q {
			dst[i] = u.low + u.step
		}
	}
}
