// Package ringworld is a particle in the plane near a ring,
//
//	E(x) = (r - R)^2 / (2 w^2),   r = |x|,
//
// a density whose support is not simply connected (the example "Ringworld" of
// S.-H. Li, C.-X. Dong, L. Zhang and L. Wang, Phys. Rev. X 10, 021020 (2020),
// arXiv:1910.00024, where R = 2 and 2 w^2 = 0.32).
package ringworld

import (
	"cmp"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

const name = "ringworld"

// Config is the energy's table in the run file.
type Config struct {
	Radius float64 `key:"radius" min:"0" help:"R, of the ring"`
	Width  float64 `key:"width" above:"0" help:"w, the standard deviation of r at beta = 1 where w is much smaller than R"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindEnergy,
		Name:      name,
		Version:   "1.0.0",
		Summary:   "a particle in the plane near a ring",
		Reference: "Li, Dong, Zhang and Wang 2020, Phys. Rev. X 10, 021020 (arXiv:1910.00024)",
		Powers:    []core.Power{core.PowerSlope, core.PowerExact},
		Params:    core.SchemaOf(Config{Radius: 2, Width: 0.4}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// New checks c and returns its energy.
func New(c Config) (*energy.Smooth, error) {
	if err := cmp.Or(energy.Finite(name, "radius", c.Radius), energy.Finite(name, "width", c.Width)); err != nil {
		return nil, err
	}
	return energy.NewSmooth(name, core.EnergySpec{
		Space:      core.Space{Kind: core.Particles, Shape: []int{1, 2}},
		Units:      "1",
		Symmetries: []core.Symmetry{core.Z2, core.Rotation},
	}, exact.Solution{Solve: c.solve}, c.evaluate), nil
}

// evaluate takes the slope at the origin, a kink of E, to be 0.
func (c Config) evaluate(energies, slope, x []float64) {
	stiffness := 1 / (c.Width * c.Width)
	for i := range energies {
		r := math.Hypot(x[2*i], x[2*i+1])
		u := r - c.Radius
		energies[i] = stiffness * u * u / 2
		if slope == nil {
			continue
		}
		radial := 0.0
		if r > 0 {
			radial = stiffness * u / r
		}
		slope[2*i], slope[2*i+1] = radial*x[2*i], radial*x[2*i+1]
	}
}

// solve takes the moments of the density in r. With a = beta/(2 w^2),
// v = (r - R) sqrt a and q = R sqrt a,
//
//	Z = 2 pi/a int_{-q}^inf (q + v) exp(-v^2) dv = 2 pi/a (q J_0 + J_1),
//	J_n = int_{-q}^inf v^n exp(-v^2) dv,
//	J_0 = sqrt(pi)/2 erfc(-q),   J_1 = exp(-q^2)/2,
//	J_n+1 = [(-q)^n exp(-q^2) + n J_n-1]/2
//
// by parts, and beta E = v^2. In v nothing overflows at any beta.
func (c Config) solve(beta float64) (core.Exact, error) {
	radius, width := c.Radius, c.Width
	root := math.Sqrt(beta/2) / width
	q := radius * root
	edge := math.Exp(-q * q)
	var j [6]float64
	j[0] = math.Sqrt(math.Pi) / 2 * math.Erfc(-q)
	j[1] = edge / 2
	for n := 1; n < 5; n++ {
		edge *= -q
		j[n+1] = (edge + float64(n)*j[n-1]) / 2
	}
	norm := q*j[0] + j[1]
	moment := func(n int) float64 { return (q*j[n] + j[n+1]) / norm } // < v^n >
	mean := moment(2)
	sum := exact.Partition{
		LogW:         math.Log(2*math.Pi*norm) - 2*math.Log(root),
		Excess:       mean / beta,
		HeatCapacity: moment(4) - mean*mean,
	}
	x := sum.Values(beta, "closed form in r")
	v, vv := moment(1)/root, mean/root/root
	x.Values["mean_square_radius"] = radius*radius + 2*radius*v + vv
	return x, nil
}
