// Package exact holds what the exact solutions of the energies share: the
// thermodynamic identities, a log-domain accumulator, the enumeration of all
// states of spins, independent classical degrees of freedom and quadrature.
package exact

import (
	"maps"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Values forms the thermodynamic totals of spins from ln Z, the mean and the
// variance of the energy at inverse temperature beta:
//
//	F = -ln Z / beta    S = ln Z + beta <E>    C = beta^2 Var E
//
// Rounding of entropy and heat capacity below zero is removed.
func Values(beta, lnZ, mean, variance float64, source string) core.Exact {
	x := Classical{lnZ, mean, variance}.Values(beta, source)
	for _, name := range []string{"entropy", "heat_capacity"} {
		x.Values[name] = max(0, x.Values[name])
	}
	return x
}

// Classical sums what independent degrees of freedom add to ln Z, to the mean
// and to the variance of the energy.
type Classical struct{ LogZ, Energy, Variance float64 }

// AddModes adds n modes of energy k x^2/2 at inverse temperature beta.
func (c *Classical) AddModes(n int, k, beta float64) {
	half := float64(n) / 2
	c.LogZ += half * math.Log(2*math.Pi/(beta*k))
	c.Energy += half / beta
	c.Variance += half / (beta * beta)
}

// Add adds the degree of freedom that was integrated over in a.
func (c *Classical) Add(a *Accumulator) {
	mean, variance := a.Energy()
	c.LogZ += a.LogSum()
	c.Energy += mean
	c.Variance += variance
}

// Values forms the thermodynamic totals as the function Values does; the
// entropy of a density on R^n, -<ln p>, may have either sign.
func (c Classical) Values(beta float64, source string) core.Exact {
	lnZ, mean := c.LogZ, c.Energy
	return core.Exact{
		Values: map[string]float64{
			"log_z":         lnZ,
			"free_energy":   -lnZ / beta,
			"energy":        mean,
			"entropy":       lnZ + beta*mean,
			"heat_capacity": beta * beta * c.Variance,
		},
		Source: source,
	}
}

// Solver computes exact values at a beta > 0 that was checked.
type Solver func(beta float64) (core.Exact, error)

// Cache is a core.Exacter that solves each beta once. Subject names the
// energy in errors. A nil Solve means that no exact solution is known.
type Cache struct {
	Subject string
	Solve   Solver
	known   map[float64]core.Exact
}

// Exact returns the values at beta; the caller owns the map. A value out of
// float64's range, as at a beta whose square overflows, is an error.
func (c *Cache) Exact(beta float64) (core.Exact, error) {
	const op = "exact values"
	if c.Solve == nil {
		return core.Exact{}, core.Errorf(core.Unsupported, op, c.Subject, "no exact solution is known for these settings")
	}
	if !(beta > 0) || math.IsInf(beta, 1) {
		return core.Exact{}, core.Errorf(core.Invalid, op, c.Subject, "beta must be positive and finite, got %v", beta)
	}
	found, ok := c.known[beta]
	if !ok {
		var err error
		if found, err = c.Solve(beta); err != nil {
			return core.Exact{}, err
		}
		for _, name := range slices.Sorted(maps.Keys(found.Values)) {
			if v := found.Values[name]; math.IsNaN(v) || math.IsInf(v, 0) {
				return core.Exact{}, core.Errorf(core.Numeric, op, c.Subject, "%s is %v at beta = %v", name, v, beta)
			}
		}
		if c.known == nil {
			c.known = map[float64]core.Exact{}
		}
		c.known[beta] = found
	}
	found.Values = maps.Clone(found.Values)
	return found, nil
}

// Powers is what the energy declares: the power exact if a solution is known.
func (c *Cache) Powers() []core.Power {
	if c.Solve == nil {
		return nil
	}
	return []core.Power{core.PowerExact}
}
