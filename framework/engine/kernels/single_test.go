package kernels

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

var (
	singles    = enginetest.Singles
	nearSingle = enginetest.NearSingle
)

// Against the standard library, from next to 0 to far tails, relative to the value: 4
// roundings of float32, of x - k ln 2, of the polynomial and of the last operations.
func TestActivationsOfSingles(t *testing.T) {
	var x []float32
	for v := float32(-30); v <= 30; v += 0.0037 {
		x = append(x, v)
	}
	x = append(x, 0, 1e-30, -1e-30, 1e-5, -1e-5, 700, -700, 1e30, -1e30)
	for kind, f := range activations {
		y := slices.Clone(x)
		Activate(kind, y)
		for i, v := range x {
			want := f(float64(v))
			if !(math.Abs(float64(y[i])-want) <= 4*0x1p-23*math.Abs(want)+0x1p-125) { // exp stops falling at 1.6e-38
				t.Fatalf("activation %d of %v: %v, want %v", kind, v, y[i], want)
			}
		}
		y = []float32{float32(math.NaN())}
		if Activate(kind, y); y[0] == y[0] {
			t.Errorf("activation %d: NaN became %v", kind, y[0])
		}
	}
}

func TestMLPOfSingles(t *testing.T) {
	for _, m := range shapes {
		for _, n := range []int{1, 33, 70, 150} {
			_, _, in := problem(m, n)
			x, x32 := singles((int(m.Sizes[0]) + 3) * n)
			w, w32 := singles(m.Weights())
			for i := range w { // weights of order 1 over the square root of inputs keep activations so
				w[i], w32[i] = w[i]/4, w32[i]/4
			}
			dy, dy32 := singles(3 * m.Outputs() * n)
			y, y32 := make([]float64, len(dy)), make([]float32, len(dy))
			scratch, scratch32 := make([]float64, m.Scratch()), make([]float32, m.Scratch())
			MLPForward(m, y, x, w, in, n, scratch)
			MLPForward(m, y32, x32, w32, in, n, scratch32)
			nearSingle(t, fmt.Sprint("MLP ", m, n), y32, y, 100)
			dx, dx32 := make([]float64, len(x)), make([]float32, len(x))
			dw, dw32 := make([]float64, len(w)), make([]float32, len(w))
			MLPBackward(m, dx, dw, dy, x, w, in, n, scratch)
			MLPBackward(m, dx32, dw32, dy32, x32, w32, in, n, scratch32)
			nearSingle(t, fmt.Sprint("dx of ", m, n), dx32, dx, 300)
			nearSingle(t, fmt.Sprint("dw of ", m, n), dw32, dw, 30*float64(n+10))
		}
	}
}

// The bits of a configuration do not depend on its place.
func TestMLPColumnsOfSinglesAreAlone(t *testing.T) {
	const n = 150
	for _, m := range shapes {
		_, _, in := problem(m, n)
		rows := int(m.Sizes[0]) + 3
		_, x := singles(rows * n)
		_, w := singles(m.Weights())
		y, one := make([]float32, 3*m.Outputs()*n), make([]float32, 3*m.Outputs())
		scratch := make([]float32, m.Scratch())
		MLPForward(m, y, x, w, in, n, scratch)
		for j := range n {
			alone := make([]float32, rows)
			for i := range alone {
				alone[i] = x[i*n+j]
			}
			MLPForward(m, one, alone, w, in, 1, scratch)
			for i, v := range one {
				if y[i*n+j] != v {
					t.Fatalf("%v: column %d differs from the same numbers alone", m, j)
				}
			}
		}
	}
}

