//go:build !cgo || purego

package kernels

import "math"

// row is component c of a head's queries (part 0), keys or values at token t.
func (s Attention) row(qkv []float64, part, head, c, t int) []float64 {
	return qkv[t*s.In+((part*s.Heads+head)*s.Key+c)*s.N:][:s.N]
}

func (s Attention) out(o []float64, head, c, t int) []float64 {
	return o[t*s.Out+(head*s.Key+c)*s.N:][:s.N]
}

// weight is a_tu of all samples.
func (s Attention) weight(a []float64, head, t, u int) []float64 {
	return a[((head*s.Tokens+t)*s.Tokens+u)*s.N:][:s.N]
}

func attentionForward(s Attention, o, a, qkv []float64, t int, _ []float64) {
	for h := range s.Heads {
		for j := range s.N {
			most, sum := math.Inf(-1), 0.0
			for u := range t + 1 {
				product := 0.0
				for c := range s.Key {
					product += s.row(qkv, 0, h, c, t)[j] * s.row(qkv, 1, h, c, u)[j]
				}
				s.weight(a, h, t, u)[j] = s.scale() * product
				most = max(most, s.scale()*product)
			}
			for u := range t + 1 {
				e := math.Exp(s.weight(a, h, t, u)[j] - most)
				s.weight(a, h, t, u)[j] = e
				sum += e
			}
			for u := range t + 1 {
				s.weight(a, h, t, u)[j] /= sum
			}
			for c := range s.Key {
				out := 0.0
				for u := range t + 1 {
					out += s.weight(a, h, t, u)[j] * s.row(qkv, 2, h, c, u)[j]
				}
				s.out(o, h, c, t)[j] = out
			}
		}
	}
}

func attentionBackward(s Attention, dqkv, do, a, qkv, scratch []float64) {
	bar := scratch[:s.Tokens]
	for h := range s.Heads {
		for t := range s.Tokens {
			for j := range s.N {
				mean := 0.0
				for u := range t + 1 {
					bar[u] = 0
					for c := range s.Key {
						bar[u] += s.out(do, h, c, t)[j] * s.row(qkv, 2, h, c, u)[j]
					}
					mean += s.weight(a, h, t, u)[j] * bar[u]
				}
				for u := range t + 1 {
					w := s.weight(a, h, t, u)[j]
					b := s.scale() * w * (bar[u] - mean)
					for c := range s.Key {
						s.row(dqkv, 0, h, c, t)[j] += b * s.row(qkv, 1, h, c, u)[j]
						s.row(dqkv, 1, h, c, u)[j] += b * s.row(qkv, 0, h, c, t)[j]
						s.row(dqkv, 2, h, c, u)[j] += w * s.out(do, h, c, t)[j]
					}
				}
			}
		}
	}
}
