package optim

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// SGD is gradient descent with momentum (Polyak 1964), in the form that keeps
// the rate out of the velocity, so that a change of rate acts at once:
//
//	u_t     = Momentum u_{t-1} + g_t
//	theta_t = theta_{t-1} - rate u_t
//
// Without Momentum it is plain gradient descent.
type SGD struct {
	Schedule Schedule
	Clipping
	Momentum float64 `key:"momentum" min:"0" below:"1" help:"fraction of the last step that is kept"`

	u      []float64
	rate   float64 // of the step in hand
	pieces pieces
	moves  func(theta []float64, d core.Derivative, from, to int)
}

// sgdKeys are the keys of an SGD and of its schedule.
type sgdKeys struct {
	Rate
	SGD
}

var sgdPart = core.Part{
	Manifest: manifest("sgd", "gradient descent with momentum", "Polyak 1964, USSR Comput. Math. Math. Phys. 4, 1", sgdKeys{Rate: DefaultRate}),
	NewOptimizer: func(s core.Settings, steps int64) (core.Optimizer, error) {
		k := &sgdKeys{}
		core.Decode(s, k)
		k.SGD.Schedule = k.Over(steps)
		return &k.SGD, nil
	},
}

// Spec implements core.Optimizer.
func (*SGD) Spec() core.OptimizerSpec { return core.OptimizerSpec{Vectors: 1} }

// Step implements core.Optimizer.
func (s *SGD) Step(theta []float64, d core.Derivative, t int64) (float64, error) {
	return s.StepPart(theta, d, t, 0, len(theta)), nil
}

// StepPart implements core.PartStepper.
func (s *SGD) StepPart(theta []float64, d core.Derivative, t int64, from, to int) float64 {
	if s.u == nil {
		s.u = make([]float64, len(theta))
	}
	checkLengths(theta, d.Gradient, s.u)
	s.rate = s.Schedule.Rate(t)
	if s.moves == nil {
		s.moves = s.piece
	}
	s.pieces.each(theta, d, from, to, s.moves)
	return s.rate
}

func (s *SGD) piece(theta []float64, d core.Derivative, from, to int) {
	s.Shape(theta, d)
	u, theta := s.u[from:to][:len(d.Gradient)], theta[:len(d.Gradient)] // equal lengths: no bounds checks in the loop
	for i, g := range d.Gradient {
		u[i] = s.Momentum*u[i] + g
		theta[i] -= s.rate * u[i]
	}
}

// State implements core.Optimizer: "velocity".
func (s *SGD) State() map[string][]float64 {
	if s.u == nil {
		return map[string][]float64{}
	}
	return map[string][]float64{"velocity": slices.Clone(s.u)}
}

// SetState implements core.Optimizer.
func (s *SGD) SetState(state map[string][]float64) error {
	if len(state) == 0 {
		s.u = nil
		return nil
	}
	if err := checkState(state, "velocity"); err != nil {
		return err
	}
	s.u = slices.Clone(state["velocity"])
	return nil
}
