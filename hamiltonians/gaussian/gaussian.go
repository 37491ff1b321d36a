// Package gaussian is a particle in harmonic wells, one for each coordinate,
//
//	E(x) = 1/2 sum_i k_i (x_i - mu_i)^2,   or   E(x) = 1/2 (x - mu)^T C^-1 (x - mu),
//
// the energy that every flow must solve without error: its Boltzmann density is
// normal, x_i ~ N(mu_i, 1/(beta k_i)), or of the covariance C/beta.
package gaussian

import (
	"fmt"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

const name = "gaussian"

// Config is the energy's table in the run file.
type Config struct {
	Dimension  int       `key:"dimension" opt:"required" min:"1" max:"1000000" help:"number of coordinates"`
	Stiffness  []float64 `key:"stiffness" help:"k_i, greater than 0: one number for all coordinates, or one for each"`
	Covariance []float64 `key:"covariance" help:"C in the place of k, all elements of the matrix, row by row"`
	Mean       []float64 `key:"mean" help:"mu_i: one number for all coordinates, or one for each"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:    core.KindEnergy,
		Name:    name,
		Version: "1.0.0",
		Summary: "harmonic wells, whose Boltzmann density is normal",
		Powers:  []core.Power{core.PowerSlope, core.PowerExact},
		Params:  core.SchemaOf(Config{Stiffness: []float64{1}, Covariance: []float64{}, Mean: []float64{0}}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// wells hold k and mu of every coordinate, or with the matrix C^-1 the C_ii, and for k
// numbers whose product is its determinant.
type wells struct{ stiffness, mean, matrix, variance []float64 }

// New checks c and returns its energy.
func New(c Config) (*energy.Smooth, error) {
	var w wells
	var err error
	if w.stiffness, err = each("stiffness", c.Stiffness, c.Dimension); err != nil {
		return nil, err
	}
	for _, k := range w.stiffness {
		if k <= 0 {
			return nil, energy.BadSetting(name, "stiffness", fmt.Sprintf("must be greater than 0, got %v", k))
		}
	}
	if w.mean, err = each("mean", c.Mean, c.Dimension); err != nil {
		return nil, err
	}
	if len(c.Covariance) > 0 {
		if err = w.correlate(c); err != nil {
			return nil, err
		}
	}
	spec := core.EnergySpec{
		Space: core.Space{Kind: core.Field, Shape: []int{c.Dimension}},
		Units: "1",
	}
	if !slices.ContainsFunc(w.mean, func(m float64) bool { return m != 0 }) {
		spec.Symmetries = []core.Symmetry{core.Z2}
	}
	return energy.NewSmooth(name, spec, exact.Solution{Solve: w.solve}, w.evaluate), nil
}

// each repeats a single value n times, or demands n of them.
func each(key string, values []float64, n int) ([]float64, error) {
	all := make([]float64, n)
	switch len(values) {
	case 1:
		for i := range all {
			all[i] = values[0]
		}
	case n:
		copy(all, values)
	default:
		return nil, energy.BadSetting(name, key, fmt.Sprintf("must have 1 number or %d, one for each coordinate, got %d", n, len(values)))
	}
	return all, energy.Finite(name, key, all...)
}

func (w wells) evaluate(energies, slope, x []float64) {
	d := len(w.mean)
	for i := range energies {
		sum := 0.0
		for j, v := range x[i*d : (i+1)*d] {
			force := w.force(x[i*d:(i+1)*d], j)
			sum += force * (v - w.mean[j])
			if slope != nil {
				slope[i*d+j] = force
			}
		}
		energies[i] = sum / 2
	}
}

// force is dE/dx_j of one configuration.
func (w wells) force(x []float64, j int) (sum float64) {
	if w.matrix == nil {
		return w.stiffness[j] * (x[j] - w.mean[j])
	}
	d := len(x)
	for k, v := range x {
		sum += w.matrix[j*d+k] * (v - w.mean[k])
	}
	return sum
}

// solve adds up the modes; <x_i^2> = 1/(beta k_i) + mu_i^2.
func (w wells) solve(beta float64) (core.Exact, error) {
	var c exact.Partition
	square := 0.0
	for i, k := range w.stiffness {
		c.AddModes(1, k, beta)
		variance := 1 / k
		if w.matrix != nil {
			variance = w.variance[i]
		}
		square += variance/beta + w.mean[i]*w.mean[i]
	}
	x := c.Values(beta, "normal density, closed form")
	x.Values["field_squared"] = square / float64(len(w.mean))
	return x, nil
}
