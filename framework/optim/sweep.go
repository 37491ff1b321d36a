package optim

import "github.com/helmholtz-physics/helmholtz/framework/core"

// Sweep takes the step that the model makes when it fits a few of its parameters at a
// time, as in the density matrix renormalisation group (White 1992, Phys. Rev. Lett. 69,
// 2863):
//
//	theta_t = theta_{t-1} - s_t.
//
// It has no rate: how far a step goes is for the model to say.
type Sweep struct{}

var sweepPart = core.Part{
	Manifest: manifest("sweep", "the step of a model that fits a few parameters at a time, as tensor networks do", "White 1992, Phys. Rev. Lett. 69, 2863", struct{}{}),
	NewOptimizer: func(core.Settings, int64) (core.Optimizer, error) {
		return Sweep{}, nil
	},
}

// Spec implements core.Optimizer.
func (Sweep) Spec() core.OptimizerSpec { return core.OptimizerSpec{Direction: core.PowerSweep} }

// Step implements core.Optimizer.
func (Sweep) Step(theta []float64, d core.Derivative, _ int64) (float64, error) {
	checkLengths(theta, d.Gradient, d.Direction)
	for i, s := range d.Direction {
		theta[i] -= s
	}
	return 1, nil
}

// State implements core.Optimizer: there is none.
func (Sweep) State() map[string][]float64 { return map[string][]float64{} }

// SetState implements core.Optimizer.
func (Sweep) SetState(state map[string][]float64) error { return checkState(state) }
