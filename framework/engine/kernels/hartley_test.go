package kernels

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// The definition by sums over all sites, on lattices with even, odd and short axes; columns that are
// not asked for stay, and a column has the same bits wherever it stands.
func TestHartley(t *testing.T) {
	for _, shape := range [][]int{{1}, {2}, {3}, {16}, {4, 4}, {5, 2}, {1, 6}, {3, 4, 2}} {
		t.Run(fmt.Sprint(shape, 64), func(t *testing.T) { hartleyIsItsSum[float64](t, shape, 1e-14) })
		t.Run(fmt.Sprint(shape, 32), func(t *testing.T) { hartleyIsItsSum[float32](t, shape, 1e-5) })
	}
}

func hartleyIsItsSum[T tensor.Real](t *testing.T, shape []int, tolerance float64) {
	h := NewHartley[T](shape)
	for _, n := range []int{1, 7, 8, 16, 21} {
		ld := n + 2
		x := make([]T, h.sites*ld)
		for i, v := range random(len(x)) {
			x[i] = T(v)
		}
		y := slices.Clone(x)
		h.Transform(y, n, ld)
		for k := range h.sites {
			if !slices.Equal(y[k*ld+n:(k+1)*ld], x[k*ld+n:(k+1)*ld]) {
				t.Fatalf("n = %d: columns behind the last were written", n)
			}
		}
		own := make([]T, h.sites)
		for j := range n {
			for r := range own {
				own[r] = x[r*ld+j]
			}
			h.Transform(own, 1, 1)
			for k := range h.sites {
				if own[k] != y[k*ld+j] {
					t.Fatalf("n = %d: column %d has other bits alone", n, j)
				}
				want := 0.0
				for r := range h.sites {
					want += float64(x[r*ld+j]) * casOf(shape, k, r)
				}
				// Sums of some tens of terms of order 1.
				if math.Abs(float64(own[k])-want) > tolerance {
					t.Fatalf("n = %d: number %d of column %d is %v, want %v", n, k, j, own[k], want)
				}
			}
		}
	}
}

// casOf is the product over the axes of cas(2 pi k r/L)/sqrt(L).
func casOf(shape []int, k, r int) float64 {
	product := 1.0
	for _, l := range slices.Backward(shape) {
		angle := 2 * math.Pi * float64(k%l*(r%l)%l) / float64(l)
		product *= (math.Cos(angle) + math.Sin(angle)) / math.Sqrt(float64(l))
		k, r = k/l, r/l
	}
	return product
}

// The transforms of Monge-Ampere flows with translations.
func BenchmarkHartley(b *testing.B) {
	b.Run("float64", benchHartley[float64])
	b.Run("float32", benchHartley[float32])
}

func benchHartley[T tensor.Real](b *testing.B) {
	h := NewHartley[T]([]int{16, 16})
	x := make([]T, h.sites*136)
	for i := range x {
		x[i] = T(i%7) - 3
	}
	for range enginetest.Loop(b) {
		h.Transform(x, 32, 136)
	}
}
