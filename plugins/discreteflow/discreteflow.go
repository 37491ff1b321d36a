// Package discreteflow is a discrete flow (Tran, Vafa, Agrawal, Dinh and Poole 2019,
// arXiv:1905.10347): configurations x of independent sites are relabelled, site by site in
// raster order, by a bijection of the levels that depends on what stands before,
//
//	y_d = (mu_d + sigma_d x_d) mod K,   sigma_d coprime to K,   x_d ~ b_d,
//
// with mu_d, sigma_d by a network of y_<d (autoregressive), or for the second half of the
// sites of the first half alone (bipartite). A bijection of a finite set has no Jacobian.
//
// The paper takes the most probable mu and sigma, through which there is no derivative, and
// puts another in its place (straight-through), which is biased. Here they are drawn from
// what the network says, so that
//
//	p(y_d = k | y_<d) = sum_{mu, sigma} pi(mu, sigma | y_<d) b_d(sigma^-1 (k - mu) mod K),
//
// whose logarithm and gradient are exact. Where the network becomes certain, pi in {0, 1},
// it is the paper's flow. Two such layers in the same order, which see the same y_<d, are
// one: relabellings follow each other within their group. So there is one layer.
package discreteflow

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/autoregressive"
	"github.com/helmholtz-physics/helmholtz/framework/core"
)

const name = "discreteflow"

// config is the model's table in the run file.
type config struct {
	Conditioner string `key:"conditioner" choices:"autoregressive,bipartite" help:"what the relabelling of a site depends on: autoregressive: all sites before it; bipartite: for the second half of the sites the first half, whose sites stay independent"`
	Scale       bool   `key:"scale" help:"relabel by mu + sigma x with sigma coprime to the number of levels, instead of mu + x"`
	Depth       int    `key:"depth" min:"1" max:"1000" help:"number of masked layers of the network"`
	Width       int    `key:"width" min:"1" max:"100000" help:"units per site in its hidden layers"`
}

// Part is the model as the host sees it.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindModel,
		Name:      name,
		Version:   "0.1.0",
		Summary:   "discrete flow of spins and categories: independent sites, relabelled at random",
		Reference: "Tran, Vafa, Agrawal, Dinh and Poole 2019, arXiv:1905.10347",
		Spaces:    []core.SpaceKind{core.Spins, core.Levels},
		Powers:    []core.Power{core.PowerComplete},
		Params:    core.SchemaOf(config{Conditioner: "autoregressive", Depth: 2, Width: 32}),
	},
	NewModel: func(s core.Settings, space core.Space) (core.Model, error) {
		var c config
		core.Decode(s, &c)
		if err := c.check(space); err != nil {
			return nil, err
		}
		return autoregressive.New(autoregressive.Options[float64]{Name: name, Network: newNetwork(c, space), Space: space}), nil
	},
}

func (c config) check(space core.Space) error {
	if space.Kind != core.Spins && space.Kind != core.Levels || space.Size() < 1 {
		return core.Errorf(core.Mismatch, "build model", name, "needs spins or levels, the energy has %v", space)
	}
	weights, hint := c.weights(space), "a smaller width"
	if c.Scale {
		hint = "scale = false"
	}
	if weights > maxWeights {
		return &core.Error{Kind: core.Invalid, Op: "build model", Subject: name, Hint: hint,
			Err: fmt.Errorf("a network of depth %d and width %d on %d sites of %d levels has some %.2g weights, more than %.2g", c.Depth, c.Width, space.Size(), levelsOf(space), weights, float64(maxWeights))}
	}
	tables := 8 * (1 + 2*tableChunks) * float64(levelsOf(space)) * c.relabellings(space) // inverses, and the mean and its adjoint in each workspace
	return core.Afford(16*weights+chunk*c.bytes(space)+tables, "model "+name, fmt.Sprintf("a network of %.2g weights, the relabellings of %d levels and the hidden states of %d configurations", weights, levelsOf(space), chunk), hint)
}

// tableChunks is how many workspaces there may be, or so.
const tableChunks = 64

// maxWeights is where a network is taken for a mistake: 2 GiB of weights.
const maxWeights = 1 << 28

// weights is the number of weights that the network stores. It is a float64 because a
// mistake may well exceed the integers.
func (c config) weights(space core.Space) float64 {
	levels, width, out := float64(levelsOf(space)), float64(c.Width), c.relabellings(space)
	one := levels * out
	if c.Depth > 1 {
		one = levels*width + float64(c.Depth-2)*width*width + width*out
	}
	return one * float64(space.Size()) * float64(space.Size())
}

// relabellings is about how many there are of a site: with scale fewer than K^2.
func (c config) relabellings(space core.Space) float64 {
	levels := float64(levelsOf(space))
	if c.Scale {
		return levels * levels
	}
	return levels
}

// bytes is the memory of the hidden states of a configuration, with their adjoints.
func (c config) bytes(space core.Space) float64 {
	return 8 * float64(space.Size()) * (5*float64(levelsOf(space)) + 4*float64(c.Depth-1)*float64(c.Width) + 3*c.relabellings(space))
}

// levelsOf is K, 2 of spins.
func levelsOf(space core.Space) int { return len(space.Values()[0]) }
