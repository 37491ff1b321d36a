package realnvp

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow/coupling"
)

// perceptrons are couplings of d components, at one place, with a perceptron
// for u and one for t.
func perceptrons[T tensor.Real](c config, d int) (all []coupling.Coupling[T]) {
	r := rand.New(rand.NewPCG(uint64(d), 0)) // part of the architecture, not of a run
	order := make([]int64, 0, d)
	for parity := range 2 {
		for i := parity; i < d; i += 2 {
			order = append(order, int64(i))
		}
	}
	for k := range c.Couplings {
		if k > 0 && k%2 == 0 {
			r.Shuffle(d, func(i, j int) { order[i], order[j] = order[j], order[i] })
		}
		passive, active := slices.Clone(order[:d/2]), slices.Clone(order[d/2:])
		if k%2 == 1 {
			passive, active = active, passive
		}
		sizes := []int64{int64(len(passive))}
		for range c.Layers {
			sizes = append(sizes, int64(c.Hidden))
		}
		shape := kernels.MLP{Groups: 2, Sizes: append(sizes, int64(len(active))), Activation: activations[c.Activation]}
		name := fmt.Sprintf("coupling%d", k)
		all = append(all, coupling.New(name, nn.NewChain(shape.Activation, []*nn.MLP[T]{nn.NewMLP[T](name, shape, passive)}), len(active), active))
	}
	return all
}
