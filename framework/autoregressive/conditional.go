package autoregressive

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// conditional is q(x_i | x_<i) by the logits of site i, which are relative to the first
// state: of q states there are q - 1, one below the other for n samples side by side,
//
//	q(x_i = k) = exp(a_k) / sum_l exp(a_l),   a_0 = 0.
//
// Logits and configurations are in the precision of the network. What is made of them here,
// probabilities to draw by and ln q, is in float64: these are one function of the logits,
// so that the density is normalised to float64 whatever the network computes in.
type conditional[T tensor.Real] interface {
	// draw writes x_i of all samples, each by a number u in [0, 1).
	draw(x, a []T, u []float64)
	// add adds ln q of all sites to lnQ, one number per sample.
	add(lnQ []float64, a, x []T)
	// backward writes the adjoints of the logits of all sites for sum_j w_j ln q(x_j).
	backward(da, a, x []T, w []float64)
	// illegal finds the first number that is no state, -1 if there is none; legal words
	// what it should be.
	illegal(x []float64) int
	legal() string
}

// Logits is the number of logits of a site in a space of spins or of levels.
func Logits(space core.Space) int {
	if space.Kind == core.Spins {
		return 1
	}
	return space.Levels - 1
}

func newConditional[T tensor.Real](space core.Space, n int) conditional[T] {
	if space.Kind == core.Spins {
		return spins[T]{make([]float64, n)}
	}
	return levels[T]{make([]float64, space.Levels)}
}

// spins have one logit, a of s = +1:
//
//	ln q(s)  = -softplus(-s a),   softplus(t) = ln(1 + e^t).
//
// Working in logits, ln q is accurate at any temperature; no constant is added inside
// a logarithm.
type spins[T tensor.Real] struct{ prob []float64 } // q(s_i = +1 | s_<i) at the site in work

func (c spins[T]) draw(s, a []T, u []float64) {
	tensor.Sigmoid(c.prob, a)
	for j := range s { // +1 where the random number < prob; a branch would be guessed wrong half the time
		s[j] = T(-math.Copysign(1, u[j]-c.prob[j]))
	}
}

func (spins[T]) add(lnQ []float64, a, s []T) { tensor.LogSigmoid(lnQ, a, s) }

func (spins[T]) backward(da, a, s []T, w []float64) { tensor.LogSigmoidBackward(da, a, s, w) }

func (spins[T]) illegal(x []float64) int {
	return slices.IndexFunc(x, func(v float64) bool { return math.Abs(v) != 1 })
}

func (spins[T]) legal() string { return "+1 or -1" }

// levels are q states, by the exponentials of their logits.
type levels[T tensor.Real] struct{ e []float64 }

// exp writes exp(a_k - most) of one sample, whose logits are n numbers apart, and returns
// their sum and the largest logit.
func (c levels[T]) exp(a []T, n int) (sum, most float64) {
	for k := range len(c.e) - 1 {
		most = max(most, float64(a[k*n]))
	}
	c.e[0] = math.Exp(-most)
	sum = c.e[0]
	for k := range len(c.e) - 1 {
		c.e[k+1] = math.Exp(float64(a[k*n]) - most)
		sum += c.e[k+1]
	}
	return sum, most
}

func (c levels[T]) draw(x, a []T, chance []float64) {
	for j := range x {
		sum, _ := c.exp(a[j:], len(x))
		u, k := sum*chance[j], 0
		for ; k < len(c.e)-1 && u >= c.e[k]; k++ {
			u -= c.e[k]
		}
		for k > 0 && c.e[k] == 0 { // rounding: what is left is below the last that can be
			k--
		}
		x[j] = T(k)
	}
}

func (c levels[T]) add(lnQ []float64, a, x []T) {
	n, logits := len(lnQ), len(c.e)-1
	for i := range len(x) / n {
		for j := range n {
			one := a[i*logits*n+j:]
			sum, most := c.exp(one, n)
			lnQ[j] -= most + math.Log(sum)
			if k := int(x[i*n+j]); k > 0 {
				lnQ[j] += float64(one[(k-1)*n])
			}
		}
	}
}

func (c levels[T]) backward(da, a, x []T, w []float64) {
	n, logits := len(w), len(c.e)-1
	for i := range len(x) / n {
		for j := range n {
			at := i*logits*n + j
			sum, _ := c.exp(a[at:], n)
			state := int(x[i*n+j])
			for k := range logits {
				d := -w[j] * c.e[k+1] / sum
				if k+1 == state {
					d += w[j]
				}
				da[at+k*n] = T(d)
			}
		}
	}
}

func (c levels[T]) illegal(x []float64) int {
	return slices.IndexFunc(x, func(v float64) bool { return !(v >= 0 && v < float64(len(c.e)) && v == math.Trunc(v)) })
}

func (c levels[T]) legal() string { return fmt.Sprintf("a whole number from 0 to %d", len(c.e)-1) }

// unit is the number in [0, 1) of 53 random bits.
func unit(bits uint64) float64 { return float64(bits>>11) * 0x1p-53 }
