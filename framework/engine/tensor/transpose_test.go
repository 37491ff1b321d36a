package tensor

import (
	"math"
	"testing"
)

// Rows and columns around the squares that the kernels turn at a time, and nothing beside
// them is touched.
func TestTranspose(t *testing.T) {
	t.Run("float64", transposed[float64])
	t.Run("float32", transposed[float32])
}

func transposed[T Real](t *testing.T) {
	for _, rows := range []int{1, 3, 4, 7, 8, 9, 16, 21} {
		for _, cols := range widths {
			ldx, ldy := cols+3, rows+2
			x, y := numbers[T](rows*ldx), numbers[T](cols*ldy)
			for i := range y {
				y[i] = T(math.Inf(1))
			}
			Transpose(y, ldy, x, rows, cols, ldx)
			for j := range cols {
				for i := range ldy {
					want := T(math.Inf(1))
					if i < rows {
						want = x[i*ldx+j]
					}
					if y[j*ldy+i] != want {
						t.Fatalf("%d x %d: row %d, column %d of the transpose is %v, want %v", rows, cols, j, i, y[j*ldy+i], want)
					}
				}
			}
		}
	}
}
