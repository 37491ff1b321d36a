// Package van is the variational autoregressive network of Wu, Wang and Zhang,
// PRL 122, 080602 (2019), arXiv:1809.10606, for spins s_i = +-1:
//
//	q(s)     = prod_i q(s_i | s_<i)           sites in raster order
//	ln q(s)  = -sum_i softplus(-s_i a_i)      a_i(s_<i): the network's logit of s_i = +1
//	q_Z2(s)  = [q(s) + q(-s)] / 2             with z2, exactly symmetric
//
// softplus(t) = ln(1 + e^t). Working in logits, ln q is accurate at any
// temperature; no constant is added inside a logarithm.
//
// The logit of the first site is a parameter like any other when there are
// biases (zero without them), so that a field can be represented. The authors'
// program pins it at zero when z2 is off.
package van

import (
	"fmt"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/autoregressive"
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// config is the model's table in the run file.
type config struct {
	Network  string `key:"network" choices:"made,pixelcnn" help:"made: masked dense layers, any set of spins; pixelcnn: masked convolutions, for a 2D lattice"`
	Depth    int    `key:"depth" min:"1" max:"1000" help:"number of masked layers"`
	Width    int    `key:"width" min:"1" max:"100000" help:"channels per site in the hidden layers"`
	Kernel   int    `key:"kernel" min:"1" max:"9999" help:"edge of a convolution kernel, odd; pixelcnn only"`
	Periodic bool   `key:"periodic" help:"kernels wrap round the lattice, so that its last rows and columns see the first; pixelcnn on a periodic lattice only"`
	Residual bool   `key:"residual" help:"residual blocks between the first and the last layer"`
	Bias     bool   `key:"bias" help:"biases in all layers"`
	Z2       bool   `key:"z2" help:"symmetrise under the flip of all spins; for energies without a field"`
}

// Part is the model as the host sees it. z2 is off unless asked for, because
// only the energy knows whether the flip is its symmetry.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:       core.KindModel,
		Name:       "van",
		Version:    "0.1.0",
		Summary:    "variational autoregressive network for spins, sampled exactly",
		Reference:  "Wu, Wang, Zhang, PRL 122, 080602 (2019), arXiv:1809.10606",
		Spaces:     []core.SpaceKind{core.Spins},
		Powers:     []core.Power{core.PowerComplete},
		Precisions: []core.Precision{core.Float32},
		Params:     core.SchemaOf(config{Network: "made", Depth: 3, Width: 4, Kernel: 7, Bias: true}),
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
	net, err := network[T](c, space)
	if err != nil {
		return nil, err
	}
	return autoregressive.New(autoregressive.Options[T]{Name: "van", Network: net, Space: space, Z2: c.Z2}), nil
}

// network builds the network on the model's space.
func network[T tensor.Real](c config, space core.Space) (autoregressive.Network[T], error) {
	if space.Kind != core.Spins || space.Size() < 1 {
		return nil, core.Errorf(core.Mismatch, "build model", "van", "needs spins, the energy has %v", space)
	}
	if c.Periodic && (c.Network != "pixelcnn" || !space.Periodic) {
		return nil, &core.Error{Kind: core.Mismatch, Op: "build model", Subject: "van",
			Err:  fmt.Errorf("periodic = true wraps the kernels of network pixelcnn round a lattice that closes on itself; the network is %s, the energy has %v", c.Network, space),
			Hint: "leave periodic out"}
	}
	if w := c.weights(space.Size()); w > maxWeights {
		return nil, &core.Error{Kind: core.Invalid, Op: "build model", Subject: "van",
			Err:  fmt.Errorf("network %s of depth %d and width %d on %d sites has some %.2g weights, more than %.2g", c.Network, c.Depth, c.Width, space.Size(), w, float64(maxWeights)),
			Hint: c.smaller()}
	}
	if err := core.Afford(autoregressive.ParameterBytes[T]()*c.weights(space.Size()), "model van", fmt.Sprintf("a network %s of %.2g weights", c.Network, c.weights(space.Size())), c.smaller()); err != nil {
		return nil, err
	}
	if c.Network == "made" {
		return newMADE[T](c, space.Size()), nil
	}
	if len(space.Shape) != 2 {
		return nil, &core.Error{Kind: core.Mismatch, Op: "build model", Subject: "van",
			Err:  fmt.Errorf("network pixelcnn needs a 2D lattice, the energy has %v", space),
			Hint: `network = "made" works for any spins`}
	}
	if c.Kernel%2 == 0 {
		return nil, core.Errorf(core.Invalid, "build model", "van", "kernel must be odd, got %d", c.Kernel)
	}
	return newPixelCNN[T](c, space.Shape[0], space.Shape[1]), nil
}

// smaller says what makes the network smaller.
func (c config) smaller() string {
	var keys []string
	if c.Depth > 1 {
		if keys = append(keys, "depth"); c.Width > 1 {
			keys = append(keys, "width")
		}
	}
	if c.Network == "pixelcnn" && c.Kernel > 1 {
		keys = append(keys, "kernel")
	}
	hint := "fewer spins"
	if len(keys) > 0 {
		hint = "a smaller " + strings.Join(keys, " or ")
	}
	if c.Network == "made" {
		hint += "; pixelcnn does not grow with the lattice"
	}
	return hint
}

// maxWeights is where a network is taken for a mistake: 2 GiB of weights.
const maxWeights = 1 << 28

// weights is about the number of weights that the network stores. It is a
// float64 because a mistake may well exceed the integers.
func (c config) weights(sites int) float64 {
	pairs := float64(sites) * float64(sites)
	if c.Network == "pixelcnn" {
		pairs = min(float64(c.Kernel)*float64(c.Kernel), 4*float64(sites)) // no tap that meets padding alone is stored
	}
	depth, width := float64(c.Depth), float64(c.Width)
	if c.Depth == 1 {
		return pairs
	}
	return pairs * (2*width + (depth-2)*width*width)
}
