// Package exact holds what exact solutions of energies share, each relative to a
// lowest energy so that F, S, <E> and the heat capacity have no cancellation:
//
//   - [Solution] is what an energy knows, as a function of beta; a [Solver] is that
//     function.
//   - [Spins] and [Enumerate] sum over all states of spins, of any energy or of pairs.
//   - [Partition] adds up independent degrees of freedom, as normal modes, and forms the
//     thermodynamic values.
//   - [Accumulator] sums weights given by their logarithms: levels, or an integral by
//     quadrature ([Accumulator.Integrate], [Reach]).
//   - [Range] decides which levels are one.
//   - [IdealFermions] is the canonical gas of free fermions.
//
// k_B = 1; entropy and heat capacity are in units of k_B; beta = +Inf is T = 0.
package exact

import (
	"maps"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Partition is the sum over states, relative to an energy E_0 so that nothing cancels
// where ln Z is large. Independent degrees of freedom add up in it.
type Partition struct {
	Lowest       float64 // E_0, the lowest energy or one nearby
	LogW         float64 // ln( Z exp(beta E_0) )
	Excess       float64 // <E> - E_0
	HeatCapacity float64 // beta^2 Var E
}

// AddModes adds n modes of energy k x^2/2 at inverse temperature beta.
func (s *Partition) AddModes(n int, k, beta float64) {
	half := float64(n) / 2
	s.LogW += half * (math.Log(2*math.Pi/k) - math.Log(beta))
	s.Excess += half / beta
	s.HeatCapacity += half
}

// Add adds what was summed in a, relative to the same E_0.
func (s *Partition) Add(a *Accumulator, beta float64) {
	mean, variance := a.Energy()
	s.LogW += a.LogSum()
	s.Excess += mean / beta
	s.HeatCapacity += variance
}

// Values forms the thermodynamic totals at inverse temperature beta:
//
//	F = E_0 - ln W / beta    S = ln W + beta (<E> - E_0)    ln Z = ln W - beta E_0
//
// At beta = +Inf they are the limits, and there is no ln Z. The entropy of a
// density on R^n, -<ln p>, may have either sign.
func (s Partition) Values(beta float64, source string) core.Exact {
	x := core.Exact{
		Values: map[string]float64{
			"free_energy":   s.Lowest - s.LogW/beta,
			"energy":        s.Lowest + s.Excess,
			"entropy":       s.LogW,
			"heat_capacity": s.HeatCapacity,
		},
		Source: source,
	}
	if s.Excess != 0 {
		x.Values["entropy"] += beta * s.Excess
	}
	if !math.IsInf(beta, 1) {
		x.Values["log_z"] = s.LogW - beta*s.Lowest
	}
	return x
}

// Discrete is Values of a system of levels. Rounding of entropy and heat
// capacity below zero is removed.
func (s Partition) Discrete(beta float64, source string) core.Exact {
	x := s.Values(beta, source)
	for _, name := range []string{"entropy", "heat_capacity"} {
		x.Values[name] = max(0, x.Values[name])
	}
	return x
}

// Normalise takes the rounding of a sum or an integral from the values of an energy -ln p of
// a density p at beta = 1, of which ln Z is 0 and the entropy the energy.
func Normalise(x core.Exact) {
	x.Values["log_z"], x.Values["free_energy"] = 0, 0
	x.Values["entropy"] = x.Values["energy"]
}

// Solver computes exact values at a beta > 0 that was checked.
type Solver func(beta float64) (core.Exact, error)

// Solution is a core.Exacter that solves each beta once. The zero value knows
// nothing.
type Solution struct {
	// Subject names the energy in errors.
	Subject string
	// Solve takes finite beta; nil where no exact solution is known.
	Solve Solver
	// Ground takes beta = +Inf, and gives lowest_energy at any beta; nil where
	// the states of lowest energy are not known.
	Ground Solver
	known  map[float64]core.Exact
}

// Exact returns the values at beta; the caller owns the map. A value that
// float64 cannot hold, as ln Z/beta at beta = 1e-310, is left out.
func (c *Solution) Exact(beta float64) (core.Exact, error) {
	const op = "exact values"
	solve := c.Solve
	switch ground := math.IsInf(beta, 1); {
	case c.Solve == nil && c.Ground == nil:
		return core.Exact{}, core.Errorf(core.Unsupported, op, c.Subject, "no exact solution is known for these settings")
	case !(beta > 0) || ground && c.Ground == nil:
		return core.Exact{}, core.Errorf(core.Invalid, op, c.Subject, "beta must be positive and finite, got %v", beta)
	case ground:
		solve = c.Ground
	case c.Solve == nil:
		solve = c.lowest
	}
	found, ok := c.known[beta]
	if !ok {
		var err error
		if found, err = solve(beta); err != nil {
			return core.Exact{}, err
		}
		if err := c.addLowest(&found); err != nil {
			return core.Exact{}, err
		}
		for _, name := range slices.Sorted(maps.Keys(found.Values)) {
			switch v := found.Values[name]; {
			case math.IsNaN(v):
				return core.Exact{}, core.Errorf(core.Numeric, op, c.Subject, "%s is %v at beta = %v", name, v, beta)
			case math.IsInf(v, 0):
				delete(found.Values, name)
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

// lowest is all that is known at finite beta where only the ground states are.
func (c *Solution) lowest(float64) (core.Exact, error) {
	ground, err := c.Ground(math.Inf(1))
	return core.Exact{Values: map[string]float64{}, Source: ground.Source}, err
}

// addLowest adds the lowest energy unless the solution has it.
func (c *Solution) addLowest(found *core.Exact) error {
	const name = "lowest_energy"
	if _, has := found.Values[name]; has || c.Ground == nil {
		return nil
	}
	ground, err := c.Ground(math.Inf(1))
	if err == nil {
		found.Values[name] = ground.Values["energy"]
	}
	return err
}

// Powers is what the energy declares: exact where anything is known, and ground
// where the ground states are.
func (c *Solution) Powers() []core.Power {
	switch {
	case c.Ground != nil:
		return []core.Power{core.PowerExact, core.PowerGround}
	case c.Solve != nil:
		return []core.Power{core.PowerExact}
	}
	return nil
}
