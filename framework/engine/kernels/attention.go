package kernels

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Attention is causal, with several heads (Vaswani et al., arXiv:1706.03762): for a
// token t and a head with the queries q, keys k and values v of its own, c components
// each,
//
//	a_tu = exp(q_t.k_u/sqrt(c)) / sum_(w <= t) exp(q_t.k_w/sqrt(c)),   u <= t,
//	o_t  = sum_(u <= t) a_tu v_u.
//
// Each number is a row of N samples. A token has rows of all q, then all k, then all v,
// head by head, and begins In numbers after the one before it; its outputs begin Out
// numbers after those before. Of the weights a, row (head, t, u) follows (head, t, u-1).
type Attention struct {
	Tokens, Heads, Key, N int
	In, Out               int
}

// Weights is the length of a.
func (s Attention) Weights() int { return s.Heads * s.Tokens * s.Tokens * s.N }

// Scratch is the length of the scratch memory.
func (s Attention) Scratch() int { return 2*s.N + 16*s.Tokens }

func (s Attention) scale() float64 { return 1 / math.Sqrt(float64(s.Key)) }

// attentionCheck panics unless qkv, o, a and scratch have their lengths.
func attentionCheck[T tensor.Real](s Attention, qkv, o, a, scratch []T) {
	need("Attention: qkv", qkv, s.Tokens, 3*s.Heads*s.Key*s.N, s.In)
	need("Attention: o", o, s.Tokens, s.Heads*s.Key*s.N, s.Out)
	need("Attention: a", a, 1, s.Weights(), s.Weights())
	need("Attention: scratch", scratch, 1, s.Scratch(), s.Scratch())
}

// AttentionForward writes row t of a, and o at token t, from q, k and v at the tokens up to t.
func AttentionForward[T tensor.Real](s Attention, o, a, qkv []T, t int, scratch []T) {
	attentionCheck(s, qkv, o, a, scratch)
	attentionForward(s, o, a, qkv, t, scratch)
}

// AttentionBackward adds to the adjoints of q, k and v at all tokens what those of o imply: with
// the adjoint abar_tu = obar_t.v_u, that of the product q_t.k_u is
//
//	a_tu (abar_tu - sum_w a_tw abar_tw)/sqrt(c).
func AttentionBackward[T tensor.Real](s Attention, dqkv, do, a, qkv, scratch []T) {
	attentionCheck(s, qkv, do, a, scratch)
	need("Attention: dqkv", dqkv, 1, len(qkv), len(qkv))
	attentionBackward(s, dqkv, do, a, qkv, scratch)
}
