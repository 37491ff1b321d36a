// Package mongeampere is the Monge-Ampere flow of Zhang, E and Wang,
// arXiv:1809.10188: x is where a fluid that starts at z, normally distributed,
// has been carried to by the gradient of a potential,
//
//	dx/dt = grad phi(x),   d ln p/dt = -lap phi(x),   0 <= t <= time
//
// with one hidden layer of ridge functions,
//
//	phi(x)      = sum_h a_h f(u_h),   u_h = w_h . x + b_h
//	grad phi(x) = sum_h a_h f'(u_h) w_h
//	lap phi(x)  = sum_h a_h f''(u_h) |w_h|^2
//
// where some ridge functions may be of one number alone, w_h . x = w x_i (local.go).
// f is ln cosh without b, for an even potential, softplus, or u^2/2. The equations are
// integrated by steps of the classical Runge-Kutta method. With u^2/2 the potential is of
// second degree: with its matrix S of second derivatives the map is exp(S time), symmetric
// and positive, so that between normal densities it is the one of least transport cost
// (Brenier 1991).
//
// A symmetry g of the potential is one of p where the density of z has it too, as the
// standard normal one does. It is exact where the ridge functions come in orbits that share their
// parameters, f(w . g x + b) for all g.
package mongeampere

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/ode"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// config is the model's table in the run file.
type config struct {
	Hidden      int     `key:"hidden" min:"1" max:"1000000" help:"ridge functions in the potential, a multiple of the images that share one filter"`
	Activation  string  `key:"activation" choices:"log_cosh,softplus,quadratic" help:"log_cosh: without bias, an even potential; softplus: with bias; quadratic: with bias, a potential of second degree and so a linear map"`
	Time        float64 `key:"time" above:"0" help:"time that the flow takes"`
	Steps       int     `key:"steps" min:"1" max:"10000" help:"steps of the Runge-Kutta method of fourth order"`
	Z2          bool    `key:"z2" help:"symmetry x -> -x; log_cosh always has it"`
	Translation bool    `key:"translation" help:"symmetry under translations of a periodic lattice"`
	Reflection  bool    `key:"reflection" help:"symmetry under mirrors of a lattice and exchanges of its axes"`
	Range       float64 `key:"range" min:"0" help:"starting filters are on the sites within about this distance of one, which they take in turns; 0: on all sites"`
	Local       int     `key:"local" min:"0" max:"1000" help:"ridge functions of each number alone, beside those of all, by which the flow changes the distribution of each; 0 has none"`
	Shuffle     bool    `key:"shuffle" help:"move the lattice by a translation and a reflection before each step, drawn once for all: the symmetries hold on average over the steps"`
	flow.BaseKeys
}

// Part is the model as the host sees it.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:       core.KindModel,
		Name:       "mongeampere",
		Version:    "0.1.0",
		Summary:    "Monge-Ampere flow: normal variables carried by the gradient of a potential",
		Reference:  "Zhang, E, Wang, arXiv:1809.10188",
		Spaces:     []core.SpaceKind{core.Field, core.Particles},
		Powers:     []core.Power{core.PowerPath, core.PowerSlope, core.PowerMap, core.PowerVelocity},
		Precisions: []core.Precision{core.Float32},
		Params:     core.SchemaOf(config{Hidden: 512, Activation: "log_cosh", Time: 5, Steps: 50, BaseKeys: flow.StandardBase}),
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
	b, symmetries, err := newFlow[T](c, space)
	if err != nil {
		return nil, err
	}
	base, err := c.Base("mongeampere", space, symmetries...)
	if err != nil {
		return nil, err
	}
	bytes, rows := float64(grad.Bytes[T]()), b.Field.(*potential[T]).kept()
	return flow.New(b, space, flow.Options{Subject: "mongeampere", Base: base, Symmetries: symmetries,
		Scratch: bytes * c.scratch(space), Kept: bytes * float64(stages*rows) * float64(c.Steps), KeptAtMost: keepBytes}), nil
}

