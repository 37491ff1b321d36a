// Package mixture is the energy whose density at beta = 1 is a mixture of K normal
// densities in d dimensions,
//
//	E(x) = -ln sum_k w_k N(x; mu_k, sigma_k^2 1),   sum_k w_k = 1,
//
//	N(x; mu, sigma^2 1) = (2 pi sigma^2)^(-d/2) exp(-|x - mu|^2/(2 sigma^2)),
//
// the target of several modes on which divergences and flows are compared: all is
// known of it, and it can be drawn from. It is normalised, ln Z = 0. With the
// responsibilities r_k(x) = w_k N_k(x)/exp(-E(x)),
//
//	dE/dx = sum_k r_k(x) (x - mu_k)/sigma_k^2.
package mixture

import (
	"cmp"
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/disorder"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

const name = "mixture"

// Config is the energy's table in the run file.
type Config struct {
	Dimension  int       `key:"dimension" opt:"required" min:"1" max:"1000000" help:"number of coordinates"`
	Weights    []float64 `key:"weights" opt:"required" help:"w_k, greater than 0, one number for each component; divided by their sum"`
	Means      []float64 `key:"means" opt:"required" help:"mu_k: one number for each component, the same for all coordinates, or a number for each coordinate, component after component"`
	Widths     []float64 `key:"widths" help:"sigma_k, greater than 0: one number for all components, or one for each"`
	Seed       int       `key:"seed" help:"names the rows"`
	Train      int       `key:"train" min:"0" max:"1e9" help:"rows for training, draws at beta = 1"`
	Validation int       `key:"validation" min:"0" max:"5e8" help:"rows for validation, further draws"`
	Test       int       `key:"test" min:"0" max:"5e8" help:"rows for testing, further draws"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:    core.KindEnergy,
		Name:    name,
		Version: "1.0.0",
		Summary: "mixture of normal densities, with draws as data",
		Powers:  []core.Power{core.PowerSlope, core.PowerExact, core.PowerRows},
		Params:  core.SchemaOf(Config{Widths: []float64{1}, Seed: disorder.DefaultSeed, Train: 10000, Validation: 1000, Test: 10000}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// Mixture is the energy with its rows.
type Mixture struct {
	*energy.Smooth
	density
	start disorder.Stream
}

// Itself is core.Itself's: E is that of what is embedded.
func (e *Mixture) Itself() core.Energy { return e }

var _ core.Given = (*Mixture)(nil)

// density has the components.
type density struct {
	d                   int
	weight, mean, width []float64 // K, K d and K numbers
	lnw                 []float64 // ln w_k - d/2 ln(2 pi sigma_k^2)
}

// New checks c and returns its energy.
func New(c Config) (*Mixture, error) {
	p, err := c.density()
	if err != nil {
		return nil, err
	}
	spec := core.EnergySpec{
		Space: core.Space{Kind: core.Field, Shape: []int{c.Dimension}},
		Units: "1",
		Rows:  core.Ranges(c.Train, c.Validation, c.Test),
	}
	if p.even() {
		spec.Symmetries = []core.Symmetry{core.Z2}
	}
	return &Mixture{energy.NewSmooth(name, spec, exact.Solution{Solve: p.solve}, p.evaluate), p, disorder.Stream(c.Seed)}, nil
}

// density checks the components.
func (c Config) density() (p density, err error) {
	k := len(c.Weights)
	if k == 0 {
		return p, energy.BadSetting(name, "weights", "must have at least one number")
	}
	if err := core.Afford(8*float64(k)*float64(c.Dimension), "energy "+name, fmt.Sprintf("%d components in %d dimensions", k, c.Dimension), "a smaller dimension or fewer components"); err != nil {
		return p, err
	}
	if err := cmp.Or(energy.Finite(name, "weights", c.Weights...), energy.Finite(name, "means", c.Means...), energy.Finite(name, "widths", c.Widths...),
		positive("weights", c.Weights), positive("widths", c.Widths)); err != nil {
		return p, err
	}
	p.d, p.weight, p.width = c.Dimension, make([]float64, k), make([]float64, k)
	if p.mean, err = spread("means", c.Means, k, k*c.Dimension); err != nil {
		return p, err
	}
	if len(c.Widths) != 1 && len(c.Widths) != k {
		return p, energy.BadSetting(name, "widths", fmt.Sprintf("must have 1 number or %d, one for each of weights, got %d", k, len(c.Widths)))
	}
	sum := 0.0
	for _, w := range c.Weights {
		sum += w
	}
	for i, w := range c.Weights {
		p.weight[i], p.width[i] = w/sum, c.Widths[i%len(c.Widths)]
		p.lnw = append(p.lnw, math.Log(p.weight[i])-float64(p.d)*(math.Log(2*math.Pi)/2+math.Log(p.width[i])))
	}
	return p, energy.Finite(name, "weights", p.lnw...) // their sum may overflow
}

func positive(key string, values []float64) error {
	for _, v := range values {
		if v <= 0 {
			return energy.BadSetting(name, key, fmt.Sprintf("must be greater than 0, got %v", v))
		}
	}
	return nil
}

// spread repeats each of few numbers, or takes all that there are to be.
func spread(key string, values []float64, few, all int) ([]float64, error) {
	if len(values) != few && len(values) != all {
		return nil, energy.BadSetting(name, key, fmt.Sprintf("must have %d numbers, one for each of weights, or %d, one for each coordinate of each, got %d", few, all, len(values)))
	}
	full := make([]float64, all)
	for i := range full {
		full[i] = values[i*len(values)/all]
	}
	return full, nil
}

// even tells whether each component has a mirror image of its weight and width.
func (p density) even() bool {
	same := func(k, j int, sign float64) bool {
		if p.width[j] != p.width[k] {
			return false
		}
		for i := range p.d {
			if p.mean[j*p.d+i] != sign*p.mean[k*p.d+i] {
				return false
			}
		}
		return true
	}
	for k := range p.weight {
		here, there := 0.0, 0.0
		for j, w := range p.weight {
			if same(k, j, 1) {
				here += w
			}
			if same(k, j, -1) {
				there += w
			}
		}
		if here != there {
			return false
		}
	}
	return true
}

// evaluate sums over the components relative to the largest term so far, so that no
// term overflows and not all vanish.
func (p density) evaluate(energies, slope, x []float64) {
	for i := range energies {
		one := x[i*p.d : (i+1)*p.d]
		var force []float64
		if slope != nil {
			force = slope[i*p.d : (i+1)*p.d]
			clear(force)
		}
		top, sum := math.Inf(-1), 0.0
		for k := range p.weight {
			mean, width := p.mean[k*p.d:(k+1)*p.d], p.width[k]
			term := p.lnw[k] - squares(one, mean, width)/2
			if math.IsInf(term, -1) { // too far away for a square
				continue
			}
			if term > top {
				scale := math.Exp(top - term)
				sum *= scale
				for j := range force {
					force[j] *= scale
				}
				top = term
			}
			share := math.Exp(term - top)
			sum += share
			for j := range force {
				force[j] += share * (one[j] - mean[j]) / (width * width)
			}
		}
		energies[i] = -top
		if sum > 0 {
			energies[i] -= math.Log(sum)
		}
		for j := range force {
			force[j] /= sum
		}
	}
}

// squares is |x - mean|^2/width^2.
func squares(x, mean []float64, width float64) (sum float64) {
	for j, v := range x {
		u := (v - mean[j]) / width
		sum += u * u
	}
	return sum
}

// Components is the number K of components.
func (p density) Components() int { return len(p.weight) }

// Component is w_k, the coordinates of mu_k, which are the mixture's own, and sigma_k.
func (p density) Component(k int) (weight float64, mean []float64, width float64) {
	return p.weight[k], p.mean[k*p.d : (k+1)*p.d], p.width[k]
}
