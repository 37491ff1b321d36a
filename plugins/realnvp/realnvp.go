// Package realnvp is the flow of affine couplings of Dinh, Sohl-Dickstein and
// Bengio, "Density estimation using Real NVP", arXiv:1605.08803, for fields and
// particles:
//
//	x_a = z_a,   x_b = z_b exp(s) + t,   s = scale tanh(u),   (u, t) = network(z_a)
//	ln q(x) = sum_j ln N(z_j; 0, 1) - sum_b s
//
// in each coupling, with a and b exchanged in the next. Two networks:
//
//   - mlp: u and t are perceptrons of all of z_a. The first two couplings take
//     the even and the odd components, later pairs draw their halves once and
//     for all.
//   - checkerboard: a and b are the two sublattices of a periodic lattice, and u
//     and t a convolutional network, as in Albergo, Kanwar and Shanahan,
//     arXiv:1904.12072. Translations by an even number of sites are symmetries.
package realnvp

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
	"github.com/helmholtz-physics/helmholtz/framework/flow/coupling"
)

// config is the model's table in the run file.
type config struct {
	Network    string `key:"network" choices:"mlp,checkerboard" help:"mlp: perceptrons, any components; checkerboard: convolutions, for a field on a periodic lattice of even edges"`
	Couplings  int    `key:"couplings" min:"1" max:"1000" help:"affine couplings"`
	Layers     int    `key:"layers" min:"1" max:"16" help:"hidden layers of the networks in a coupling"`
	Hidden     int    `key:"hidden" min:"1" max:"4096" help:"units of a hidden layer of each of the two perceptrons; mlp only"`
	Channels   int    `key:"channels" min:"1" max:"4096" help:"channels of a hidden layer; checkerboard only"`
	Kernel     int    `key:"kernel" min:"3" max:"99" help:"edge of a convolution kernel, odd; checkerboard only"`
	Activation string `key:"activation" choices:"elu,tanh,leaky_relu,softplus" help:"function of the hidden units"`
	Z2         bool   `key:"z2" help:"symmetrise under the flip of all components; for energies that are even"`
	flow.BaseKeys
}

var activations = map[string]kernels.Activation{
	"elu": kernels.ELU, "tanh": kernels.Tanh, "leaky_relu": kernels.LeakyReLU, "softplus": kernels.Softplus,
}

// Part is the model as the host sees it.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:       core.KindModel,
		Name:       "realnvp",
		Version:    "0.1.0",
		Summary:    "flow of affine couplings for fields and particles",
		Reference:  "Dinh, Sohl-Dickstein, Bengio, arXiv:1605.08803; on lattices Albergo, Kanwar, Shanahan, PRD 100, 034515 (2019), arXiv:1904.12072",
		Spaces:     []core.SpaceKind{core.Field, core.Particles},
		Powers:     []core.Power{core.PowerPath, core.PowerSlope, core.PowerMap},
		Precisions: []core.Precision{core.Float32},
		Params:     core.SchemaOf(config{Network: "mlp", Couplings: 8, Layers: 2, Hidden: 32, Channels: 8, Kernel: 3, Activation: "elu", BaseKeys: flow.StandardBase}),
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
	f, err := newFlow[T](c, space)
	if err != nil {
		return nil, err
	}
	o := flow.Options{Subject: "realnvp", Scratch: f.Scratch()}
	if o.Base, err = c.Base("realnvp", space); err != nil {
		return nil, err
	}
	if c.Z2 {
		o.Symmetries = []core.Symmetry{core.Z2}
	}
	o.Images = flow.Images(space.Shape, o.Symmetries...)
	return flow.New(f, space, o), nil
}

// chunk is the number of configurations in a workspace: two tiles of the
// networks. Fewer fill the tiles badly, more leave the second cache.
const chunk = 64

// newFlow builds the couplings on a space.
func newFlow[T tensor.Real](c config, space core.Space) (*coupling.Flow[T], error) {
	fail := func(kind core.Kind, hint, format string, args ...any) error {
		return &core.Error{Kind: kind, Op: "build model", Subject: "realnvp", Err: fmt.Errorf(format, args...), Hint: hint}
	}
	if space.Kind != core.Field && space.Kind != core.Particles {
		return nil, fail(core.Mismatch, "van is for spins", "needs a field or particles, the energy has %v", space)
	}
	if space.Size() < 2 {
		return nil, fail(core.Mismatch, "", "needs at least two components, the energy has %v", space)
	}
	w := c.weights(space)
	if err := core.Afford(float64(grad.Bytes[T]()+grad.Bytes[float64]())*w, "model realnvp", fmt.Sprintf("%d couplings of %.2g weights each", c.Couplings, w/float64(c.Couplings)),
		"fewer couplings, layers, hidden units or channels"); err != nil {
		return nil, err
	}
	if c.Network == "mlp" {
		return coupling.NewFlow(space.Size(), chunk, perceptrons[T](c, space.Size())), nil
	}
	const hint = `network = "mlp" works for any components`
	if space.Kind != core.Field || !space.Periodic {
		return nil, fail(core.Mismatch, hint, "network checkerboard needs a field on a periodic lattice, the energy has %v", space)
	}
	for _, l := range space.Shape {
		if l%2 != 0 {
			return nil, fail(core.Mismatch, hint, "network checkerboard needs even edges, the energy has %v", space)
		}
	}
	if c.Kernel%2 == 0 {
		return nil, fail(core.Invalid, "", "kernel must be odd, got %d", c.Kernel)
	}
	return coupling.NewFlow(space.Size(), chunk, checkerboards[T](c, space.Shape)), nil
}

// weights is about how many the couplings have, as a float64 because a mistake may
// well exceed the integers. Of checkerboards it includes the lists of the
// channels under a kernel, of 8 bytes each.
func (c config) weights(space core.Space) float64 {
	layers, couplings := float64(c.Layers), float64(c.Couplings)
	if c.Network == "mlp" {
		hidden := float64(c.Hidden)
		return couplings * 2 * hidden * (float64(space.Size()) + (layers-1)*hidden)
	}
	taps, channels := math.Pow(float64(c.Kernel), float64(len(space.Shape))), float64(c.Channels)
	return couplings * taps * (channels*(3+(layers-1)*channels) + float64(space.Size())*(1+1.5*channels)/2)
}
