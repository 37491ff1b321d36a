package kernels

import (
	"slices"
	"testing"
)

// What is computed of a sample has the same bits alone as among others, wherever it stands:
// vectors and the numbers left over by them round alike. 11 samples are one vector of 8, and
// 3 left over.
const among = 11

// copies are the numbers of one sample for several side by side.
func copies(x []float64, n int) (all []float64) {
	for _, v := range x {
		all = append(all, slices.Repeat([]float64{v}, n)...)
	}
	return all
}

func TestAttentionSamplesAreAlone(t *testing.T) {
	for _, key := range []int{1, 3, 8} {
		s := Attention{Tokens: 5, Heads: 2, Key: key, N: 1}
		width := s.Heads * key
		qkv, bar := random(s.Tokens*3*width), random(s.Tokens*width)
		both := func(n int) (o, a, dqkv []float64) {
			s.N, s.In, s.Out = n, 3*width*n, width*n
			o, a, dqkv = make([]float64, len(bar)*n), make([]float64, s.Weights()), make([]float64, len(qkv)*n)
			x, scratch := copies(qkv, n), make([]float64, s.Scratch())
			for token := range s.Tokens {
				AttentionForward(s, o, a, x, token, scratch)
			}
			AttentionBackward(s, dqkv, copies(bar, n), a, x, scratch)
			return o, a, dqkv
		}
		o, a, dqkv := both(1)
		os, as, dqkvs := both(among)
		for name, c := range map[string][2][]float64{"outputs": {o, os}, "weights": {a, as}, "gradient": {dqkv, dqkvs}} {
			if !slices.Equal(copies(c[0], among), c[1]) {
				t.Errorf("%d components: the %s of a sample depend on its place", key, name)
			}
		}
	}
}

func TestLayerNormColumnsAreAlone(t *testing.T) {
	for _, rows := range []int{1, 3, 64} {
		for _, set := range []bool{false, true} {
			x, bar, start, gain, bias := random(rows), random(rows), random(rows), random(rows), random(rows)
			both := func(n int) (y, dx []float64) {
				y, dx = make([]float64, rows*n), copies(start, n)
				m, r, sums := make([]float64, n), make([]float64, n), make([]float64, rows)
				LayerNorm(y, m, r, copies(x, n), gain, bias, n)
				LayerNormBackward(set, dx, sums, sums, copies(bar, n), m, r, copies(x, n), gain, n, 0, n, make([]float64, 2*n))
				return y, dx
			}
			y, dx := both(1)
			ys, dxs := both(among)
			if !slices.Equal(copies(y, among), ys) || !slices.Equal(copies(dx, among), dxs) {
				t.Errorf("%d rows, set = %t: the numbers of a column depend on its place", rows, set)
			}
		}
	}
}
