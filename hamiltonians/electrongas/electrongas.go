// Package electrongas is the uniform electron gas: N electrons of one spin in a
// square or cube with periodic boundary conditions, on a uniform background,
//
//	H = - sum_i lap_i + V,   V = (2 r_s/L) [ sum_{i<j} psi(x_ij/L) + N xi/2 ].
//
// Lengths are in r_s Bohr radii and energies in Ry/r_s^2, so that the density is
// fixed: a disk (2D) or sphere (3D) of radius 1 holds one electron, and
//
//	L = (pi N)^(1/2),   T_F = 4           (2D)
//	L = (4 pi N/3)^(1/3),   T_F = (9 pi/2)^(2/3)   (3D).
//
// psi and xi are those of 1/r with its images: ewald.go. Multiply energies by
// r_s^2 to have Ry. This is the model of H. Xie, L. Zhang and L. Wang, SciPost
// Phys. 14, 154 (2023), arXiv:2201.03156.
package electrongas

import (
	"fmt"
	"math"
	"sync"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

const name = "electrongas"

// Config is the energy's table in the run file.
type Config struct {
	N         int       `key:"n" opt:"required" min:"1" max:"1000" help:"number of electrons, all of one spin"`
	Dimension int       `key:"dimension" min:"2" max:"3" help:"2: square, 3: cube"`
	RS        float64   `key:"r_s" min:"0" help:"radius of the disk or sphere that holds one electron, in Bohr radii; 0 is the free gas"`
	Twist     []float64 `key:"twist" above:"-0.5" max:"0.5" help:"twist of the boundary conditions, one number in (-1/2, 1/2] per dimension, in units of 2 pi; empty is zero"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindEnergy,
		Name:      name,
		Version:   "1.0.0",
		Summary:   "uniform electron gas of one spin in a periodic square or cube",
		Reference: "H. Xie, L. Zhang and L. Wang, SciPost Phys. 14, 154 (2023), arXiv:2201.03156",
		Powers:    []core.Power{core.PowerExact},
		Params:    core.SchemaOf(Config{Dimension: 2, RS: 1}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// New checks c and returns its potential V.
func New(c Config) (*energy.Energy, error) {
	if err := energy.Finite(name, "r_s", c.RS); err != nil {
		return nil, err
	}
	if len(c.Twist) != 0 && len(c.Twist) != c.Dimension {
		return nil, energy.BadSetting(name, "twist", fmt.Sprintf("must have %d numbers, one per dimension, got %d", c.Dimension, len(c.Twist)))
	}
	spec := core.EnergySpec{
		Space:            core.Space{Kind: core.Particles, Shape: []int{c.N, c.Dimension}, Periodic: true, Twist: c.Twist},
		Units:            "Ry/r_s^2",
		Kinetic:          1,
		Degree:           -1, // psi/L and xi/L with lengths in units of L
		FermiTemperature: c.fermi(),
		Scale:            c.scale(),
		Symmetries:       []core.Symmetry{core.Permutation},
	}
	for range c.Dimension {
		spec.Space.Box = append(spec.Space.Box, c.box())
	}
	return energy.New(name, spec, exact.Solution{Solve: c.solve}, c.potential()), nil
}

// scale is that of Ry/r_s^2 and r_s Bohr radii. At r_s = 0 there is none.
func (c Config) scale() core.Scale {
	if c.RS == 0 {
		return core.Scale{}
	}
	return core.Scale{Energy: 1 / (c.RS * c.RS), EnergyUnits: "Ry", Length: c.RS, LengthUnits: "Bohr"}
}

// box is L.
func (c Config) box() float64 {
	if c.Dimension == 2 {
		return math.Sqrt(math.Pi * float64(c.N))
	}
	return math.Cbrt(4 * math.Pi / 3 * float64(c.N))
}

// fermi is T_F = k_F^2: N/L^2 = k_F^2/(4 pi) in 2D, N/L^3 = k_F^3/(6 pi^2) in 3D.
func (c Config) fermi() float64 {
	if c.Dimension == 2 {
		return 4
	}
	return math.Pow(4.5*math.Pi, 2./3)
}

// potential evaluates V. Electrons at the same place have V = +Inf.
func (c Config) potential() func(v, x []float64) {
	ewald := newEwald(c.N, c.Dimension, splitting, cutoff)
	size, scale := c.N*c.Dimension, 2*c.RS/c.box()
	type scratch struct {
		*workspace
		s []float64
	}
	pool := sync.Pool{New: func() any { return &scratch{ewald.newWorkspace(), make([]float64, size)} }}
	return func(v, x []float64) {
		if c.RS == 0 {
			clear(v)
			return
		}
		w := pool.Get().(*scratch)
		for i := range v {
			for k := range w.s {
				w.s[k] = x[i*size+k] / c.box()
			}
			v[i] = scale * ewald.energy(w.s, w.workspace)
		}
		pool.Put(w)
	}
}
