package nn

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Tokens is a quantity of a sequence of tokens on N samples: for each token a
// matrix of Rows x N, the samples along the rows, and below it a row of ones, so
// that the last column of a Linear's weights is its bias.
type Tokens[T tensor.Real] struct {
	Rows, N  int
	Val, Adj []T
}

// NewTokens returns zeros, above the ones.
func NewTokens[T tensor.Real](tokens, rows, n int) *Tokens[T] {
	f := &Tokens[T]{rows, n, make([]T, tokens*(rows+1)*n), make([]T, tokens*(rows+1)*n)}
	for t := range tokens {
		ones := f.at(f.Val, t)[rows*n:]
		for s := range ones {
			ones[s] = 1
		}
	}
	return f
}

// at is token t's matrix in Val or Adj, with the row of ones.
func (f *Tokens[T]) at(of []T, t int) []T {
	size := (f.Rows + 1) * f.N
	return of[t*size : (t+1)*size]
}

// At is token t's matrix in Val or Adj.
func (f *Tokens[T]) At(of []T, t int) []T { return f.at(of, t)[:f.Rows*f.N] }

// Linear is y = W [x; 1], the same for all tokens, which are evaluated one by one.
type Linear[T tensor.Real] struct {
	W       *grad.Param[T] // Out x (In+1)
	In, Out int
}

// NewLinear returns a layer whose weights start with the variance 1/in, and its
// biases at zero.
func NewLinear[T tensor.Real](name string, in, out int) Linear[T] {
	l := NewStillLinear[T](name, in, out)
	l.W.Start = func(w []float64, r *rand.Rand) {
		for i := range out {
			for j := range in {
				w[i*(in+1)+j] = r.NormFloat64() / math.Sqrt(float64(in))
			}
		}
	}
	return l
}

// NewStillLinear returns a layer that starts at zero.
func NewStillLinear[T tensor.Real](name string, in, out int) Linear[T] {
	return Linear[T]{grad.NewParam[T](name, out, in+1), in, out}
}

// Set writes y at token t.
func (l Linear[T]) Set(y, x *Tokens[T], t int) {
	tensor.MulSet(false, l.Out, x.N, l.In+1, l.W.Val, l.In+1, x.at(x.Val, t), x.N, y.at(y.Val, t), x.N, zero[T]())
}

// Add is Set that adds to y.
func (l Linear[T]) Add(y, x *Tokens[T], t int) {
	tensor.MulAdd(false, l.Out, x.N, l.In+1, l.W.Val, l.In+1, x.at(x.Val, t), x.N, y.at(y.Val, t), x.N)
}

// Backward adds to the adjoint of x at token t what that of y implies.
func (l Linear[T]) Backward(y, x *Tokens[T], t int) {
	tensor.MulAdd(true, l.In, x.N, l.Out, l.W.Val, l.In+1, y.at(y.Adj, t), x.N, x.at(x.Adj, t), x.N)
}

// LinearScores is what a Linear's weights take from the tokens of any of the
// samples, of a single one for its score: with x and the adjoint of y sample by
// sample,
//
//	dW = sum over samples and tokens ybar [x; 1]^T.
type LinearScores[T tensor.Real] struct {
	Linear[T]
	x, y   *Tokens[T]
	tokens int
	xs, ys []T // sample x token x component, set by Turn
}

// Scores binds the layer to its input and output.
func (l Linear[T]) Scores(y, x *Tokens[T]) LinearScores[T] {
	return LinearScores[T]{Linear: l, x: x, y: y, tokens: len(x.Val) / ((x.Rows + 1) * x.N)}
}

// Scratch is the length of the scratch memory.
func (g *LinearScores[T]) Scratch() int { return g.x.N * g.tokens * (g.In + 1 + g.Out) }

// Turn brings x and the adjoint of y into the order of samples. It keeps scratch.
func (g *LinearScores[T]) Turn(scratch []T) {
	in, out, n := g.In+1, g.Out, g.x.N
	g.xs, g.ys = scratch[:n*g.tokens*in], scratch[n*g.tokens*in:g.Scratch()]
	for t := range g.tokens {
		tensor.Transpose(g.xs[t*in:], g.tokens*in, g.x.at(g.x.Val, t), in, n, n)
		tensor.Transpose(g.ys[t*out:], g.tokens*out, g.y.at(g.y.Adj, t), out, n, n)
	}
}

// Sum writes the gradient of samples from to to-1 into the layer's place of dst, a
// flat gradient. It follows Turn.
func (g *LinearScores[T]) Sum(dst []T, from, to int) {
	in, out, at := g.In+1, g.Out, g.W.Place()
	tensor.Gemm(true, false, out, in, (to-from)*g.tokens, 1, g.ys[from*g.tokens*out:], out, g.xs[from*g.tokens*in:], in, 0, dst[at:], in)
}
