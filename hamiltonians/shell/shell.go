// Package shell is a particle that is anywhere between two spheres about the origin, evenly,
//
//	E(x) = 0 where r_1 <= |x| <= r_2, and infinite elsewhere,   Z = V_d (r_2^d - r_1^d),
//	V_d = pi^(d/2)/Gamma(d/2 + 1).
//
// In the plane it is an annulus, and a disk with r_1 = 0. A round density is the target whose
// transport from another is known: the map of least cost from the normal density moves every
// point along its radius, such that as much lies within as before (Brenier 1991).
package shell

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/disorder"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

const name = "shell"

// Config is the energy's table in the run file.
type Config struct {
	Dimension  int     `key:"dimension" min:"1" max:"1000" help:"number of coordinates"`
	Inner      float64 `key:"inner" min:"0" help:"r_1"`
	Outer      float64 `key:"outer" above:"0" help:"r_2, greater than r_1"`
	Seed       int     `key:"seed" help:"names the rows"`
	Train      int     `key:"train" min:"0" max:"1e9" help:"rows for training"`
	Validation int     `key:"validation" min:"0" max:"5e8" help:"rows for validation"`
	Test       int     `key:"test" min:"0" max:"5e8" help:"rows for testing"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindEnergy,
		Name:      name,
		Version:   "1.0.0",
		Summary:   "an even density between two spheres, with draws as data",
		Reference: "as a target of transport: Brenier 1991, Comm. Pure Appl. Math. 44, 375",
		Powers:    []core.Power{core.PowerExact, core.PowerRows},
		Params:    core.SchemaOf(Config{Dimension: 2, Inner: 1, Outer: 2, Seed: disorder.DefaultSeed, Train: 10000, Validation: 1000, Test: 10000}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// Shell is the energy with its rows.
type Shell struct {
	*energy.Energy
	Config
}

// Itself is core.Itself's: E is that of what is embedded.
func (e *Shell) Itself() core.Energy { return e }

var _ core.Given = (*Shell)(nil)

// Radii are from smallest to largest, so that |x|^2 neither underflows nor overflows. A shell
// that is thinner than this part of its radius has no room for what rounding does to rows, whose
// radius is right to a part in 10^12, and its volume and < |x|^2 > not ten digits.
const smallest, largest, thinnest = 1e-150, 1e150, 1e-6

// New checks c and returns its energy.
func New(c Config) (*Shell, error) {
	if !(c.Outer >= smallest && c.Outer <= largest) {
		return nil, energy.BadSetting(name, "outer", fmt.Sprintf("must be from %g to %g, whose squares are numbers, got %v", smallest, largest, c.Outer))
	}
	if c.Inner != 0 && !(c.Inner >= smallest) {
		return nil, energy.BadSetting(name, "inner", fmt.Sprintf("must be 0, or %g at least, whose square is a number, got %v", smallest, c.Inner))
	}
	if !(c.Inner <= c.Outer*(1-thinnest)) {
		return nil, energy.BadSetting(name, "inner", fmt.Sprintf("must be smaller than outer, by %g of it at least", thinnest))
	}
	spec := core.EnergySpec{
		Space:      core.Space{Kind: core.Particles, Shape: []int{1, c.Dimension}},
		Units:      "1",
		Symmetries: []core.Symmetry{core.Z2, core.Permutation},
		Rows:       core.Ranges(c.Train, c.Validation, c.Test),
		Forbids:    true,
	}
	if c.Dimension > 1 {
		spec.Symmetries = append(spec.Symmetries, core.Rotation)
	}
	return &Shell{energy.New(name, spec, exact.Solution{Solve: c.solve}, c.values), c}, nil
}

func (c Config) values(e, x []float64) {
	for i := range e {
		r := norm(x[i*c.Dimension : (i+1)*c.Dimension])
		if e[i] = 0; !(r >= c.Inner && r <= c.Outer) { // of NaN, too
			e[i] = math.Inf(1)
		}
	}
}

func norm(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v
	}
	return math.Sqrt(sum)
}

// logVolume is ln Z, from the share (r_1/r_2)^d of the outer sphere that is empty.
func (c Config) logVolume() float64 {
	d := float64(c.Dimension)
	gamma, _ := math.Lgamma(d/2 + 1)
	return d/2*math.Log(math.Pi) - gamma + d*math.Log(c.Outer) + math.Log1p(-math.Pow(c.Inner/c.Outer, d))
}

// solve knows all; < |x|^2 > = d/(d+2) (r_2^(d+2) - r_1^(d+2))/(r_2^d - r_1^d).
func (c Config) solve(beta float64) (core.Exact, error) {
	ln, d, q := c.logVolume(), float64(c.Dimension), c.Inner/c.Outer
	return core.Exact{Source: "volume between two spheres", Values: map[string]float64{
		"log_z": ln, "free_energy": -ln / beta, "entropy": ln, "energy": 0, "heat_capacity": 0,
		"mean_square_radius": d / (d + 2) * c.Outer * c.Outer * (1 - math.Pow(q, d+2)) / (1 - math.Pow(q, d)),
	}}, nil
}

// Rows implements core.Given. Row n is made of the outputs n (1 + 2 d), ... of the stream
// that the seed names: of the first the radius, by u = (r^d - r_1^d)/(r_2^d - r_1^d), and
// pairs of the others give normal numbers, which point in its direction.
func (s *Shell) Rows(x []float64, number []int32) error {
	d := s.Dimension
	empty := math.Pow(s.Inner/s.Outer, float64(d))
	for i, n := range number {
		stream := disorder.Stream(s.Seed).Skip(uint64(n) * uint64(1+2*d))
		r := s.Outer * math.Pow(empty+(1-empty)*stream.Uniform(), 1/float64(d))
		row := x[i*d : (i+1)*d]
		for j := range row {
			row[j] = stream.Normal()
		}
		// Rounding must not lead out of the shell, which is thicker than that.
		r = min(max(r, s.Inner*(1+1e-12)), s.Outer*(1-1e-12))
		scale := r / norm(row)
		for j := range row {
			row[j] *= scale
		}
	}
	return nil
}
