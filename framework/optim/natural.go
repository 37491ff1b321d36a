package optim

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Natural descends along the natural gradient, the gradient divided by the Fisher
// matrix of the model, of a density matrix also by the metric of its wave
// functions (Amari 1998, Neural Computation 10, 251):
//
//	theta_t = theta_{t-1} - rate s_t,   s_t = (F + Damping)^-1 g_t, shortened by Limit.
//
// Where F is made of blocks, as for p(K) and Psi_K of a density matrix, each part of the step is
// shortened by itself: the noise of one does not hold the other back.
//
// Such a step has a length of its own: the rate is 1 unless something else is given.
type Natural struct {
	Schedule      Schedule
	Solver        Solver
	Damping       float64 `key:"damping" above:"0" help:"added to the diagonal of the Fisher matrix"`
	MaxNorm       float64 `key:"max_norm" min:"0" help:"largest squared length of a step in the metric of the Fisher matrix, at learning rate 1; longer ones are scaled down; 0 is no limit; of a density matrix those of p(K) and of the wave functions each"`
	MaxNormStates float64 `key:"max_norm_states" min:"0" help:"max_norm of the part of p(K) of a density matrix; 0: the same. Entropies follow p(K), which a large one brings to its end sooner, with more noise until the rate is small"`
}

// Solver is how a Natural divides by the Fisher matrix. The zero value is the model's own way, which factorises it.
type Solver struct {
	Solver     string  `key:"solver" choices:"factorisation,conjugate_gradients" help:"how the gradient is divided by the Fisher matrix: by factorising it, for which each rank has the scores of all configurations; or by conjugate gradients, for which it keeps those of its own"`
	Iterations int     `key:"solver_iterations" min:"1" max:"1e6" only:"solver=conjugate_gradients" help:"most iterations of conjugate gradients in a step; one that ends there is noted and taken as it is: it goes down, but less far"`
	Tolerance  float64 `key:"solver_tolerance" min:"1e-15" below:"1" only:"solver=conjugate_gradients" help:"residual at which conjugate gradients end, relative to the gradient; of a density matrix those of p(K) and of the wave functions each"`
}

// DefaultSolver factorises, and its conjugate gradients leave errors in a step that are smaller than its noise.
var DefaultSolver = Solver{Solver: "factorisation", Iterations: 1000, Tolerance: 1e-6}

// naturalKeys are the keys of a Natural, of its schedule and its solver.
type naturalKeys struct {
	Rate
	Natural
	Solver
}

var naturalPart = core.Part{
	Manifest: manifest("natural", "natural gradient descent: divides the gradient by the Fisher matrix of the model (of a density matrix also by the metric of its wave functions), for models that can",
		"Amari 1998, Neural Computation 10, 251", naturalKeys{unitRate(), Natural{Damping: 1e-3, MaxNorm: 1e-3}, DefaultSolver}),
	NewOptimizer: func(s core.Settings, steps int64) (core.Optimizer, error) {
		k := &naturalKeys{}
		core.Decode(s, k)
		k.Natural.Schedule, k.Natural.Solver = k.Over(steps), k.Solver
		return &k.Natural, nil
	},
}

func unitRate() Rate {
	r := DefaultRate
	r.LearningRate = 1
	return r
}

// Spec implements core.Optimizer.
func (n *Natural) Spec() core.OptimizerSpec {
	if n.Solver.Solver == "conjugate_gradients" {
		return core.OptimizerSpec{Direction: core.PowerNaturalProducts, Damping: n.Damping, Iterations: n.Solver.Iterations, Tolerance: n.Solver.Tolerance}
	}
	return core.OptimizerSpec{Direction: core.PowerNatural, Damping: n.Damping}
}

// Step implements core.Optimizer.
func (n *Natural) Step(theta []float64, d core.Derivative, t int64) (float64, error) {
	checkLengths(theta, d.Gradient, d.Direction)
	step, grad := d.Direction, d.Gradient
	for k, size := range factors(d.Factors, len(theta)) {
		limit := n.MaxNorm
		if k == 0 && d.Factors != nil && n.MaxNormStates > 0 { // of p(K), which comes first
			limit = n.MaxNormStates
		}
		if err := Limit(step[:size], grad[:size], limit); err != nil {
			return 0, &core.Error{Kind: core.Numeric, Err: err}
		}
		step, grad = step[size:], grad[size:]
	}
	rate := n.Schedule.Rate(t)
	for i, s := range d.Direction {
		theta[i] -= rate * s
	}
	return rate, nil
}

// factors are the lengths of the parts of so many parameters.
func factors(given []int, parameters int) []int {
	if given == nil {
		return []int{parameters}
	}
	return given
}

// State implements core.Optimizer: there is none.
func (*Natural) State() map[string][]float64 { return map[string][]float64{} }

// SetState implements core.Optimizer. Checkpoints of version 0.1 have a velocity,
// which is the last step and decides nothing.
func (*Natural) SetState(state map[string][]float64) error {
	if len(state) == 0 {
		return nil
	}
	return checkState(state, "velocity")
}

// Limit shortens a natural gradient s = (F + damping)^-1 g, with g the gradient,
// so that the length of the step in the metric that it was made with,
//
//	s.(F + damping) s = g.s,
//
// which is about twice the relative entropy between the densities before and
// after, is at most maxNorm:
//
//	s <- min(1, sqrt(maxNorm/(g.s))) s.
//
// It is what makes natural gradients safe where F is singular or noisy, and takes
// the place of a tuned learning rate (Ba, Grosse and Martens, "Distributed
// second-order optimization using Kronecker-factored approximations", ICLR
// 2017). A maxNorm of 0 is no limit.
//
// A step that is not finite or does not descend (g.s < 0: the matrix was not
// positive) is an error, and is left as it is.
func Limit(step, grad []float64, maxNorm float64) error {
	squared := 0.0
	for i, g := range grad {
		squared += g * step[i]
	}
	if !(squared >= 0) || math.IsInf(squared, 1) {
		return fmt.Errorf("the natural gradient s has g.s = %v with the gradient g, which no positive matrix gives", squared)
	}
	if maxNorm > 0 && squared > maxNorm {
		scale := math.Sqrt(maxNorm / squared)
		for i := range step {
			step[i] *= scale
		}
	}
	return nil
}
