//go:build !cgo || purego

package kernels

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// row is component c of a head's queries (part 0), keys or values at token t.
func attentionRow[T tensor.Real](s Attention, qkv []T, part, head, c, t int) []T {
	return qkv[t*s.In+((part*s.Heads+head)*s.Key+c)*s.N:][:s.N]
}

func attentionOut[T tensor.Real](s Attention, o []T, head, c, t int) []T {
	return o[t*s.Out+(head*s.Key+c)*s.N:][:s.N]
}

// weight is a_tu of all samples.
func attentionWeight[T tensor.Real](s Attention, a []T, head, t, u int) []T {
	return a[((head*s.Tokens+t)*s.Tokens+u)*s.N:][:s.N]
}

func attentionForward[T tensor.Real](s Attention, o, a, qkv []T, t int, _ []T) {
	scale := T(s.scale())
	for h := range s.Heads {
		for j := range s.N {
			most, sum := T(math.Inf(-1)), T(0)
			for u := range t + 1 {
				product := T(0)
				for c := range s.Key {
					product += attentionRow(s, qkv, 0, h, c, t)[j] * attentionRow(s, qkv, 1, h, c, u)[j]
				}
				attentionWeight(s, a, h, t, u)[j] = scale * product
				most = max(most, scale*product)
			}
			for u := range t + 1 {
				e := exp(attentionWeight(s, a, h, t, u)[j] - most)
				attentionWeight(s, a, h, t, u)[j] = e
				sum += e
			}
			for u := range t + 1 {
				attentionWeight(s, a, h, t, u)[j] /= sum
			}
			for c := range s.Key {
				out := T(0)
				for u := range t + 1 {
					out += attentionWeight(s, a, h, t, u)[j] * attentionRow(s, qkv, 2, h, c, u)[j]
				}
				attentionOut(s, o, h, c, t)[j] = out
			}
		}
	}
}

func attentionBackward[T tensor.Real](s Attention, dqkv, do, a, qkv, scratch []T) {
	bar := scratch[:s.Tokens]
	scale := T(s.scale())
	for h := range s.Heads {
		for t := range s.Tokens {
			for j := range s.N {
				mean := T(0)
				for u := range t + 1 {
					bar[u] = 0
					for c := range s.Key {
						bar[u] += attentionOut(s, do, h, c, t)[j] * attentionRow(s, qkv, 2, h, c, u)[j]
					}
					mean += attentionWeight(s, a, h, t, u)[j] * bar[u]
				}
				for u := range t + 1 {
					w := attentionWeight(s, a, h, t, u)[j]
					b := scale * w * (bar[u] - mean)
					for c := range s.Key {
						attentionRow(s, dqkv, 0, h, c, t)[j] += b * attentionRow(s, qkv, 1, h, c, u)[j]
						attentionRow(s, dqkv, 1, h, c, u)[j] += b * attentionRow(s, qkv, 0, h, c, t)[j]
						attentionRow(s, dqkv, 2, h, c, u)[j] += w * attentionOut(s, do, h, c, t)[j]
					}
				}
			}
		}
	}
}
