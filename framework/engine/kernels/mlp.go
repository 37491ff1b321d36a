package kernels

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Activation names the function of hidden units.
type Activation int

const (
	ELU       Activation = iota // x, or exp(x)-1 where x < 0
	Tanh                        // tanh x
	LeakyReLU                   // x, or x/100 where x < 0
	Softplus                    // ln(1 + exp(x))
)

// MLP is the shape of Groups perceptrons of equal sizes that read the same
// inputs and are evaluated together:
//
//	h_1 = f(W_1 x + b_1),   h_l = f(W_l h_(l-1) + b_l),   y = W h + b
//
// Nothing is multiplied between groups. The weights are one vector, layer after
// layer: for each group its units x inputs, then the biases of all groups.
type MLP struct {
	Groups     int
	Sizes      []int64 // inputs, units of each hidden layer per group, outputs per group
	Activation Activation
}

// Outputs is the number of rows that one evaluation makes: all outputs of the
// first group, then those of the next.
func (m MLP) Outputs() int { return m.Groups * int(m.Sizes[len(m.Sizes)-1]) }

// Layers calls f with the place in the weights and the shape of each layer:
// rows x cols weights at from, then rows biases. Groups stand below each other.
func (m MLP) Layers(f func(from, rows, cols int)) {
	from := 0
	for l := range len(m.Sizes) - 1 {
		rows, cols := m.Groups*int(m.Sizes[l+1]), int(m.Sizes[l])
		f(from, rows, cols)
		from += rows * (cols + 1)
	}
}

// Weights is the length of the vector of weights.
func (m MLP) Weights() int {
	size := 0
	m.Layers(func(_, rows, cols int) { size += rows * (cols + 1) })
	return size
}

// Scratch is the length of the scratch memory of one thread, of numbers of either type.
func (m MLP) Scratch() int { return mlpScratch(m) }

// MLPForward evaluates the networks at many places of x, whose rows have length n:
// place p reads the rows in[p*inputs : (p+1)*inputs] and writes the rows
// p*Outputs() and following of y. Activations are not kept.
func MLPForward[T tensor.Real](m MLP, y, x, w []T, in []int64, n int, scratch []T) {
	if places := mlpCheck(m, x, w, in, n, scratch); places*n > 0 {
		need("MLP: y", y, places*m.Outputs(), n, n)
		mlpForward(m, y, x, w, in, places, n, scratch)
	}
}

// MLPBackward adds (dy/dx)^T dy to the rows of dx that were read, and the gradient
// in the weights to dw, unless that is nil. It computes the activations again.
func MLPBackward[T tensor.Real](m MLP, dx, dw, dy, x, w []T, in []int64, n int, scratch []T) {
	if places := mlpCheck(m, x, w, in, n, scratch); places*n > 0 {
		need("MLP: dx", dx, 1, len(x), len(x))
		need("MLP: dy", dy, places*m.Outputs(), n, n)
		if dw != nil {
			need("MLP: dw", dw, 1, len(w), len(w))
		}
		mlpBackward(m, dx, dw, dy, x, w, in, places, n, scratch)
	}
}

// mlpCheck panics on wrong lengths and returns the number of places.
func mlpCheck[T tensor.Real](m MLP, x, w []T, in []int64, n int, scratch []T) int {
	inputs := int(m.Sizes[0])
	if inputs < 1 || len(in)%inputs != 0 {
		panic(fmt.Sprintf("kernels: MLP: %d inputs at places of %d", len(in), inputs))
	}
	for _, r := range in {
		if r < 0 || int(r+1)*n > len(x) {
			panic(fmt.Sprintf("kernels: MLP: row %d of %d", r, len(x)/max(n, 1)))
		}
	}
	need("MLP: weights", w, 1, m.Weights(), m.Weights())
	need("MLP: scratch", scratch, 1, m.Scratch(), m.Scratch())
	return len(in) / inputs
}

// Activate writes f(y) over y.
func Activate[T tensor.Real](f Activation, y []T) {
	if len(y) > 0 {
		activate(f, y)
	}
}

// ActivateBackward multiplies dy by the derivative of f where its value is y.
func ActivateBackward[T tensor.Real](f Activation, dy, y []T) {
	need("ActivateBackward", y, 1, len(dy), len(dy))
	if len(dy) > 0 {
		activateBackward(f, dy, y)
	}
}