func TestCoupleOfSingles(t *testing.T) {
	at := []int64{4, 0, 3, 1}
	scale, scale32 := []float64{0.75, -1.25}, []float32{0.75, -1.25}
	for _, inverse := range []bool{false, true} {
		for _, n := range widths {
			x, x32 := singles(6 * n)
			st, st32 := singles(8 * n)
			l := random(n)
			l32 := slices.Clone(l)
			was, was32, tanh, tanh32 := make([]float64, 4*n), make([]float32, 4*n), make([]float64, 4*n), make([]float32, 4*n)
			Couple(inverse, x, l, at, st, scale, was, tanh)
			Couple(inverse, x32, l32, at, st32, scale32, was32, tanh32)
			nearSingle(t, "x'", x32, x, 32)
			near(t, "l", l32, l, 32*0x1p-24)
			bar, bar32 := singles(6 * n)
			lbar := random(n)
			dst, dst32 := make([]float64, 8*n), make([]float32, 8*n)
			ds, ds32 := make([]float64, 2), make([]float32, 2)
			CoupleBackward(inverse, x, bar, lbar, at, dst, scale, ds, was, tanh)
			CoupleBackward(inverse, x32, bar32, lbar, at, dst32, scale32, ds32, was32, tanh32)
			nearSingle(t, "x", x32, x, 0)
			nearSingle(t, "xbar", bar32, bar, 32)
			nearSingle(t, "dst", dst32, dst, 100)
			nearSingle(t, "dscale", ds32, ds, 100*float64(n))
		}
	}
}

func TestLayerNormOfSingles(t *testing.T) {
	for _, rows := range []int{3, 64} {
		for _, n := range widths {
			x, x32 := singles(rows * n)
			gain, gain32 := singles(rows)
			bias, bias32 := singles(rows)
			dy, dy32 := singles(rows * n)
			y, y32, m, m32, r, r32 := make([]float64, rows*n), make([]float32, rows*n), make([]float64, n), make([]float32, n), make([]float64, n), make([]float32, n)
			LayerNorm(y, m, r, x, gain, bias, n)
			LayerNorm(y32, m32, r32, x32, gain32, bias32, n)
			// The variance of few rows may be small, which multiplies roundings by r.
			most := 1 + slices.Max(r)
			nearSingle(t, "LayerNorm", y32, y, float64(rows+8)*most*most)
			dx, dx32, sums, sums32 := make([]float64, rows*n), make([]float32, rows*n), make([]float64, 2*rows), make([]float32, 2*rows)
			LayerNormBackward(true, dx, sums[:rows], sums[rows:], dy, m, r, x, gain, n, 0, n, make([]float64, 2*n))
			LayerNormBackward(true, dx32, sums32[:rows], sums32[rows:], dy32, m32, r32, x32, gain32, n, 0, n, make([]float32, 2*n))
			nearSingle(t, "dx", dx32, dx, 8*float64(rows+8)*most*most*most)
			nearSingle(t, "sums", sums32, sums, 8*float64(rows+n)*most*most)
		}
	}
}

func TestAttentionOfSingles(t *testing.T) {
	for _, n := range []int{1, 8, 16, 19, 35} {
		s := Attention{Tokens: 5, Heads: 2, Key: 3, N: n}
		width := s.Heads * s.Key
		s.In, s.Out = 3*width*n, width*n
		qkv, qkv32 := singles(s.Tokens * s.In)
		bar, bar32 := singles(s.Tokens * s.Out)
		o, o32, a, a32 := make([]float64, len(bar)), make([]float32, len(bar)), make([]float64, s.Weights()), make([]float32, s.Weights())
		scratch, scratch32 := make([]float64, s.Scratch()), make([]float32, s.Scratch())
		for token := range s.Tokens {
			AttentionForward(s, o, a, qkv, token, scratch)
			AttentionForward(s, o32, a32, qkv32, token, scratch32)
		}
		nearSingle(t, "outputs", o32, o, 100)
		nearSingle(t, "weights", a32, a, 100)
		d, d32 := make([]float64, len(qkv)), make([]float32, len(qkv))
		AttentionBackward(s, d, bar, a, qkv, scratch)
		AttentionBackward(s, d32, bar32, a32, qkv32, scratch32)
		nearSingle(t, "gradient", d32, d, 300)
	}
}

func TestAttentionSamplesOfSinglesAreAlone(t *testing.T) {
	s := Attention{Tokens: 5, Heads: 2, Key: 3, N: 1}
	width := s.Heads * s.Key
	_, qkv := singles(s.Tokens * 3 * width)
	forward := func(n int) []float32 {
		s.N, s.In, s.Out = n, 3*width*n, width*n
		var x []float32
		for _, v := range qkv {
			x = append(x, slices.Repeat([]float32{v}, n)...)
		}
		o := make([]float32, s.Tokens*s.Out)
		for token := range s.Tokens {
			AttentionForward(s, o, make([]float32, s.Weights()), x, token, make([]float32, s.Scratch()))
		}
		return o
	}
	one, many := forward(1), forward(19)
	for i, v := range many {
		if one[i/19] != v {
			t.Fatal("the outputs of a sample depend on its place")
		}
	}
}

