// Package optim moves parameters: optimisers and learning-rate schedules on a
// flat vector theta. It knows nothing of models, energies or losses.
package optim

import "fmt"

// Optimizer descends a gradient.
type Optimizer interface {
	// Step moves theta in place against grad with the learning rate of this
	// step. len(theta) = len(grad), the same in every call. After the first
	// call it allocates nothing. A gradient that is not finite spoils theta
	// and the state for good: whoever forms it checks it.
	Step(theta, grad []float64, rate float64)

	// State returns a copy of all that the next step depends on, by name, for
	// a checkpoint. It is empty before the first step.
	State() map[string][]float64

	// SetState continues from what State returned, bit for bit; it copies.
	// An empty state is that before the first step. A state of another
	// optimiser, or one whose parts do not fit together, is an error and
	// changes nothing. It must have been made with the theta that Step will
	// get, which panics on another length.
	SetState(state map[string][]float64) error
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
