package optim

import (
	"fmt"
	"math"
	"slices"
)

// Adam is adaptive moment estimation (Kingma and Ba 2015, arXiv:1412.6980,
// algorithm 1), with t = 1, 2, ...:
//
//	m_t     = beta1 m_{t-1} + (1 - beta1) g_t
//	v_t     = beta2 v_{t-1} + (1 - beta2) g_t^2
//	theta_t = theta_{t-1} - rate mhat / (sqrt(vhat) + epsilon)
//	mhat    = m_t / (1 - beta1^t),   vhat = v_t / (1 - beta2^t)
//
// The paper's values are 0.9, 0.999 and 1e-8. Zeros mean zero: without the
// means, Adam is descent by the sign of the gradient.
type Adam struct {
	Beta1   float64 // decay of the mean gradient, in [0, 1)
	Beta2   float64 // decay of the mean squared gradient, in [0, 1)
	Epsilon float64 // > 0; keeps the step finite where gradients vanish

	t    int64
	m, v []float64
}

var _ Optimizer = (*Adam)(nil)

// Step implements Optimizer.
func (a *Adam) Step(theta, grad []float64, rate float64) {
	if a.t == 0 {
		a.m, a.v = make([]float64, len(theta)), make([]float64, len(theta))
	}
	checkLengths(theta, grad, a.m)
	a.t++
	beta1, beta2, epsilon := a.Beta1, a.Beta2, a.Epsilon
	// The bias corrections are the same for all parameters: one factor on the
	// rate and one on the root, instead of two divisions each.
	rate /= 1 - math.Pow(beta1, float64(a.t))
	root := 1 / math.Sqrt(1-math.Pow(beta2, float64(a.t)))
	m, v := a.m[:len(grad)], a.v[:len(grad)] // equal lengths: no bounds checks in the loop
	theta = theta[:len(grad)]
	for i, g := range grad {
		m[i] = beta1*m[i] + (1-beta1)*g
		v[i] = beta2*v[i] + (1-beta2)*g*g
		theta[i] -= rate * m[i] / (math.Sqrt(v[i])*root + epsilon)
	}
}

// State implements Optimizer: "step", "first_moment" and "second_moment".
func (a *Adam) State() map[string][]float64 {
	if a.t == 0 {
		return map[string][]float64{}
	}
	return map[string][]float64{
		"step":          {float64(a.t)},
		"first_moment":  slices.Clone(a.m),
		"second_moment": slices.Clone(a.v),
	}
}

// SetState implements Optimizer.
func (a *Adam) SetState(state map[string][]float64) error {
	if len(state) == 0 {
		a.t, a.m, a.v = 0, nil, nil
		return nil
	}
	if err := checkState(state, "step", "first_moment", "second_moment"); err != nil {
		return err
	}
	step, m, v := state["step"], state["first_moment"], state["second_moment"]
	if len(step) != 1 || !(step[0] >= 1) || step[0] != math.Trunc(step[0]) || len(m) != len(v) {
		return fmt.Errorf("optim: the parts of the state do not fit: step %v, %d first and %d second moments", step, len(m), len(v))
	}
	a.t, a.m, a.v = int64(step[0]), slices.Clone(m), slices.Clone(v)
	return nil
}
