// Package thermo is thermodynamics of free energies that are known at some points, with errors:
//
//	dF = -S dT - P dV + mu dN.
//
// Along temperatures F gives entropy, energy and heat capacity; along volumes the pressure; along
// particle numbers the chemical potential and the thermodynamic limit; along temperatures and volumes
// both Maxwell's relation. What it derives stands beside what was measured directly, and where the two
// differ, one of them is wrong: [Compare].
//
// All functions are about arrays of points: x in any order, and values with standard errors. A value
// that is NaN is a missing point. Nothing is kept of the arguments.
package thermo

import "math"

// Value is a number with its standard error: 0 where it is exact, NaN where it is not known, which is
// taken for exact.
type Value struct{ Mean, Err float64 }

// Unknown is the value of a point that is missing.
func Unknown() Value { return Value{math.NaN(), math.NaN()} }

// Known tells whether there is a value.
func (v Value) Known() bool { return v.Mean-v.Mean == 0 }

// sigma is the standard error, 0 where it is not known.
func (v Value) sigma() float64 {
	if v.Err > 0 && !math.IsInf(v.Err, 0) {
		return v.Err
	}
	return 0
}
