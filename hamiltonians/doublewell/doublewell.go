// Package doublewell is a particle in two wells along x, and harmonically bound
// in the other directions y,
//
//	E(x, y) = a x^4 + b x^2 + c x + k/2 |y|^2,
//
// the smallest system with a rare event. There are two wells when b < 0 and c
// is not too large. Two sets of coefficients are in use, with a = 1, b = -6,
// k = 1 in two dimensions: c = -0.5 (H. Wu, J. Koehler and F. Noe, "Stochastic
// normalizing flows", arXiv:2002.06707) and c = 1 (F. Noe, S. Olsson, J.
// Koehler and H. Wu, "Boltzmann generators", Science 365, eaaw1147 (2019),
// arXiv:1812.01729, as in its program).
package doublewell

import (
	"cmp"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

const name = "doublewell"

// Config is the energy's table in the run file.
type Config struct {
	A         float64 `key:"a" above:"0" help:"of a x^4"`
	B         float64 `key:"b" help:"of b x^2; negative for two wells"`
	C         float64 `key:"c" help:"of c x; positive makes the left well the deeper one"`
	K         float64 `key:"k" above:"0" help:"of k/2 |y|^2"`
	Dimension int     `key:"dimension" min:"1" max:"1000000" help:"x and dimension - 1 directions y"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindEnergy,
		Name:      name,
		Version:   "1.0.0",
		Summary:   "a particle in two wells",
		Reference: "Noe, Olsson, Koehler and Wu 2019, Science 365, eaaw1147 (arXiv:1812.01729)",
		Powers:    []core.Power{core.PowerSlope, core.PowerExact},
		Params:    core.SchemaOf(Config{A: 1, B: -6, C: -0.5, K: 1, Dimension: 2}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// New checks c and returns its energy.
func New(c Config) (*energy.Smooth, error) {
	if err := cmp.Or(energy.Finite(name, "a", c.A), energy.Finite(name, "b", c.B),
		energy.Finite(name, "c", c.C), energy.Finite(name, "k", c.K)); err != nil {
		return nil, err
	}
	spec := core.EnergySpec{
		Space: core.Space{Kind: core.Particles, Shape: []int{1, c.Dimension}},
		Units: "1",
	}
	if c.C == 0 {
		spec.Symmetries = []core.Symmetry{core.Z2}
	}
	return energy.NewSmooth(name, spec, exact.Solution{Solve: c.solve}, c.evaluate), nil
}

// along is the potential along x, in an order that overflows to +Inf alone.
func (c Config) along(x float64) float64 { return x * (c.C + x*(c.B+c.A*x*x)) }

func (c Config) evaluate(energies, slope, x []float64) {
	d := c.Dimension
	for i := range energies {
		one := x[i*d : (i+1)*d]
		square := 0.0
		for _, y := range one[1:] {
			square += y * y
		}
		energies[i] = c.along(one[0]) + c.K*square/2
		if slope == nil {
			continue
		}
		slope[i*d] = c.C + one[0]*(2*c.B+4*c.A*one[0]*one[0])
		for j, y := range one[1:] {
			slope[i*d+1+j] = c.K * y
		}
	}
}
