// Package backflow is a continuous flow of identical particles (Xie, Zhang and Wang,
// arXiv:2105.08644): each is carried from z_i, normally distributed, at time 0 to x_i
// at time 1 by the velocity of package flow/manybody. A common order, rotation or
// reflection of all z_i is one of the x_i, so that p has these symmetries.
package backflow

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/ode"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
	"github.com/helmholtz-physics/helmholtz/framework/flow/manybody"
)

// config is the model's table in the run file.
type config struct {
	Hidden        int     `key:"hidden" min:"1" max:"4096" help:"hidden units of each of the functions of distance"`
	Width         float64 `key:"width" above:"0" help:"standard deviation of each coordinate before the flow, and its unit of length"`
	Softening     float64 `key:"softening" above:"0" help:"distance below which functions of distance are smooth, in units of width"`
	TimeDependent bool    `key:"time_dependent" help:"functions of distance and time"`
	Integrator    string  `key:"integrator" choices:"rk4,dopri5" help:"rk4: classical Runge-Kutta with equal steps; dopri5: Dormand-Prince with steps that meet the tolerance"`
	Steps         int     `key:"steps" min:"1" max:"10000" help:"steps of rk4"`
	Tolerance     float64 `key:"tolerance" above:"0" help:"error of a step of dopri5, in units of width"`
	flow.BaseKeys
}

// Part is the model as the host sees it.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindModel,
		Name:      "backflow",
		Version:   "0.1.0",
		Summary:   "continuous flow of identical particles, equivariant under permutations and rotations",
		Reference: "Xie, Zhang, Wang, arXiv:2105.08644",
		Spaces:    []core.SpaceKind{core.Particles},
		Powers:    []core.Power{core.PowerPath, core.PowerSlope, core.PowerMap, core.PowerVelocity},
		Params:    core.SchemaOf(config{Hidden: 50, Width: 1, Softening: 0.2, Integrator: "rk4", Steps: 20, Tolerance: 1e-6, BaseKeys: flow.StandardBase}),
	},
	NewModel: func(s core.Settings, space core.Space) (core.Model, error) {
		var c config
		core.Decode(s, &c)
		if space.Kind != core.Particles || len(space.Shape) != 2 || space.Size() < 1 {
			return nil, core.Errorf(core.Mismatch, "build model", "backflow", "needs particles, the energy has %v", space)
		}
		symmetries := []core.Symmetry{core.Permutation, core.Z2}
		if space.Shape[1] > 1 {
			symmetries = append(symmetries, core.Rotation)
		}
		base, err := c.Base("backflow", space, symmetries...)
		if err != nil {
			return nil, err
		}
		return flow.New(c.flow(space), space, flow.Options{Subject: "backflow", Base: base, Symmetries: symmetries}), nil
	},
}

// flow builds the bijection on the model's space.
func (c config) flow(space core.Space) *flow.Continuous[float64] {
	v := manybody.NewVelocity(space.Shape[0], space.Shape[1], c.Hidden, c.Softening, c.TimeDependent)
	o := ode.Options{Method: ode.DormandPrince, Tolerance: c.Tolerance}
	if c.Integrator == "rk4" {
		o = ode.Options{Method: ode.RK4, Steps: c.Steps, Keep: v.Keep(len(ode.RK4.B))}
	}
	return &flow.Continuous[float64]{Field: v, Dim: space.Size(), Time: 1, Scale: c.Width, Options: o}
}
