package tensor

import (
	"math"
	"slices"
	"testing"
)

// Large products take copies of X and of W, blocks of their rows and columns: each row of Y
// has the bits of a product of its own, which is small, and is the triple loop's.
func TestLargeMulAddIsItsRows(t *testing.T) {
	t.Run("float64", largeMulAdd[float64])
	t.Run("float32", largeMulAdd[float32])
}

func largeMulAdd[T Real](t *testing.T) {
	const k, ld = 140, 1200 // two blocks of columns of W, whose rows are more than a page apart
	for _, shape := range [][2]int{{70, 53}, {150, 800}} {
		m, n := shape[0], shape[1]
		for _, trans := range []bool{false, true} {
			w, x, y := numbers[T](ld*ld), numbers[T](k*n), numbers[T](m*n)
			first := slices.Clone(y)
			MulAdd(trans, m, n, k, w, ld, x, n, y, n)
			row, own := make([]T, k), make([]T, n)
			for i := range m {
				for l := range k {
					row[l] = w[at(trans, ld, i, l)]
				}
				copy(own, first[i*n:])
				MulAdd(false, 1, n, k, row, k, x, n, own, n)
				if !slices.Equal(own, y[i*n:(i+1)*n]) {
					t.Fatalf("%d x %d, transposed %v: row %d differs from the product of its own", m, n, trans, i)
				}
				for j := range n {
					want, size := float64(first[i*n+j]), math.Abs(float64(first[i*n+j]))
					for l := range k {
						term := float64(row[l]) * float64(x[l*n+j])
						want, size = want+term, size+math.Abs(term)
					}
					// k roundings of partial sums, each at most the sum of magnitudes.
					if got := float64(own[j]); !(math.Abs(got-want) <= k*epsilon[T]()*size) {
						t.Fatalf("%d x %d, transposed %v: element %d %d is %v, want %v", m, n, trans, i, j, got, want)
					}
				}
			}
		}
	}
}

// The product with a transpose is that with a transposed copy, bit for bit.
func TestMulAddTurnedIsMulAdd(t *testing.T) {
	t.Run("float64", mulAddTurnedIsMulAdd[float64])
	t.Run("float32", mulAddTurnedIsMulAdd[float32])
}

func mulAddTurnedIsMulAdd[T Real](t *testing.T) {
	const ld = 151
	for _, m := range []int{1, 3, 8, 13} {
		for n := 1; n <= 100; n += 1 + n/8 {
			for _, k := range []int{0, 1, 7, 64, 150} {
				w, x, xT, y := numbers[T](m*ld), numbers[T](n*ld), make([]T, k*n), numbers[T](m*ld)
				want := slices.Clone(y)
				Transpose(xT, n, x, n, k, ld)
				MulAdd(false, m, n, k, w, ld, xT, n, want, ld)
				MulAddTurned(m, n, k, w, ld, x, ld, y, ld)
				if !slices.Equal(y, want) {
					t.Fatalf("%d x %d x %d: the bits differ from those of MulAdd", m, n, k)
				}
			}
		}
	}
}

func numbers[T Real](n int) []T {
	x := make([]T, n)
	for i, v := range random(n) {
		x[i] = T(v)
	}
	return x
}

// epsilon is the rounding of a number of order 1, a unit in the last place.
func epsilon[T Real]() float64 {
	if T(1)+0x1p-30 == T(1) {
		return 0x1p-23
	}
	return 0x1p-52
}
