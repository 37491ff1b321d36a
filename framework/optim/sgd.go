package optim

import "slices"

// SGD is gradient descent with momentum (Polyak 1964; the form without the
// rate in the velocity, so that a change of rate acts at once):
//
//	u_t     = Momentum u_{t-1} + g_t
//	theta_t = theta_{t-1} - rate u_t
//
// The zero value is plain gradient descent.
type SGD struct {
	Momentum float64 // in [0, 1)

	u           []float64
	theta, grad []float64 // of the step at hand
	rate        float64
	blocks      *blocks
}

var _ Optimizer = (*SGD)(nil)

// Step implements Optimizer.
func (s *SGD) Step(theta, grad []float64, rate float64) {
	if s.u == nil {
		s.u = make([]float64, len(theta))
	}
	checkLengths(theta, grad, s.u)
	if s.blocks == nil {
		s.blocks = newBlocks(s.kernel)
	}
	s.theta, s.grad, s.rate = theta, grad, rate
	s.blocks.run(len(theta))
	s.theta, s.grad = nil, nil // the caller's
}

func (s *SGD) kernel(lo, hi int) {
	momentum, rate := s.Momentum, s.rate
	theta, u := s.theta[lo:hi], s.u[lo:hi]
	for i, g := range s.grad[lo:hi] {
		u[i] = momentum*u[i] + g
		theta[i] -= rate * u[i]
	}
}

// State implements Optimizer: "velocity".
func (s *SGD) State() map[string][]float64 {
	if s.u == nil {
		return map[string][]float64{}
	}
	return map[string][]float64{"velocity": slices.Clone(s.u)}
}

// SetState implements Optimizer.
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
