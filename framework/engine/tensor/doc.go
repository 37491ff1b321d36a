// Package tensor is the bottom of the engine: matrix products, factorisations
// and vectorised kernels, row-major: on []float64, and where weights and
// activations can have half the bits also on []float32.
//
// The default build calls OpenBLAS and LAPACK (one thread: parallelism belongs
// to package par) and C kernels; the build tag purego, or CGO_ENABLED=0,
// selects Go twins of all. Every kernel, MulAdd included, computes each element
// by the same chain of operations wherever the element stands in its slice, so
// results do not depend on how a batch is cut; Gemm and LU promise no such
// thing. Wrong lengths panic: they are a programmer's mistake.
package tensor

// Real is the type of the numbers of weights and activations. Kernels of float32 compute
// in float32, sums over samples and along a row of numbers included; probabilities and
// their logarithms are float64, of either type.
type Real interface{ float32 | float64 }

// need panics unless s can hold a rows x cols matrix with leading dimension ld.
func need[T Real](name string, s []T, rows, cols, ld int) {
	if rows < 0 || cols < 0 || ld < cols {
		panic("tensor: " + name + ": bad shape")
	}
	if rows > 0 && cols > 0 && len(s) < (rows-1)*ld+cols {
		panic("tensor: " + name + ": slice too short")
	}
}

// Gemm computes C = alpha op(A) op(B) + beta C, row-major: op(A) is m x k,
// op(B) is k x n, C is m x n; lda, ldb, ldc are the row strides of the stored
// matrices and op(M) is M or its transpose. beta = 0 overwrites C, whatever it
// held.
func Gemm[T Real](transA, transB bool, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	if transA {
		need("Gemm: A", a, k, m, lda)
	} else {
		need("Gemm: A", a, m, k, lda)
	}
	if transB {
		need("Gemm: B", b, n, k, ldb)
	} else {
		need("Gemm: B", b, k, n, ldb)
	}
	need("Gemm: C", c, m, n, ldc)
	if m == 0 || n == 0 {
		return
	}
	if k == 0 {
		for i := range m {
			scale(beta, c[i*ldc:i*ldc+n])
		}
		return
	}
	gemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

func scale[T Real](beta T, x []T) {
	if beta == 0 {
		clear(x)
		return
	}
	for i := range x {
		x[i] *= beta
	}
}

// MulAdd computes Y += op(W) X: Y is m x n, op(W) is m x k and X is k x n, with
// row strides ldy, ldw and ldx of the stored matrices. It is the product of
// weights with a chunk of activations. X is read in place, which beats Gemm
// (that copies it first) as long as X fits the processor's caches. Each element
// of Y is one chain of multiply-adds in the order of k: splitting m, n or k
// over several calls does not change a bit of the result.
func MulAdd[T Real](transW bool, m, n, k int, w []T, ldw int, x []T, ldx int, y []T, ldy int) {
	if k > 0 {
		product(transW, m, n, k, w, ldw, x, ldx, y, ldy, nil)
	}
}

// MulSet computes Y = B + op(W) X where row i of B is b[i], or b[0] if that is
// all: the same bits as FillRows and MulAdd in one go.
func MulSet[T Real](transW bool, m, n, k int, w []T, ldw int, x []T, ldx int, y []T, ldy int, b []T) {
	if len(b) != m && len(b) != 1 {
		panic("tensor: MulSet: b has the wrong length")
	}
	if k == 0 {
		FillRows(y, m, n, ldy, b)
		return
	}
	product(transW, m, n, k, w, ldw, x, ldx, y, ldy, b)
}

// MulAddTurned computes Y += W X^T with the bits that MulAdd has: Y is m x n, W is m x k and X is
// n x k. It is the gradient of weights, sums over samples: X is transposed a few columns of Y at a time, in the
// first cache.
func MulAddTurned[T Real](m, n, k int, w []T, ldw int, x []T, ldx int, y []T, ldy int) {
	need("MulAddTurned: W", w, m, k, ldw)
	need("MulAddTurned: X", x, n, k, ldx)
	need("MulAddTurned: Y", y, m, n, ldy)
	if m > 0 && n > 0 && k > 0 {
		mulAddTurned(m, n, k, w, ldw, x, ldx, y, ldy)
	}
}

// product is MulAdd, or MulSet where start is not nil.
func product[T Real](transW bool, m, n, k int, w []T, ldw int, x []T, ldx int, y []T, ldy int, start []T) {
	wi, wk := ldw, 1
	if transW {
		wi, wk = 1, ldw
		need("MulAdd: W", w, k, m, ldw)
	} else {
		need("MulAdd: W", w, m, k, ldw)
	}
	need("MulAdd: X", x, k, n, ldx)
	need("MulAdd: Y", y, m, n, ldy)
	if m > 0 && n > 0 {
		mulAdd(m, n, k, w, wi, wk, x, ldx, y, ldy, start)
	}
}