// scratch is about how many numbers the stages of one step take of a configuration:
// hidden units with their adjoints.
func (c config) scratch(space core.Space) float64 {
	return float64(stages) * float64(2*(c.Hidden+c.Local*space.Size())+space.Size())
}

// maxWeights is where a potential is taken for a mistake: 2 GiB of weights.
const maxWeights = 1 << 28

// newFlow builds the bijection on the model's space.
func newFlow[T tensor.Real](c config, space core.Space) (*flow.Continuous[T], []core.Symmetry, error) {
	d := space.Size()
	if space.Kind != core.Field && space.Kind != core.Particles || d < 1 {
		return nil, nil, core.Errorf(core.Mismatch, "build model", "mongeampere", "needs a field or particles, the energy has %v", space)
	}
	if c.Hidden+c.Local > maxWeights/d {
		return nil, nil, &core.Error{Kind: core.Invalid, Op: "build model", Subject: "mongeampere",
			Err: fmt.Errorf("hidden %d and local %d on %d components are more than %d weights", c.Hidden, c.Local, d, maxWeights), Hint: "a smaller hidden"}
	}
	if err := core.Afford(float64(grad.Bytes[T]()+grad.Bytes[float64]())*float64(c.Hidden)*float64(d), "model mongeampere", fmt.Sprintf("hidden %d on %d components", c.Hidden, d), "a smaller hidden"); err != nil {
		return nil, nil, err
	}
	images, symmetries, err := c.orbit(space)
	if err != nil {
		return nil, nil, err
	}
	orbit, shape := len(images), []int(nil)
	if c.Translation {
		orbit, shape = orbit*d, space.Shape
	}
	if c.Hidden%orbit != 0 {
		return nil, nil, &core.Error{Kind: core.Invalid, Op: "build model", Subject: "mongeampere",
			Err:  fmt.Errorf("hidden %d is not a multiple of %d, the number of images of a filter", c.Hidden, orbit),
			Hint: fmt.Sprintf("hidden = %d is the next one", (c.Hidden/orbit+1)*orbit)}
	}
	if err := c.fitsLocal(); err != nil {
		return nil, nil, err
	}
	moves, err := c.moves(space)
	if err != nil {
		return nil, nil, err
	}
	bounds, err := c.bounds(space)
	if err != nil {
		return nil, nil, err
	}
	p := newPotential[T](d, bounds, c.Hidden/orbit, images, shape, c.ridge())
	if c.Local > 0 {
		p.local = newLocal[T](d, c.Local, c.ridge())
	}
	o := ode.Options{Method: ode.RK4, Steps: c.Steps, Relabel: moves}
	return &flow.Continuous[T]{Field: p, Dim: d, Time: c.Time, Scale: 1, Options: o, KeepOf: p.keeps(c.Steps)}, symmetries, nil
}

func (c config) ridge() kernels.Ridge {
	return map[string]kernels.Ridge{"log_cosh": kernels.LogCosh, "softplus": kernels.SoftplusSum, "quadratic": kernels.Quadratic}[c.Activation]
}

// orbit returns the images that share a filter, but for translations, and the
// symmetries that follow.
func (c config) orbit(space core.Space) ([]flow.Image, []core.Symmetry, error) {
	var group, symmetries []core.Symmetry
	if c.Z2 || c.ridge() == kernels.LogCosh {
		symmetries = append(symmetries, core.Z2)
		if c.ridge() != kernels.LogCosh { // of an even function the image is the function
			group = append(group, core.Z2)
		}
	}
	for _, s := range []struct {
		on bool
		of core.Symmetry
	}{{c.Translation, core.Translation}, {c.Reflection, core.Reflection}} {
		if !s.on {
			continue
		}
		if space.Kind != core.Field || space.Lattice == "" || s.of == core.Translation && !space.Periodic {
			return nil, nil, core.Errorf(core.Mismatch, "build model", "mongeampere", "%s needs a field on a periodic lattice, the energy has %v", s.of, space)
		}
		if symmetries = append(symmetries, s.of); s.of != core.Translation {
			group = append(group, s.of)
		}
	}
	return flow.Images(space.Shape, group...), symmetries, nil
}
