package states

import (
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// field is a quantity of every token of a chunk: for each token a matrix of rows x
// width, the samples along the rows, and below it a row of ones, so that the last
// column of a linear layer's weights is its bias.
type field struct {
	rows, width int
	val, adj    []float64
}

func newField(tokens, rows, width int) *field {
	f := &field{rows, width, make([]float64, tokens*(rows+1)*width), make([]float64, tokens*(rows+1)*width)}
	for t := range tokens {
		ones := f.at(f.val, t)[rows*width:]
		for s := range ones {
			ones[s] = 1
		}
	}
	return f
}

// at is token t's matrix in val or adj, with the row of ones.
func (f *field) at(of []float64, t int) []float64 {
	size := (f.rows + 1) * f.width
	return of[t*size : (t+1)*size]
}

// live is token t's matrix without the row of ones.
func (f *field) live(of []float64, t int) []float64 { return f.at(of, t)[:f.rows*f.width] }

// linear is y = W [x; 1], the same for all tokens. W stands at off in theta by rows,
// of in+1 numbers each.
type linear struct {
	name         string
	off, in, out int
}

func (l linear) size() int { return l.out * (l.in + 1) }

func (l linear) weights(theta []float64) []float64 { return theta[l.off : l.off+l.size()] }

var zero = []float64{0}

// set writes y at token t, or adds to it.
func (l linear) set(theta []float64, y, x *field, t int) {
	tensor.MulSet(false, l.out, x.width, l.in+1, l.weights(theta), l.in+1, x.at(x.val, t), x.width, y.at(y.val, t), x.width, zero)
}

func (l linear) add(theta []float64, y, x *field, t int) {
	tensor.MulAdd(false, l.out, x.width, l.in+1, l.weights(theta), l.in+1, x.at(x.val, t), x.width, y.at(y.val, t), x.width)
}

// back adds to the adjoint of x at token t what that of y implies.
func (l linear) back(theta []float64, y, x *field, t int) {
	tensor.MulAdd(true, l.in, x.width, l.out, l.weights(theta), l.in+1, y.at(y.adj, t), x.width, x.at(x.adj, t), x.width)
}

// gradient is what a linear layer's weights take from the tokens of a chunk: with
// x and the adjoint of y sample by sample,
//
//	dW = sum over samples and tokens ybar [x; 1]^T.
type gradient struct {
	linear
	x, y   *field
	tokens int
	xs, ys []float64 // sample x token x component
}

func (g *gradient) sizes() (xs, ys int) {
	places := g.x.width * g.tokens
	return places * (g.in + 1), places * g.out
}

// turn transposes the matrices of all tokens into xs and ys.
func (g *gradient) turn(xs, ys []float64) {
	in, out, b := g.in+1, g.out, g.x.width
	g.xs, g.ys = xs, ys
	for t := range g.tokens {
		tensor.Transpose(xs[t*in:], g.tokens*in, g.x.at(g.x.val, t), in, b, b)
		tensor.Transpose(ys[t*out:], g.tokens*out, g.y.at(g.y.adj, t), out, b, b)
	}
}

// sum writes the gradient of samples from to to-1 into theta's place of dst.
func (g *gradient) sum(dst []float64, from, to int) {
	in, out := g.in+1, g.out
	tensor.Gemm(true, false, out, in, (to-from)*g.tokens, 1, g.ys[from*g.tokens*out:], out, g.xs[from*g.tokens*in:], in, 0, g.weights(dst), in)
}
