// Package optim has the optimisers that come with Helmholtz, and what others can be
// made of: the keys of a learning rate and its schedules, clipping, decay. It moves
// a flat vector theta and knows nothing of models, energies or losses.
package optim

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Parts are the optimisers of this package.
func Parts() []core.Part { return []core.Part{adamPart, sgdPart, naturalPart, sweepPart} }

func manifest(name, summary, reference string, keys any) core.Manifest {
	return core.Manifest{Kind: core.KindOptimizer, Name: name, Version: "1.0.0", Summary: summary, Reference: reference, Params: core.SchemaOf(keys)}
}

// checkState tests that a state that is not empty has exactly the given names.
func checkState(state map[string][]float64, names ...string) error {
	for _, name := range names {
		if _, ok := state[name]; !ok {
			return fmt.Errorf("optim: the state has no %q: it is not of this optimiser", name)
		}
	}
	if len(state) != len(names) {
		return fmt.Errorf("optim: the state has %d arrays, want %d: it is not of this optimiser", len(state), len(names))
	}
	return nil
}

func checkLengths(theta, grad, moments []float64) {
	if len(theta) != len(grad) || len(theta) != len(moments) {
		panic("optim: theta, grad and the state do not have the same length")
	}
}
