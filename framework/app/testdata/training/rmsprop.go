package main

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/optim"
)

// RMSprop (Tieleman and Hinton 2012, lecture 6.5): steps of the rate, in units of
// the gradient's running root mean square,
//
//	v_t     = rho v_{t-1} + (1 - rho) g_t^2
//	theta_t = theta_{t-1} - rate g_t / sqrt(v_t).
//
// Learning rate, schedule, clipping and decay are those of the standard optimisers.
type rms struct {
	optim.Rate
	optim.Clipping
	Rho float64 `key:"rho" min:"0" below:"1" help:"decay of the running mean square"`

	schedule optim.Schedule
	v        []float64
}

var rmsprop = core.Part{
	Manifest: core.Manifest{Kind: core.KindOptimizer, Name: "rmsprop", Version: "0.1.0",
		Summary: "steps in units of the gradient's root mean square", Params: core.SchemaOf(rms{Rate: optim.DefaultRate, Rho: 0.9})},
	NewOptimizer: func(s core.Settings, steps int64) (core.Optimizer, error) {
		o := &rms{}
		core.Decode(s, o)
		o.schedule = o.Over(steps)
		return o, nil
	},
}

func (o *rms) Spec() core.OptimizerSpec { return core.OptimizerSpec{Vectors: 1} }

func (o *rms) Step(theta []float64, d core.Derivative, t int64) (float64, error) {
	if o.v == nil {
		o.v = make([]float64, len(theta))
	}
	o.Shape(theta, d)
	rate := o.schedule.Rate(t)
	for i, g := range d.Gradient {
		if o.v[i] = o.Rho*o.v[i] + (1-o.Rho)*g*g; o.v[i] > 0 {
			theta[i] -= rate * g / math.Sqrt(o.v[i])
		}
	}
	return rate, nil
}

func (o *rms) State() map[string][]float64 {
	if o.v == nil {
		return nil
	}
	return map[string][]float64{"mean_square": slices.Clone(o.v)}
}

func (o *rms) SetState(state map[string][]float64) error {
	v, ok := state["mean_square"]
	if !ok && len(state) > 0 {
		return fmt.Errorf("rmsprop: the state is of another optimiser")
	}
	o.v = slices.Clone(v)
	return nil
}
