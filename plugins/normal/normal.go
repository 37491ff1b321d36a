// Package normal is the simplest flow: one normal density,
//
//	x = m + L z,   z_j ~ N(0, 1),   L lower triangular, L_jj = exp(s_j),
//	ln q(x) = sum_j [ -z_j^2/2 - ln(2 pi)/2 - s_j ],   z = L^-1 (x - m),
//
// with the mean m and the covariance L L^T. The diagonal of L alone makes the components
// independent, and one s for all of them makes the density isotropic. It is the model that
// every other has to beat, and the one whose fits are known in closed form.
package normal

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

const name = "normal"

// config is the model's table in the run file.
type config struct {
	Covariance string    `key:"covariance" choices:"diagonal,isotropic,full" help:"diagonal: each component has a width of its own; isotropic: all have one; full: any covariance"`
	Mean       []float64 `key:"mean" help:"where training starts: one number for all components, or one for each"`
	Width      []float64 `key:"width" help:"standard deviation where training starts, greater than 0: one number for all components, or one for each"`
}

// Part is the model as the host sees it.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindModel,
		Name:      name,
		Version:   "0.1.0",
		Summary:   "one normal density, the simplest flow of fields and particles",
		Reference: "as the first layer of flows: Rezende and Mohamed 2015, arXiv:1505.05770",
		Spaces:    []core.SpaceKind{core.Field, core.Particles},
		Powers:    []core.Power{core.PowerPath, core.PowerSlope, core.PowerMap, core.PowerWeak},
		Params:    core.SchemaOf(config{Covariance: "diagonal", Mean: []float64{0}, Width: []float64{1}}),
	},
	NewModel: func(s core.Settings, space core.Space) (core.Model, error) {
		var c config
		core.Decode(s, &c)
		f, err := c.flow(space)
		if err != nil {
			return nil, err
		}
		b := flow.Bijection[float64](f)
		if c.Covariance == "diagonal" {
			b = &independent{affine: f}
		}
		return flow.New(b, space, flow.Options{Subject: name, Scratch: f.scratch()}), nil
	},
}

// flow builds the map on a space.
func (c config) flow(space core.Space) (*affine, error) {
	d := space.Size()
	if space.Kind != core.Field && space.Kind != core.Particles {
		return nil, &core.Error{Kind: core.Mismatch, Op: "build model", Subject: name, Err: fmt.Errorf("needs a field or particles, the energy has %v", space), Hint: "van is for spins"}
	}
	if space.Box != nil {
		return nil, core.Errorf(core.Mismatch, "build model", name, "a normal density has no period, the energy has %v", space)
	}
	mean, err := flow.Each(name, "mean", c.Mean, d)
	if err != nil {
		return nil, err
	}
	widths := d
	if c.Covariance == "isotropic" {
		widths = 1
	}
	width, err := flow.Each(name, "width", c.Width, widths)
	if err != nil {
		return nil, err
	}
	for i, w := range width {
		if w <= 0 {
			return nil, bad("width", fmt.Sprintf("must be greater than 0, got %v", w))
		}
		width[i] = math.Log(w)
	}
	full := c.Covariance == "full"
	if full {
		if err := core.Afford(parameterBytes*float64(d)*float64(d), "model "+name, fmt.Sprintf("a covariance of %d components", d), `covariance = "diagonal"`); err != nil {
			return nil, err
		}
	}
	a := newAffine(d, widths, full)
	a.mean.Start, a.logWidth.Start = from(mean), from(width)
	return a, nil
}

// parameterBytes are the value and the gradient of a parameter.
const parameterBytes = 16

func bad(key, problem string) error {
	return &core.Error{Kind: core.Invalid, Op: "build model", Subject: name, Err: &core.SettingError{Key: key, Problem: problem}}
}

// from starts a parameter at given values.
func from(values []float64) func([]float64, *rand.Rand) {
	return func(start []float64, _ *rand.Rand) { copy(start, values) }
}
