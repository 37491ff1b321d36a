// Package vae has variational autoencoders (Kingma and Welling, "Auto-encoding variational
// Bayes", arXiv:1312.6114): a density of configurations x with latent variables z,
//
//	p(x) = int p(x|z) p(z) dz,   p(z) = N(0, 1),
//
// and an encoder that stands for p(z|x),
//
//	q(z|x) = N(mu(x), s(x)^2),   z = mu + s eps,   s = exp(l),   eps ~ N(0, 1).
//
// Perceptrons make (mu, l) of x, and of z what p(x|z) has as its parameter. Nobody knows
// ln p(x), but with q latent variables
//
//	ln w = ln p(x|z) p(z)/q(z|x) = ln p(x|z) + sum_k [ -z_k^2/2 + eps_k^2/2 + l_k ]
//
// has a mean below it. Of the cotangent wbar of ln w, and zbar of z through p(x|z),
//
//	mubar = zbar - wbar z,   lbar = mubar s eps + wbar.
//
// Without hidden layers, of real numbers, p(x) = N(b, W W^T + sigma^2) is probabilistic
// principal component analysis, and the largest mean of ln w is the likelihood (Lucas,
// Tucker, Grosse and Norouzi 2019, arXiv:1911.02469).
package vae

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
)

const name = "vae"

// config is the model's table in the run file.
type config struct {
	Latents    int       `key:"latents" opt:"required" min:"1" max:"65536" help:"number of latent variables"`
	Hidden     []float64 `key:"hidden" help:"units of each hidden layer of the encoder, from x on; the decoder has them in the other order. [] is a linear model"`
	Activation string    `key:"activation" choices:"silu,tanh" help:"function of the hidden units; silu: u/(1 + exp(-u))"`
	Sigma      float64   `key:"sigma" above:"0" max:"1e6" help:"standard deviation of p(x|z) at the start, of real numbers; it is learned"`
}

var powers = []core.Power{core.PowerBound}

// Part is the model as the host sees it.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind: core.KindModel, Name: name, Version: "0.1.0",
		Summary:   "variational autoencoder of real numbers, spins, or levels 0 and 1",
		Reference: "Kingma and Welling 2014, arXiv:1312.6114; Burda, Grosse and Salakhutdinov 2016, arXiv:1509.00519",
		Spaces:    []core.SpaceKind{core.Field, core.Spins, core.Levels},
		Powers:    powers,
		Params:    core.SchemaOf(config{Activation: "silu", Sigma: 1}),
	},
	NewModel: func(s core.Settings, space core.Space) (core.Model, error) {
		var c config
		core.Decode(s, &c)
		return c.model(space)
	},
}

var activations = map[string]kernels.Smooth{"silu": kernels.SiLU, "tanh": kernels.SmoothTanh}

// mostUnits of a hidden layer.
const mostUnits = 1 << 20

// model builds the autoencoder on the model's space.
func (c config) model(space core.Space) (*Model, error) {
	d := space.Size()
	values := space.Values()
	binary := space.Kind == core.Spins || space.Kind == core.Levels && len(values) > 0 && len(values[0]) == 2
	if d == 0 || space.Kind != core.Field && !binary {
		return nil, core.Errorf(core.Mismatch, "build model", name, "needs real numbers, spins, or levels of which there are 2, the energy has %v", space)
	}
	encoder, decoder := []int{d}, []int{d}
	weights, before := 0.0, float64(d)
	for _, h := range c.Hidden {
		if !(h >= 1 && h <= mostUnits && h == math.Trunc(h)) {
			return nil, &core.Error{Kind: core.Invalid, Op: "build model", Subject: name,
				Err: &core.SettingError{Key: "hidden", Problem: fmt.Sprintf("is %v, and is made of whole numbers from 1 to %d", c.Hidden, mostUnits)}}
		}
		encoder, decoder = append(encoder, int(h)), append([]int{int(h)}, decoder...)
		weights, before = weights+2*before*h, h
	}
	decoder[len(decoder)-1] = d
	weights += 3 * before * float64(c.Latents)
	bytes := 8 * weights * (3 + 3*slab)
	if err := core.Afford(bytes, "model "+name, fmt.Sprintf("perceptrons of %.3g weights", weights), "smaller hidden layers, or fewer latents"); err != nil {
		return nil, err
	}
	var v visible = &gaussian{}
	if binary {
		v = &bernoulli{low: values[0][0], high: values[0][1]}
	}
	return newModel(c, space, append(encoder, 2*c.Latents), append([]int{c.Latents}, decoder...), v, bytes), nil
}
