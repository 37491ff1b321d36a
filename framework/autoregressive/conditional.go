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
type conditional interface {
	// draw writes x_i of all samples, each by a number u in [0, 1).
	draw(x, a, u []float64)
	// add adds ln q of all sites to lnQ, one number per sample.
	add(lnQ, a, x []float64)
	// backward writes the adjoints of the logits of all sites for sum_j w_j ln q(x_j).
	backward(da, a, x, w []float64)
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

func newConditional(space core.Space, n int) conditional {
	if space.Kind == core.Spins {
		return spins{make([]float64, n)}
	}
	return levels{make([]float64, space.Levels)}
}

// spins have one logit, a of s = +1:
//
//	ln q(s)  = -softplus(-s a),   softplus(t) = ln(1 + e^t).
//
// Working in logits, ln q is accurate at any temperature; no constant is added inside
// a logarithm.
type spins struct{ prob []float64 } // q(s_i = +1 | s_<i) at the site in work

func (c spins) draw(s, a, u []float64) {
	tensor.Sigmoid(c.prob, a)
	for j := range s { // +1 where the random number < prob; a branch would be guessed wrong half the time
		s[j] = -math.Copysign(1, u[j]-c.prob[j])
	}
}

func (spins) add(lnQ, a, s []float64) { tensor.LogSigmoid(lnQ, a, s) }

func (spins) backward(da, a, s, w []float64) { tensor.LogSigmoidBackward(da, a, s, w) }

func (spins) illegal(x []float64) int {
	return slices.IndexFunc(x, func(v float64) bool { return math.Abs(v) != 1 })
}

func (spins) legal() string { return "+1 or -1" }

// levels are q states, by the exponentials of their logits.
type levels struct{ e []float64 }

// exp writes exp(a_k - most) of one sample, whose logits are n numbers apart, and returns
// their sum and the largest logit.
func (c levels) exp(a []float64, n int) (sum, most float64) {
	for k := range len(c.e) - 1 {
		most = max(most, a[k*n])
	}
	c.e[0] = math.Exp(-most)
	sum = c.e[0]
	for k := range len(c.e) - 1 {
		c.e[k+1] = math.Exp(a[k*n] - most)
		sum += c.e[k+1]
	}
	return sum, most
}

func (c levels) draw(x, a, chance []float64) {
	for j := range x {
		sum, _ := c.exp(a[j:], len(x))
		u, k := sum*chance[j], 0
		for ; k < len(c.e)-1 && u >= c.e[k]; k++ {
			u -= c.e[k]
		}
		for k > 0 && c.e[k] == 0 { // rounding: what is left is below the last that can be
			k--
		}
		x[j] = float64(k)
	}
}

func (c levels) add(lnQ, a, x []float64) {
	n, logits := len(lnQ), len(c.e)-1
	for i := range len(x) / n {
		for j := range n {
			one := a[i*logits*n+j:]
			sum, most := c.exp(one, n)
			lnQ[j] -= most + math.Log(sum)
			if k := int(x[i*n+j]); k > 0 {
				lnQ[j] += one[(k-1)*n]
			}
		}
	}
}

func (c levels) backward(da, a, x, w []float64) {
	n, logits := len(w), len(c.e)-1
	for i := range len(x) / n {
		for j := range n {
			at := i*logits*n + j
			sum, _ := c.exp(a[at:], n)
			for k := range logits {
				da[at+k*n] = -w[j] * c.e[k+1] / sum
			}
			if k := int(x[i*n+j]); k > 0 {
				da[at+(k-1)*n] += w[j]
			}
		}
	}
}

func (c levels) illegal(x []float64) int {
	return slices.IndexFunc(x, func(v float64) bool { return !(v >= 0 && v < float64(len(c.e)) && v == math.Trunc(v)) })
}

func (c levels) legal() string { return fmt.Sprintf("a whole number from 0 to %d", len(c.e)-1) }

// unit is the number in [0, 1) of 53 random bits.
func unit(bits uint64) float64 { return float64(bits>>11) * 0x1p-53 }