func TestRadialOfSingles(t *testing.T) {
	for _, f := range []Radial{{5, false}, {6, true}} {
		for _, n := range []int{1, 7, 64, 150} {
			w, w32 := singles(f.Weights())
			r, r32 := singles(n)
			at, at32 := singles(n)
			ybar, ybar32 := singles(n)
			dybar, dybar32 := singles(n)
			y, y32, dy, dy32 := make([]float64, n), make([]float32, n), make([]float64, n), make([]float32, n)
			RadialForward(f, y, dy, r, at, w)
			RadialForward(f, y32, dy32, r32, at32, w32)
			nearSingle(t, "y", y32, y, 200)
			nearSingle(t, "dy", dy32, dy, 200)
			d2, d2s, d3, d3s := make([]float64, n), make([]float32, n), make([]float64, n), make([]float32, n)
			RadialJet(f, y, dy, d2, d3, r, at, w)
			RadialJet(f, y32, dy32, d2s, d3s, r32, at32, w32)
			nearSingle(t, "d2y", d2s, d2, 1000)
			nearSingle(t, "d3y", d3s, d3, 4000)
			dw, dw32 := make([]float64, len(w)), make([]float32, len(w))
			RadialBackward(f, y, dw, ybar, dybar, r, at, w)
			RadialBackward(f, y32, dw32, ybar32, dybar32, r32, at32, w32)
			nearSingle(t, "rbar", y32, y, 1000)
			nearSingle(t, "dw", dw32, dw, 1000*float64(n))
		}
	}
}

func TestRidgeOfSingles(t *testing.T) {
	const rows = 7
	for f := range ridges {
		for _, n := range []int{1, 5, 8, 21, 32} {
			u, u32 := singles(rows * n)
			s, s32 := singles(rows * n)
			a, a32 := singles(rows)
			c, c32 := singles(rows)
			lap, lap32, lbar := make([]float64, n), make([]float64, n), random(n)
			g, g32 := make([]float64, rows*n), make([]float32, rows*n)
			RidgeForward(f, u, g, lap, a, c, n, n)
			RidgeForward(f, u32, g32, lap32, a32, c32, n, n)
			nearSingle(t, "p", u32, u, 16)
			nearSingle(t, "g", g32, g, 32)
			near(t, "lap", lap32, lap, 32*rows*0x1p-24)
			sums, sums32 := make([]float64, 3*rows), make([]float32, 3*rows)
			RidgeBackward(f, s, g, u, lbar, a, c, sums[:rows], sums[rows:2*rows], sums[2*rows:], n)
			RidgeBackward(f, s32, g32, u32, lbar, a32, c32, sums32[:rows], sums32[rows:2*rows], sums32[2*rows:], n)
			nearSingle(t, "ubar", s32, s, 200)
			nearSingle(t, "sums", sums32, sums, 200*float64(n))
		}
	}
}

func TestSmoothAndCombineOfSingles(t *testing.T) {
	for _, n := range widths {
		for _, f := range []Smooth{SiLU, SmoothTanh} {
			p, p32 := singles(n)
			h, h32, q, q32 := make([]float64, n), make([]float32, n), make([]float64, n), make([]float32, n)
			SmoothForward(f, h, p, q)
			SmoothForward(f, h32, p32, q32)
			nearSingle(t, "h", h32, h, 16)
			nearSingle(t, "p", p32, p, 32)
			nearSingle(t, "q", q32, q, 64)
			bar, bar32 := singles(n)
			pbar, pbar32 := singles(n)
			SmoothBackward(bar, p, q, pbar)
			SmoothBackward(bar32, p32, q32, pbar32)
			nearSingle(t, "bar", bar32, bar, 200)
		}
		k, k32 := singles(12 * n)
		h, c := random(n), []float64{0.5, 0, 1. / 3, -0.25}
		y, y32 := singles(3 * n)
		Combine(y, y, h, c, k, 3*n)
		Combine(y32, y32, h, c, k32, 3*n)
		nearSingle(t, "Combine", y32, y, 32)
	}
}
