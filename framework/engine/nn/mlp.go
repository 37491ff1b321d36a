package nn

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// MLP is a bundle of small networks with their weights, evaluated at many
// places. It is no op of a tape: Backward computes the activations again, which
// for narrow networks is faster than to fetch them from memory.
type MLP[T tensor.Real] struct {
	Shape kernels.MLP
	W     *grad.Param[T]
	In    []int64 // rows of x that each place reads, place after place
	Still int     // of the groups, so many last ones have outputs that start at zero
}

// NewMLP returns the bundle with all weights zero.
func NewMLP[T tensor.Real](name string, shape kernels.MLP, in []int64) *MLP[T] {
	m := &MLP[T]{Shape: shape, W: grad.NewParam[T](name, shape.Weights()), In: in}
	m.W.Start = m.start
	return m
}

// Rows is the number of rows of y: those of the first place, then the next.
func (m *MLP[T]) Rows() int { return len(m.In) / int(m.Shape.Sizes[0]) * m.Shape.Outputs() }

// Forward writes y at rows of length n of x.
func (m *MLP[T]) Forward(y, x []T, n int, scratch []T) {
	kernels.MLPForward(m.Shape, y, x, m.W.Val, m.In, n, scratch)
}

// Backward adds to dx and, if it is asked for, to the gradient of the weights.
func (m *MLP[T]) Backward(dx, dy, x []T, n int, scratch []T, weights bool) {
	var dw []T
	if weights {
		dw = m.W.Grad
	}
	kernels.MLPBackward(m.Shape, dx, dw, dy, x, m.W.Val, m.In, n, scratch)
}

// start draws weights and biases from U(-b, b), b = 1/sqrt(inputs of the layer),
// the rule of PyTorch's linear layers, and zeros for the outputs of still groups.
func (m *MLP[T]) start(values []float64, r *rand.Rand) {
	var weights, biases []float64 // of the last layer, those of still groups
	m.Shape.Layers(func(from, rows, cols int) {
		bound := 1 / math.Sqrt(float64(cols))
		layer := values[from : from+rows*(cols+1)]
		for i := range layer {
			layer[i] = bound * (2*r.Float64() - 1)
		}
		moving := rows / m.Shape.Groups * (m.Shape.Groups - m.Still)
		weights, biases = layer[moving*cols:rows*cols], layer[rows*cols+moving:]
	})
	clear(weights)
	clear(biases)
}
