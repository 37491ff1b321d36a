package nn

import (
	"fmt"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Perceptron is dense layers with a smooth function between them,
//
//	u_l = W_l h_(l-1) + b_l,   h_l = f(u_l),   l = 1, ..., L,   y = u_L,
//
// which for L = 1 is linear. Of the cotangents ubar_L = ybar
//
//	hbar_(l-1) = W_l^T ubar_l,   ubar_(l-1) = f'(u_(l-1)) hbar_(l-1),   Wbar_l = ubar_l h_(l-1)^T.
//
// Layer l is Layers[l-1].
type Perceptron[T tensor.Real] struct {
	Layers []*Dense[T]
	f      kernels.Smooth
}

// NewPerceptron returns the perceptron with layers of these sizes, from the inputs to the
// outputs.
func NewPerceptron[T tensor.Real](name string, f kernels.Smooth, sizes ...int) *Perceptron[T] {
	p := &Perceptron[T]{f: f}
	for l := range len(sizes) - 1 {
		p.Layers = append(p.Layers, NewDense[T](fmt.Sprintf("%s%d", name, l+1), sizes[l], sizes[l+1]))
	}
	return p
}

// Params are the weights and biases of all layers in order.
func (p *Perceptron[T]) Params() (all []*grad.Param[T]) {
	for _, y := range p.Layers {
		all = append(all, y.W, y.B)
	}
	return all
}

// PerceptronOn is a perceptron on a chunk of samples, with gradients of its own. Its matrices
// have the samples side by side, and rows at the distance Stride.
type PerceptronOn[T tensor.Real] struct {
	Perceptron[T]
	Stride int
	h      [][]T // h_0, ..., h_(L-1), and y
	slope  [][]T // f'(u_l)
	bar    [][]T // hbar_0, ubar_1, ..., ubar_L
}

// On makes memory for up to n samples.
func (p *Perceptron[T]) On(n int) *PerceptronOn[T] {
	on := &PerceptronOn[T]{Perceptron: Perceptron[T]{slices.Clone(p.Layers), p.f}, Stride: (n+7)/8*8 + 8}
	rows := func(size int) []T { return make([]T, size*on.Stride) }
	on.h, on.bar = [][]T{rows(p.Layers[0].In)}, [][]T{rows(p.Layers[0].In)}
	for l, y := range p.Layers {
		on.Layers[l] = y.Share()
		on.h, on.bar = append(on.h, rows(y.Out)), append(on.bar, rows(y.Out))
		if l > 0 {
			on.slope = append(on.slope, rows(y.In))
		}
	}
	return on
}

// Inputs is where Forward reads h_0.
func (on *PerceptronOn[T]) Inputs() []T { return on.h[0] }

// Forward returns y of n samples.
func (on *PerceptronOn[T]) Forward(n int) []T {
	last := len(on.Layers) - 1
	for l, y := range on.Layers {
		if l == last {
			break
		}
		y.Forward(on.slope[l], on.Stride, on.h[l], on.Stride, n)
		kernels.SmoothForward(on.f, on.h[l+1], on.slope[l], nil)
	}
	on.Layers[last].Forward(on.h[last+1], on.Stride, on.h[last], on.Stride, n)
	return on.h[last+1]
}

// Cotangents is where Backward reads ybar.
func (on *PerceptronOn[T]) Cotangents() []T { return on.bar[len(on.Layers)] }

// Backward adds to the gradients and, if they are asked for, returns the cotangents of the
// inputs, of the n samples that Forward has computed last.
func (on *PerceptronOn[T]) Backward(n int, inputs bool) []T {
	for l := len(on.Layers) - 1; l >= 0; l-- {
		y := on.Layers[l]
		y.Accumulate(on.bar[l+1], on.h[l], on.Stride, n)
		if l == 0 && !inputs {
			return nil
		}
		y.Back(on.bar[l], on.Stride, y.In, on.bar[l+1], on.Stride, n)
		if l > 0 {
			kernels.SmoothBackward(on.bar[l], on.slope[l-1], nil, nil)
		}
	}
	return on.bar[0]
}
