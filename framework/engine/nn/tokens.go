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
type Tokens struct {
	Rows, N  int
	Val, Adj []float64
}

// NewTokens returns zeros, above the ones.
func NewTokens(tokens, rows, n int) *Tokens {
	f := &Tokens{rows, n, make([]float64, tokens*(rows+1)*n), make([]float64, tokens*(rows+1)*n)}
	for t := range tokens {
		ones := f.at(f.Val, t)[rows*n:]
		for s := range ones {
			ones[s] = 1
		}
	}
	return f
}

// at is token t's matrix in Val or Adj, with the row of ones.
func (f *Tokens) at(of []float64, t int) []float64 {
	size := (f.Rows + 1) * f.N
	return of[t*size : (t+1)*size]
}

// At is token t's matrix in Val or Adj.
func (f *Tokens) At(of []float64, t int) []float64 { return f.at(of, t)[:f.Rows*f.N] }

// Linear is y = W [x; 1], the same for all tokens, which are evaluated one by one.
type Linear struct {
	W       *grad.Param // Out x (In+1)
	In, Out int
}

// NewLinear returns a layer whose weights start with the variance 1/in, and its
// biases at zero.
func NewLinear(name string, in, out int) Linear {
	l := NewStillLinear(name, in, out)
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
func NewStillLinear(name string, in, out int) Linear {
	return Linear{grad.NewParam(name, out, in+1), in, out}
}

// Set writes y at token t.
func (l Linear) Set(y, x *Tokens, t int) {
	tensor.MulSet(false, l.Out, x.N, l.In+1, l.W.Val, l.In+1, x.at(x.Val, t), x.N, y.at(y.Val, t), x.N, zero)
}

// Add is Set that adds to y.
func (l Linear) Add(y, x *Tokens, t int) {
	tensor.MulAdd(false, l.Out, x.N, l.In+1, l.W.Val, l.In+1, x.at(x.Val, t), x.N, y.at(y.Val, t), x.N)
}

// Backward adds to the adjoint of x at token t what that of y implies.
func (l Linear) Backward(y, x *Tokens, t int) {
	tensor.MulAdd(true, l.In, x.N, l.Out, l.W.Val, l.In+1, y.at(y.Adj, t), x.N, x.at(x.Adj, t), x.N)
}

// LinearScores is what a Linear's weights take from the tokens of any of the
// samples, of a single one for its score: with x and the adjoint of y sample by
// sample,
//
//	dW = sum over samples and tokens ybar [x; 1]^T.
type LinearScores struct {
	Linear
	x, y   *Tokens
	tokens int
	xs, ys []float64 // sample x token x component, set by Turn
}

// Scores binds the layer to its input and output.
func (l Linear) Scores(y, x *Tokens) LinearScores {
	return LinearScores{Linear: l, x: x, y: y, tokens: len(x.Val) / ((x.Rows + 1) * x.N)}
}

// Scratch is the length of the scratch memory.
func (g *LinearScores) Scratch() int { return g.x.N * g.tokens * (g.In + 1 + g.Out) }

// Turn brings x and the adjoint of y into the order of samples. It keeps scratch.
func (g *LinearScores) Turn(scratch []float64) {
	in, out, n := g.In+1, g.Out, g.x.N
	g.xs, g.ys = scratch[:n*g.tokens*in], scratch[n*g.tokens*in:g.Scratch()]
	for t := range g.tokens {
		tensor.Transpose(g.xs[t*in:], g.tokens*in, g.x.at(g.x.Val, t), in, n, n)
		tensor.Transpose(g.ys[t*out:], g.tokens*out, g.y.at(g.y.Adj, t), out, n, n)
	}
}

// Sum writes the gradient of samples from to to-1 into the layer's place of dst, a
// flat gradient. It follows Turn.
func (g *LinearScores) Sum(dst []float64, from, to int) {
	in, out := g.In+1, g.Out
	tensor.Gemm(true, false, out, in, (to-from)*g.tokens, 1, g.ys[from*g.tokens*out:], out, g.xs[from*g.tokens*in:], in, 0, g.W.In(dst), in)
}
