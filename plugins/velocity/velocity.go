// Package velocity is a continuous flow whose velocity is a multilayer perceptron of
// place and time (Chen, Rubanova, Bettencourt and Duvenaud, "Neural ordinary
// differential equations", arXiv:1806.07366; as a density Grathwohl et al.,
// arXiv:1810.01367, here with the exact divergence):
//
//	dx/dt = v(x, t),   d ln p/dt = -div v,   0 <= t <= 1
//
// with x at time 0 drawn from the standard normal density. It knows no symmetry, and
// takes fields of any shape, and particles, as so many numbers. It is trained by
// matching its velocity to given paths, which needs neither its integral nor its
// divergence, or as any other flow.
package velocity

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/ode"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// config is the model's table in the run file.
type config struct {
	Width       int     `key:"width" min:"1" max:"65536" help:"units of each hidden layer"`
	Depth       int     `key:"depth" min:"1" max:"64" help:"hidden layers"`
	Activation  string  `key:"activation" choices:"silu,tanh" help:"function of the hidden units; silu: u/(1 + exp(-u))"`
	Frequencies int     `key:"frequencies" min:"0" max:"256" help:"cosines and sines of 2 pi k t, k = 1, 2, ..., that the first layer reads beside t"`
	Scale       float64 `key:"scale" above:"0" help:"standard deviation of each coordinate of x while the velocity is zero, and the unit of length at the end of the flow"`
	Integrator  string  `key:"integrator" choices:"rk4,dopri5" help:"rk4: classical Runge-Kutta with equal steps; dopri5: Dormand-Prince with steps that meet the tolerance"`
	Steps       int     `key:"steps" min:"1" max:"10000" help:"steps of rk4"`
	Tolerance   float64 `key:"tolerance" above:"0" help:"error of a step of dopri5, in units of scale"`
}

var activations = map[string]kernels.Smooth{"silu": kernels.SiLU, "tanh": kernels.SmoothTanh}

// Part is the model as the host sees it.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindModel,
		Name:      "velocity",
		Version:   "0.1.0",
		Summary:   "continuous flow by a perceptron of place and time, for flow matching",
		Reference: "Chen, Rubanova, Bettencourt, Duvenaud, arXiv:1806.07366; Lipman, Chen, Ben-Hamu, Nickel, Le, arXiv:2210.02747",
		Spaces:    []core.SpaceKind{core.Field, core.Particles},
		Powers:    []core.Power{core.PowerPath, core.PowerSlope, core.PowerMap, core.PowerVelocity},
		Params:    core.SchemaOf(config{Width: 128, Depth: 3, Activation: "silu", Frequencies: 2, Scale: 1, Integrator: "rk4", Steps: 20, Tolerance: 1e-6}),
	},
	NewModel: func(s core.Settings, space core.Space) (core.Model, error) {
		var c config
		core.Decode(s, &c)
		b, err := c.flow(space)
		if err != nil {
			return nil, err
		}
		return flow.New(b, space, flow.Options{Subject: "velocity", Scratch: c.scratch(space.Size())}), nil
	},
}

// flow builds the bijection on the model's space.
func (c config) flow(space core.Space) (*flow.Continuous, error) {
	d := space.Size()
	if space.Kind != core.Field && space.Kind != core.Particles || space.Box != nil || d < 1 {
		return nil, &core.Error{Kind: core.Mismatch, Op: "build model", Subject: "velocity",
			Err:  fmt.Errorf("needs a field, or particles without a box, the energy has %v", space),
			Hint: "its density has no end, and knows nothing of periods"}
	}
	if err := core.Afford(parameterBytes*c.weights(d), "model velocity", fmt.Sprintf("%d layers of %d units on %d components", c.Depth, c.Width, d),
		"a smaller width or depth"); err != nil {
		return nil, err
	}
	if err := core.Afford(c.scratch(d), "model velocity", fmt.Sprintf("the Jacobian of %d layers of %d units in %d components", c.Depth, c.Width, d),
		"a smaller width or depth"); err != nil {
		return nil, err
	}
	return &flow.Continuous{Field: newField(d, c), Dim: d, Time: 1, Scale: c.Scale, Options: c.options()}, nil
}

// options are those of the integration.
func (c config) options() ode.Options {
	if c.Integrator == "rk4" {
		return ode.Options{Method: ode.RK4, Steps: c.Steps, Keep: 1}
	}
	return ode.Options{Method: ode.DormandPrince, Tolerance: c.Tolerance}
}

// parameterBytes are the value and the gradient of a parameter.
const parameterBytes = 16

// weights is about how many there are, as a float64 because a mistake may well exceed
// the integers.
func (c config) weights(d int) float64 {
	width := float64(c.Width)
	return width * (float64(2*d+2*c.Frequencies+3) + float64(c.Depth-1)*(width+1))
}

// scratch is about how many bytes a workspace takes of a configuration: values and
// derivatives of the hidden units in each slot, and the Jacobian of each layer.
func (c config) scratch(d int) float64 {
	slots, jacobians := float64(3*c.Depth*c.options().Slots()), float64((c.Depth+2)*d)
	return 8 * float64(c.Width) * (slots + jacobians)
}
