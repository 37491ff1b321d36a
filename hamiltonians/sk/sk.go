// Package sk is the Sherrington-Kirkpatrick spin glass,
//
//	E(s) = -1/2 s^T J s = -sum_{i<j} J_ij s_i s_j,   s_i = +1 or -1
//
// with J symmetric, zero on the diagonal, and J_ij independent with mean 0 and
// variance 1/N (D. Sherrington and S. Kirkpatrick, Phys. Rev. Lett. 35, 1792
// (1975)).
//
// The instance is a function of N, distribution and seed that can be
// reproduced anywhere: the pairs i < j, row by row, draw from a splitmix64
// stream (package disorder).
package sk

import (
	"cmp"
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/disorder"
	"github.com/helmholtz-physics/helmholtz/framework/energy/pairwise"
)

const name = "sk"

const (
	gaussian = "gaussian"
	pm1      = "pm1"
)

// Config is the energy's table in the run file.
type Config struct {
	N            int     `key:"N" opt:"required" min:"2" max:"10000" help:"number of spins"`
	Distribution string  `key:"distribution" choices:"gaussian,pm1" help:"of the couplings: normal with variance 1/N, or +1/sqrt(N) and -1/sqrt(N) with equal probability"`
	Seed         int     `key:"seed" help:"names the instance"`
	Strength     float64 `key:"strength" above:"0" help:"factor of all couplings, as an inverse temperature for rows, which are draws at beta = 1"`
	Train        int     `key:"train" min:"0" max:"500000000" help:"rows for training, independent draws from a list of all states: N is 24 or less"`
	Test         int     `key:"test" min:"0" max:"500000000" help:"rows for testing, further draws"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindEnergy,
		Name:      name,
		Version:   "1.0.0",
		Summary:   "Sherrington-Kirkpatrick spin glass, reproducible instances",
		Reference: "D. Sherrington and S. Kirkpatrick, Phys. Rev. Lett. 35, 1792 (1975)",
		Powers:    []core.Power{core.PowerExact, core.PowerGround, core.PowerRows, core.PowerClusters},
		Params:    core.SchemaOf(Config{Distribution: gaussian, Seed: disorder.DefaultSeed, Strength: 1}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		if err := core.Afford(8*float64(c.N)*float64(c.N), "energy "+name, fmt.Sprintf("a matrix of couplings of N = %d spins", c.N), "a smaller N"); err != nil {
			return nil, err
		}
		if rows := core.Ranges(c.Train, 0, c.Test); len(rows) > 0 {
			return pairwise.NewSampled(name, c.N, c.bonds, nil, rows, disorder.Stream(core.Derive(uint64(c.Seed), drawn)))
		}
		return New(c), nil
	},
}

// drawn is the word of the seed of rows, beside that of the couplings.
const drawn = 1

// New returns the energy of the instance that c names.
func New(c Config) *energy.Energy {
	return pairwise.New(name, c.N, c.bonds, nil)
}

// bonds draws the instance.
func (c Config) bonds(yield func(i, j int, coupling float64)) {
	stream := disorder.Stream(c.Seed)
	draw := stream.Normal
	if c.Distribution == pm1 {
		draw = stream.Sign
	}
	root := math.Sqrt(float64(c.N)) / cmp.Or(c.Strength, 1)
	for i := range c.N {
		for j := i + 1; j < c.N; j++ {
			yield(i, j, draw()/root)
		}
	}
}
