package optim

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
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
	Schedule Schedule
	Clipping
	Beta1   float64 `key:"beta1" min:"0" below:"1" help:"decay of the gradient's running mean"`
	Beta2   float64 `key:"beta2" min:"0" below:"1" help:"decay of the squared gradient's running mean"`
	Epsilon float64 `key:"epsilon" above:"0" help:"added to the root of the squared gradient's mean, so that the step is finite where gradients vanish"`

	t          int64
	m, v       []float64
	rate, root float64 // of the step in hand
	pieces     pieces
	moves      func(theta []float64, d core.Derivative, from, to int)
}

// adamKeys are the keys of an Adam and of its schedule.
type adamKeys struct {
	Rate
	Adam
}

var adamPart = core.Part{
	Manifest: manifest("adam", "adaptive moment estimation: steps of a size that the gradient's own spread decides", "Kingma and Ba 2015, arXiv:1412.6980",
		adamKeys{DefaultRate, Adam{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8}}),
	NewOptimizer: func(s core.Settings, steps int64) (core.Optimizer, error) {
		k := &adamKeys{}
		core.Decode(s, k)
		k.Adam.Schedule = k.Over(steps)
		return &k.Adam, nil
	},
}

// Spec implements core.Optimizer.
func (*Adam) Spec() core.OptimizerSpec { return core.OptimizerSpec{Vectors: 2} }

// Step implements core.Optimizer.
func (a *Adam) Step(theta []float64, d core.Derivative, t int64) (float64, error) {
	return a.StepPart(theta, d, t, 0, len(theta)), nil
}

// StepPart implements core.PartStepper.
func (a *Adam) StepPart(theta []float64, d core.Derivative, t int64, from, to int) float64 {
	if a.t == 0 {
		a.m, a.v = make([]float64, len(theta)), make([]float64, len(theta))
	}
	checkLengths(theta, d.Gradient, a.m)
	a.t++
	rate := a.Schedule.Rate(t)
	// The bias corrections are the same for all parameters: one factor on the
	// rate and one on the root, instead of two divisions each.
	a.rate = rate / (1 - math.Pow(a.Beta1, float64(a.t)))
	a.root = 1 / math.Sqrt(1-math.Pow(a.Beta2, float64(a.t)))
	if a.moves == nil {
		a.moves = a.piece
	}
	a.pieces.each(theta, d, from, to, a.moves)
	return rate
}

func (a *Adam) piece(theta []float64, d core.Derivative, from, to int) {
	a.Shape(theta, d)
	grad := d.Gradient
	beta1, beta2, epsilon, rate, root := a.Beta1, a.Beta2, a.Epsilon, a.rate, a.root
	m, v := a.m[from:to][:len(grad)], a.v[from:to][:len(grad)] // equal lengths: no bounds checks in the loop
	theta = theta[:len(grad)]
	for i, g := range grad {
		m[i] = beta1*m[i] + (1-beta1)*g
		v[i] = beta2*v[i] + (1-beta2)*g*g
		theta[i] -= rate * m[i] / (math.Sqrt(v[i])*root + epsilon)
	}
}

// State implements core.Optimizer: "step", "first_moment" and "second_moment".
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

// SetState implements core.Optimizer.
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
