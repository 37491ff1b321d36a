package optim

import "slices"

// SGD is gradient descent with momentum (Polyak 1964), in the form that keeps
// the rate out of the velocity, so that a change of rate acts at once:
//
//	u_t     = Momentum u_{t-1} + g_t
//	theta_t = theta_{t-1} - rate u_t
//
// The zero value is plain gradient descent.
type SGD struct {
	Momentum float64 // in [0, 1)

	u []float64
}

var _ Optimizer = (*SGD)(nil)

// Step implements Optimizer.
func (s *SGD) Step(theta, grad []float64, rate float64) {
	if s.u == nil {
		s.u = make([]float64, len(theta))
	}
	checkLengths(theta, grad, s.u)
	u := s.u[:len(grad)] // equal lengths: no bounds checks in the loop
	theta = theta[:len(grad)]
	for i, g := range grad {
		u[i] = s.Momentum*u[i] + g
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
