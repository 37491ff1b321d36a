// Package costfunction is a function of one number whose mean over a density is
// differentiated in the density's parameters,
//
//	E(x) = (x - k)^2,   exp(-k x^2),   or   cos(k x),
//
// on which estimators of gradients are compared (Mohamed, Rosca, Figurnov and Mnih 2020,
// J. Mach. Learn. Res. 21, 132, arXiv:1906.10652, section 3.2). At temperature 0 the
// variational free energy is < E >, and its gradient the one that is meant. The second and
// the third have no Boltzmann density on the whole line.
package costfunction

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

const name = "costfunction"

// Config is the energy's table in the run file.
type Config struct {
	Function string  `key:"function" choices:"square,exponential,cosine" help:"square: (x - k)^2; exponential: exp(-k x^2); cosine: cos(k x)"`
	K        float64 `key:"k" help:"k of the function; of exponential not below 0"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindEnergy,
		Name:      name,
		Version:   "0.1.0",
		Summary:   "a function of one number, on which estimators of gradients are compared",
		Reference: "Mohamed, Rosca, Figurnov and Mnih 2020, J. Mach. Learn. Res. 21, 132 (arXiv:1906.10652)",
		Powers:    []core.Power{core.PowerSlope},
		Params:    core.SchemaOf(Config{Function: "square", K: 1}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// New checks c and returns its energy.
func New(c Config) (*energy.Smooth, error) {
	if err := energy.Finite(name, "k", c.K); err != nil {
		return nil, err
	}
	if c.Function == "exponential" && c.K < 0 {
		return nil, energy.BadSetting(name, "k", "must not be below 0, where exp(-k x^2) has no bound")
	}
	spec := core.EnergySpec{Space: core.Space{Kind: core.Field, Shape: []int{1}}, Units: "1"}
	if c.Function != "square" || c.K == 0 {
		spec.Symmetries = []core.Symmetry{core.Z2}
	}
	return energy.NewSmooth(name, spec, exact.Solution{}, c.evaluate), nil
}

func (c Config) evaluate(energies, slope, x []float64) {
	for i, x := range x {
		e, de := c.at(x)
		energies[i] = e
		if slope != nil {
			slope[i] = de
		}
	}
}

// at is E(x) and dE/dx.
func (c Config) at(x float64) (e, slope float64) {
	switch c.Function {
	case "exponential":
		e = math.Exp(-c.K * x * x)
		return e, -2 * c.K * x * e
	case "cosine":
		sin, cos := math.Sincos(c.K * x)
		return cos, -c.K * sin
	}
	return (x - c.K) * (x - c.K), 2 * (x - c.K)
}
