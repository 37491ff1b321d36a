package nn

import (
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Chain is a network of stages. A stage is some bundles that read the rows of
// the stage before it and write theirs below each other; between stages stands
// the activation. A perceptron is one stage of one bundle; a convolutional
// network has a stage for each layer, whose places are the sites.
//
// A Chain keeps nothing: Backward repeats the stages before the last.
type Chain[T tensor.Real] struct {
	stages     [][]*MLP[T]
	activation kernels.Activation
}

// NewChain joins stages.
func NewChain[T tensor.Real](f kernels.Activation, stages ...[]*MLP[T]) *Chain[T] {
	return &Chain[T]{stages, f}
}

// Share returns the same network with gradients of its own.
func (c *Chain[T]) Share() *Chain[T] {
	twin := &Chain[T]{activation: c.activation}
	for _, stage := range c.stages {
		var shared []*MLP[T]
		for _, m := range stage {
			shared = append(shared, &MLP[T]{m.Shape, m.W.Share(), m.In, m.Still})
		}
		twin.stages = append(twin.stages, shared)
	}
	return twin
}

// Bundles are all its bundles in order.
func (c *Chain[T]) Bundles() (all []*MLP[T]) {
	for _, stage := range c.stages {
		all = append(all, stage...)
	}
	return all
}

// Params are the weights of its bundles.
func (c *Chain[T]) Params() (all []*grad.Param[T]) {
	for _, m := range c.Bundles() {
		all = append(all, m.W)
	}
	return all
}

// Scratch is the length of the scratch memory for rows of length n.
func (c *Chain[T]) Scratch(n int) int {
	own := 0
	for _, m := range c.Bundles() {
		own = max(own, m.Shape.Scratch())
	}
	maps, widest := 0, 0
	for _, stage := range c.stages[:len(c.stages)-1] {
		maps, widest = maps+rows(stage), max(widest, rows(stage))
	}
	return own + (maps+2*widest)*n
}

func rows[T tensor.Real](stage []*MLP[T]) int {
	sum := 0
	for _, m := range stage {
		sum += m.Rows()
	}
	return sum
}

// Forward writes y at rows of length n of x.
func (c *Chain[T]) Forward(y, x []T, n int, scratch []T) {
	x, scratch, _ = c.hidden(x, n, scratch)
	c.forward(len(c.stages)-1, y, x, n, scratch)
}

func (c *Chain[T]) forward(stage int, y, x []T, n int, scratch []T) {
	for _, m := range c.stages[stage] {
		m.Forward(y, x, n, scratch)
		y = y[m.Rows()*n:]
	}
}

// hidden computes all stages but the last, one behind the other at the end of
// scratch. It returns what the last stage reads, the scratch left, and the maps
// from the first to the last.
func (c *Chain[T]) hidden(x []T, n int, scratch []T) (top, left, maps []T) {
	all := 0
	for _, stage := range c.stages[:len(c.stages)-1] {
		all += rows(stage) * n
	}
	left, maps = scratch[:len(scratch)-all], scratch[len(scratch)-all:]
	y := maps
	for l, stage := range c.stages[:len(c.stages)-1] {
		size := rows(stage) * n
		c.forward(l, y[:size], x, n, left)
		kernels.Activate(c.activation, y[:size])
		x, y = y[:size], y[size:]
	}
	return x, left, maps
}

// Backward adds to dx and, if they are asked for, to the gradients of the
// weights.
func (c *Chain[T]) Backward(dx, dy, x []T, n int, scratch []T, weights bool) {
	_, left, maps := c.hidden(x, n, scratch)
	widest := 0
	for _, stage := range c.stages[:len(c.stages)-1] {
		widest = max(widest, rows(stage)*n)
	}
	a, b, left := left[:widest], left[widest:2*widest], left[2*widest:]
	for l := len(c.stages) - 1; l > 0; l-- {
		size := rows(c.stages[l-1]) * n
		h := maps[len(maps)-size:]
		maps = maps[:len(maps)-size]
		clear(a[:size])
		c.backward(l, a[:size], dy, h, n, left, weights)
		kernels.ActivateBackward(c.activation, a[:size], h)
		dy, a, b = a[:size], b, a
	}
	c.backward(0, dx, dy, x, n, left, weights)
}

func (c *Chain[T]) backward(stage int, dx, dy, x []T, n int, scratch []T, weights bool) {
	for _, m := range c.stages[stage] {
		m.Backward(dx, dy, x, n, scratch, weights)
		dy = dy[m.Rows()*n:]
	}
}
