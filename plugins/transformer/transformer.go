// Package transformer is a causal transformer as a density of spins or of levels,
//
//	p(x) = prod_i p(x_i | x_<i),   sites in raster order,
//
// with the logits of the decoder of Vaswani et al., arXiv:1706.03762, in the form of GPT-2
// (Radford et al. 2019, "Language models are unsupervised multitask learners"): see
// network.go.
package transformer

import (
	"fmt"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/autoregressive"
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

const name = "transformer"

// config is the model's table in the run file.
type config struct {
	Depth     int     `key:"depth" min:"1" max:"1000" help:"number of blocks, each attention and a perceptron"`
	Width     int     `key:"width" min:"1" max:"100000" help:"components of the vector that stands for a site"`
	Heads     int     `key:"heads" min:"1" max:"1000" help:"heads of attention, a divisor of width"`
	Expansion int     `key:"expansion" min:"1" max:"1000" help:"hidden units of a block's perceptron, in multiples of width"`
	OwnStates bool    `key:"own_states" help:"the vectors of the states are each site's own: for systems whose sites differ, as the bits of a circuit, not for texts"`
	Spread    float64 `key:"spread" above:"0" help:"standard deviation of the weights at the start; 0.02 suits widths of hundreds, 1/sqrt(width) gives narrow networks a start that is not flat"`
	Z2        bool    `key:"z2" help:"symmetrise under the flip of all spins; for energies without a field"`
}

// Part is the model as the host sees it.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:       core.KindModel,
		Name:       name,
		Version:    "0.1.0",
		Summary:    "causal transformer for spins, bits and categories, sampled exactly",
		Reference:  "Vaswani et al., arXiv:1706.03762; Radford et al. 2019 (GPT-2)",
		Spaces:     []core.SpaceKind{core.Spins, core.Levels},
		Powers:     []core.Power{core.PowerComplete},
		Precisions: []core.Precision{core.Float32},
		Params:     core.SchemaOf(config{Depth: 3, Width: 64, Heads: 4, Expansion: 4, Spread: 0.02}),
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
	if err := check[T](c, space); err != nil {
		return nil, err
	}
	return autoregressive.New(autoregressive.Options[T]{Name: name, Network: newNetwork[T](c, space), Space: space, Z2: c.Z2}), nil
}

func check[T tensor.Real](c config, space core.Space) error {
	fail := func(kind core.Kind, hint, format string, args ...any) error {
		return &core.Error{Kind: kind, Op: "build model", Subject: name, Err: fmt.Errorf(format, args...), Hint: hint}
	}
	switch {
	case space.Kind != core.Spins && space.Kind != core.Levels || space.Size() < 1:
		return fail(core.Mismatch, "", "needs spins or levels, the energy has %v", space)
	case c.Z2 && space.Kind != core.Spins:
		return fail(core.Mismatch, "leave z2 out", "z2 flips spins, the energy has %v", space)
	case c.Width%c.Heads != 0:
		return fail(core.Invalid, "", "width must be a multiple of heads, got %d and %d", c.Width, c.Heads)
	}
	weights := c.weights(space)
	if weights > maxWeights {
		return fail(core.Invalid, c.smaller(), "a transformer of depth %d and width %d on %d sites has some %.2g weights, more than %.2g", c.Depth, c.Width, space.Size(), weights, float64(maxWeights))
	}
	chunk := chunk[T](c, space)
	return core.Afford(autoregressive.ParameterBytes[T]()*weights+float64(chunk)*bytes[T](c, space), "model "+name, fmt.Sprintf("a network of %.2g weights and the hidden states of a chunk of %d", weights, chunk), c.smaller())
}

// maxWeights is where a network is taken for a mistake: 2 GiB of weights.
const maxWeights = 1 << 28

// weights is the number of weights. It is a float64 because a mistake may well exceed the
// integers.
func (c config) weights(space core.Space) float64 {
	w, e, logits := float64(c.Width), float64(c.Expansion), float64(autoregressive.Logits(space))
	block := w*(3*w+3) + w*(w+1) + e*w*(w+1) + w*(e*w+1) + 4*w
	tables := 1.0
	if c.OwnStates {
		tables = float64(max(1, space.Size()-1))
	}
	return w*(tables*(logits+1)+float64(space.Size())) + float64(c.Depth)*block + 2*w + logits*(w+1)
}

// bytes is the memory of the hidden states of a configuration, with their adjoints.
func bytes[T tensor.Real](c config, space core.Space) float64 {
	w, sites, logits := float64(c.Width), float64(space.Size()), float64(autoregressive.Logits(space))
	// Of a block two norms, q, k and v, what attention gives, the perceptron before and
	// after its nonlinearity, and twice h; and weights of attention.
	block := 2*w*(8+2*float64(c.Expansion)) + float64(c.Heads)*sites
	numbers := sites * (2*(2*w+logits) + float64(c.Depth)*block)
	if c.Z2 {
		numbers *= 2
	}
	return float64(grad.Bytes[T]()) * numbers
}

// widest is two tiles of the products: narrower chunks read the weights more often, and the
// hidden states of wider ones leave the second cache.
const widest = 24

// chunk is the number of configurations of a chunk, of which the budget should hold four, for
// as many processors.
func chunk[T tensor.Real](c config, space core.Space) int {
	return int(max(1, min(widest, autoregressive.Budget/4/bytes[T](c, space))))
}

// smaller says what makes the network smaller.
func (c config) smaller() string {
	var keys []string
	for _, k := range []struct {
		name  string
		value int
	}{{"depth", c.Depth}, {"width", c.Width}, {"expansion", c.Expansion}} {
		if k.value > 1 {
			keys = append(keys, k.name)
		}
	}
	if len(keys) == 0 {
		return "fewer sites"
	}
	return "a smaller " + strings.Join(keys, " or ")
}
