// Package hopfield is the Hopfield network with P stored patterns xi,
//
//	E(s) = -1/2 s^T J s,   J_ij = (1/N) sum_mu xi_mu,i xi_mu,j,   J_ii = 0,   s_i = +1 or -1
//
// J. J. Hopfield, Proc. Natl. Acad. Sci. USA 79, 2554 (1982). In terms of the
// overlaps o_mu = xi_mu . s,
//
//	E(s) = P/2 - 1/(2N) sum_mu o_mu^2
//
// which costs P N per configuration instead of N^2. Two patterns are
// orthogonal and have as many +1 as -1, as in Wu, Wang and Zhang, Phys. Rev.
// Lett. 122, 080602 (2019); other numbers of patterns are independent random
// signs.
package hopfield

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/disorder"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

const name = "hopfield"

// Config is the energy's table in the run file.
type Config struct {
	N        int `key:"N" opt:"required" min:"2" max:"1000000" help:"number of spins; divisible by 4 for two patterns"`
	Patterns int `key:"patterns" min:"1" max:"1000" help:"number of stored patterns; two are orthogonal with zero mean, others random"`
	Seed     int `key:"seed" help:"names the patterns"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindEnergy,
		Name:      name,
		Version:   "1.0.0",
		Summary:   "Hopfield network of stored patterns",
		Reference: "J. J. Hopfield, Proc. Natl. Acad. Sci. USA 79, 2554 (1982)",
		Powers:    []core.Power{core.PowerExact, core.PowerGround},
		Params:    core.SchemaOf(Config{Patterns: 2, Seed: disorder.DefaultSeed}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// New checks c, draws the patterns and returns their energy.
func New(c Config) (*energy.Energy, error) {
	if c.Patterns == 2 && c.N%4 != 0 {
		return nil, energy.BadSetting(name, "N", fmt.Sprintf("must be divisible by 4 for two orthogonal patterns of zero mean, got %d", c.N))
	}
	if err := core.Afford(8*float64(c.N)*float64(c.Patterns), "energy "+name, fmt.Sprintf("%d patterns of %d spins", c.Patterns, c.N), "a smaller N or fewer patterns"); err != nil {
		return nil, err
	}
	xi := draw(c.N, c.Patterns, disorder.Stream(c.Seed))
	solve := xi.solver()
	return energy.New(name, core.EnergySpec{
		Space:      core.Space{Kind: core.Spins, Shape: []int{c.N}},
		Units:      "J",
		Symmetries: []core.Symmetry{core.Z2},
	}, exact.Solution{Solve: solve, Ground: solve}, xi.energies).SetChunk(max(1, chunkTerms/(c.N*c.Patterns))).SetFollower(xi.follow), nil
}

// patterns are the xi_mu, each of length N.
type patterns [][]float64

// draw takes the patterns from the stream: two from a random order of the
// sites, whose quarters get the signs (+,+), (+,-), (-,+), (-,-); any other
// number sign by sign, pattern after pattern.
func draw(n, p int, stream disorder.Stream) patterns {
	xi := make(patterns, p)
	for mu := range xi {
		xi[mu] = make([]float64, n)
	}
	if p == 2 {
		for k, i := range stream.Perm(n) {
			quarter := 4 * k / n
			xi[0][i] = 1 - 2*float64(quarter>>1)
			xi[1][i] = 1 - 2*float64(quarter&1)
		}
		return xi
	}
	for _, pattern := range xi {
		for i := range pattern {
			pattern[i] = stream.Sign()
		}
	}
	return xi
}

// chunkTerms is about how many products one worker sums at a time.
const chunkTerms = 1 << 14

// energies writes the energies of the configurations in x.
func (xi patterns) energies(dst, x []float64) {
	n := len(xi[0])
	for k := range dst {
		s := x[k*n : (k+1)*n]
		squares := 0.0
		for _, pattern := range xi {
			o := energy.Dot(pattern, s)
			squares += o * o
		}
		dst[k] = xi.energy(squares)
	}
}

// energy is E for a given sum of the squared overlaps.
func (xi patterns) energy(squares float64) float64 {
	return float64(len(xi))/2 - squares/(2*float64(len(xi[0])))
}
