package tensor

// Sparse is a square matrix of Rows rows with Terms numbers in each: number k of
// row r stands in column At[r*Terms+k]. The numbers themselves are passed to the
// functions, in the same order.
type Sparse[T Real] struct {
	Rows, Terms int
	At          []int64
}

// Mul computes Y += A X, or Y = A X if set, for matrices of n columns with row
// stride ld.
func (s Sparse[T]) Mul(set bool, y, a, x []T, n, ld int) {
	s.check(y, a, x, n, ld)
	if s.Rows > 0 && n > 0 {
		sparseMul(s, set, y, a, x, n, ld)
	}
}

// Dots adds dL/dA to abar, for Y = A X with dL/dY = ybar.
func (s Sparse[T]) Dots(abar, ybar, x []T, n, ld int) {
	s.check(ybar, abar, x, n, ld)
	if s.Rows > 0 && n > 0 {
		sparseDots(s, abar, ybar, x, n, ld)
	}
}

func (s Sparse[T]) check(y, a, x []T, n, ld int) {
	need("Sparse: y", y, s.Rows, n, ld)
	need("Sparse: x", x, s.Rows, n, ld)
	need("Sparse: a", a, s.Rows, s.Terms, s.Terms)
	if len(s.At) != s.Rows*s.Terms {
		panic("tensor: Sparse: columns of another shape")
	}
	for _, at := range s.At {
		if at < 0 || int(at) >= s.Rows {
			panic("tensor: Sparse: no such column")
		}
	}
}
