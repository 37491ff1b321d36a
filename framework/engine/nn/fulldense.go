package nn

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Dense is the layer u = W h + b on columns of numbers, one for each sample. It is no op of a
// tape: who calls it keeps h and the cotangents.
//
// Rows of W stand at the distance Stride: a little more than In, so that they do not meet in
// the cache.
type Dense[T tensor.Real] struct {
	W, B            *grad.Param[T]
	In, Out, Stride int
}

// NewDense returns a layer whose weights and biases start with U(-b, b), b = 1/sqrt(in), the
// rule of PyTorch's linear layers.
func NewDense[T tensor.Real](name string, in, out int) *Dense[T] {
	y := &Dense[T]{In: in, Out: out, Stride: (in+7)/8*8 + 8}
	var rows []grad.Run
	for r := range out {
		rows = append(rows, grad.Run{Off: r * y.Stride, Len: in})
	}
	y.W, y.B = grad.NewMaskedParam[T](name+".weight", out*y.Stride, rows), grad.NewParam[T](name+".bias", out)
	y.W.Shape = []int{out, in}
	start := func(values []float64, r *rand.Rand) {
		bound := 1 / math.Sqrt(float64(in))
		for i := range values {
			values[i] = bound * (2*r.Float64() - 1)
		}
	}
	y.W.Start, y.B.Start = start, start
	return y
}

// Share returns the layer with gradients of its own.
func (y *Dense[T]) Share() *Dense[T] {
	twin := *y
	twin.W, twin.B = y.W.Share(), y.B.Share()
	return &twin
}

// Forward writes u = W h + b, matrices of n columns.
func (y *Dense[T]) Forward(u []T, ldu int, h []T, ldh, n int) {
	tensor.MulSet(false, y.Out, n, y.In, y.W.Val, y.Stride, h, ldh, u, ldu, y.B.Val)
}

// Back writes the first rows of W^T ubar.
func (y *Dense[T]) Back(hbar []T, ldh, rows int, ubar []T, ldu, n int) {
	tensor.MulSet(true, rows, n, y.Out, y.W.Val, y.Stride, ubar, ldu, hbar, ldh, zero[T]())
}

// Weights adds rows from to to-1 of ubar h^T to sum, which has them at the distance ld.
func (y *Dense[T]) Weights(sum []T, ld, from, to int, ubar, h []T, ldh, n int) {
	tensor.Gemm(false, true, to-from, y.In, n, 1, ubar[from*ldh:], ldh, h, ldh, 1, sum, ld)
}

// Accumulate adds ubar h^T and the row sums of ubar to the gradients.
func (y *Dense[T]) Accumulate(ubar, h []T, ld, n int) {
	y.Weights(y.W.Grad, y.Stride, 0, y.Out, ubar, h, ld, n)
	tensor.AddRowSums(y.B.Grad, ubar, y.Out, n, ld)
}
