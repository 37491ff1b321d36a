// Package diffusion is a model of data under noise, whose score is made of a multilayer
// perceptron of place and time (Song and Ermon, "Generative modeling by estimating gradients
// of the data distribution", arXiv:1907.05600; Ho, Jain and Abbeel, "Denoising diffusion
// probabilistic models", arXiv:2006.11239; Song, Sohl-Dickstein, Kingma, Kumar, Ermon and
// Poole, arXiv:2011.13456):
//
//	x_t = a(t) x_1 + sigma(t) eps,   s(x, t) = grad_x ln p_t(x),
//	sigma s = -sin theta y + cos theta F(y, t),   y = x/c.
//
// theta is the noise as an angle, c the standard deviation of x_t (field.go): what F has to
// learn has a size of one at all levels of noise (Karras, Aittala, Aila and Laine,
// arXiv:2206.00364, section 5; Lu and Song, arXiv:2410.11081).
//
// As a density the model is the probability flow of its score, from normal variables z at
// t = 0 to x at t = 1,
//
//	dx/dt = -f x + g^2 s/2,   d ln p/dt = -div,
//
// a continuous flow with exact divergence as any other. The score it is trained by
// needs neither the integral nor the divergence. It knows no symmetry.
package diffusion

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
	"github.com/helmholtz-physics/helmholtz/framework/flow/noising"
	"github.com/helmholtz-physics/helmholtz/framework/flow/perceptron"
)

// config is the model's table in the run file.
type config struct {
	perceptron.Config
	noising.Noise
	Scale float64 `key:"scale" above:"0" help:"standard deviation of a coordinate of the data, about which they are centred"`
	flow.Integration
}

const name = "diffusion"

var powers = []core.Power{core.PowerPath, core.PowerSlope, core.PowerMap, core.PowerVelocity, core.PowerScore, core.PowerScoreSlope}

// Part is the model as the host sees it.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:       core.KindModel,
		Name:       name,
		Version:    "0.1.0",
		Summary:    "score of data under noise by a perceptron, and the density of its probability flow",
		Reference:  "Song, Sohl-Dickstein, Kingma, Kumar, Ermon, Poole, arXiv:2011.13456; Song, Ermon, arXiv:1907.05600",
		Spaces:     []core.SpaceKind{core.Field, core.Particles},
		Powers:     powers,
		Precisions: []core.Precision{core.Float32},
		Params:     core.SchemaOf(config{Config: perceptron.Defaults, Noise: noising.Defaults, Scale: 1, Integration: flow.DefaultIntegration}),
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
	d := space.Size()
	if space.Kind != core.Field && space.Kind != core.Particles || space.Box != nil || d < 1 {
		return nil, &core.Error{Kind: core.Mismatch, Op: "build model", Subject: name,
			Err:  fmt.Errorf("needs a field, or particles without a box, the energy has %v", space),
			Hint: "its density has no end, and knows nothing of periods"}
	}
	schedule, err := noising.New(c.Noise, name)
	if err != nil {
		return nil, err
	}
	net, err := perceptron.New[T](d, c.Options().Slots(), c.Config, name)
	if err != nil {
		return nil, err
	}
	g := angle{schedule, c.Scale}
	end, _, _ := g.at(1)
	path := &flow.Continuous[T]{Field: &field[T]{net, g}, Dim: d, Time: 1, Scale: end, Options: c.Options()}
	m := &model[T]{flow: flow.New(path, space, flow.Options{Subject: name, Scratch: perceptron.Scratch[T](c.Config, d, c.Options().Slots())}),
		net:  flow.New(&flow.Continuous[T]{Field: net, Dim: d, Time: 1, Scale: 1, Options: c.Options()}, space, flow.Options{Subject: name}),
		path: path, angle: g, d: d}
	m.density, m.spec = m.flow, m.flow.Spec()
	m.spec.Powers = powers
	m.spec.Memory.PerConfiguration += 2 * 8 * float64(d) // y and bar
	return m, nil
}
