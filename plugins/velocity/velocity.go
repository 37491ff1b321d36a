// Package velocity is a continuous flow whose velocity is a multilayer perceptron of
// place and time (Chen, Rubanova, Bettencourt and Duvenaud, "Neural ordinary
// differential equations", arXiv:1806.07366; as a density Grathwohl et al.,
// arXiv:1810.01367, here with the exact divergence):
//
//	dx/dt = v(x, t),   d ln p/dt = -div v,   0 <= t <= 1
//
// with x at time 0 drawn from a normal density, the standard one or another. It knows no symmetry, and
// takes fields of any shape, and particles, as so many numbers. It is trained by
// matching its velocity to given paths, which needs neither its integral nor its
// divergence, or as any other flow.
package velocity

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
	"github.com/helmholtz-physics/helmholtz/framework/flow/perceptron"
)

// config is the model's table in the run file.
type config struct {
	perceptron.Config
	Scale float64 `key:"scale" above:"0" help:"standard deviation of each coordinate of x while the velocity is zero, and the unit of length at the end of the flow"`
	flow.Integration
	flow.BaseKeys
}

// Part is the model as the host sees it.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:       core.KindModel,
		Name:       "velocity",
		Version:    "0.1.0",
		Summary:    "continuous flow by a perceptron of place and time, for flow matching",
		Reference:  "Chen, Rubanova, Bettencourt, Duvenaud, arXiv:1806.07366; Lipman, Chen, Ben-Hamu, Nickel, Le, arXiv:2210.02747",
		Spaces:     []core.SpaceKind{core.Field, core.Particles},
		Powers:     []core.Power{core.PowerPath, core.PowerSlope, core.PowerMap, core.PowerVelocity},
		Precisions: []core.Precision{core.Float32},
		Params:     core.SchemaOf(config{Config: perceptron.Defaults, Scale: 1, Integration: flow.DefaultIntegration, BaseKeys: flow.StandardBase}),
	},
	NewModel: func(s core.Settings, space core.Space) (core.Model, error) {
		var c config
		core.Decode(s, &c)
		if s.Precision() == core.Float32 {
			return open[float32](c, space)
		}
		return open[float64](c, space)
	},
}

// open makes the model that computes in T.
func open[T tensor.Real](c config, space core.Space) (core.Model, error) {
	b, err := newFlow[T](c, space)
	if err != nil {
		return nil, err
	}
	base, err := c.Base("velocity", space)
	if err != nil {
		return nil, err
	}
	return flow.New(b, space, flow.Options{Subject: "velocity", Base: base, Scratch: perceptron.Scratch[T](c.Config, space.Size(), c.Options().Slots())}), nil
}

// newFlow builds the bijection on the model's space.
func newFlow[T tensor.Real](c config, space core.Space) (*flow.Continuous[T], error) {
	d := space.Size()
	if space.Kind != core.Field && space.Kind != core.Particles || space.Box != nil || d < 1 {
		return nil, &core.Error{Kind: core.Mismatch, Op: "build model", Subject: "velocity",
			Err:  fmt.Errorf("needs a field, or particles without a box, the energy has %v", space),
			Hint: "its density has no end, and knows nothing of periods"}
	}
	field, err := perceptron.New[T](d, c.Options().Slots(), c.Config, "velocity")
	if err != nil {
		return nil, err
	}
	return &flow.Continuous[T]{Field: field, Dim: d, Time: 1, Scale: c.Scale, Options: c.Options()}, nil
}
