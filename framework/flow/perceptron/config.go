// Package perceptron is a velocity field, or any other function of place and time with
// as many components as the place has, by a multilayer perceptron (Chen, Rubanova,
// Bettencourt and Duvenaud, "Neural ordinary differential equations", arXiv:1806.07366).
// Its divergence is exact. It knows no symmetry.
package perceptron

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Config is the keys of a perceptron, to embed in those of a model.
type Config struct {
	Width       int    `key:"width" min:"1" max:"65536" help:"units of each hidden layer"`
	Depth       int    `key:"depth" min:"1" max:"64" help:"hidden layers"`
	Activation  string `key:"activation" choices:"silu,tanh" help:"function of the hidden units; silu: u/(1 + exp(-u))"`
	Frequencies int    `key:"frequencies" min:"0" max:"256" help:"cosines and sines of 2 pi k t, k = 1, 2, ..., that the first layer reads beside t"`
}

// Defaults of the keys.
var Defaults = Config{Width: 128, Depth: 3, Activation: "silu", Frequencies: 2}

var activations = map[string]kernels.Smooth{"silu": kernels.SiLU, "tanh": kernels.SmoothTanh}

// New makes the field of d components whose workspaces have so many slots, for the model
// that subject names. It refuses what does not fit into the memory.
func New[T tensor.Real](d, slots int, c Config, subject string) (*Field[T], error) {
	subject = "model " + subject
	if err := core.Afford(float64(grad.Bytes[T]()+grad.Bytes[float64]())*c.weights(d), subject, fmt.Sprintf("%d layers of %d units on %d components", c.Depth, c.Width, d),
		"a smaller width or depth"); err != nil {
		return nil, err
	}
	if err := core.Afford(Scratch[T](c, d, slots), subject, fmt.Sprintf("the Jacobian of %d layers of %d units in %d components", c.Depth, c.Width, d),
		"a smaller width or depth"); err != nil {
		return nil, err
	}
	return newField[T](d, c), nil
}

// weights is about how many there are, as a float64 because a mistake may well exceed
// the integers.
func (c Config) weights(d int) float64 {
	width := float64(c.Width)
	return width * (float64(2*d+2*c.Frequencies+3) + float64(c.Depth-1)*(width+1))
}

// Scratch is about how many bytes a workspace takes of a configuration of d components:
// values and derivatives of the hidden units in each slot, and the Jacobian of each layer.
func Scratch[T tensor.Real](c Config, d, slots int) float64 {
	units, jacobians := float64(3*c.Depth*slots), float64((c.Depth+2)*d)
	return float64(grad.Bytes[T]()) * float64(c.Width) * (units + jacobians)
}
