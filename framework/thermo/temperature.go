package thermo

import "math"

// At constant volume and number of particles, F(T) = E - T S has
//
//	S = -dF/dT,   E = F - T dF/dT,   C = T dS/dT = dE/dT.
//
// They hold also for the best density of a family at each temperature: where the parameters minimise
// F = E - T S, dF/dT is the derivative at fixed parameters, -S. The fluctuation of that density's energy,
// beta^2 Var(E), is another heat capacity: it is the derivative of E only for the Boltzmann density.

// Entropy is -dF/dT at the temperatures t.
func Entropy(t []float64, f []Value) []Value { return Slopes(t, f, nil, all(len(t), -1)) }

// Energy is F - T dF/dT.
func Energy(t []float64, f []Value) []Value {
	minus := make([]float64, len(t))
	for i := range t {
		minus[i] = -t[i]
	}
	return Slopes(t, f, all(len(t), 1), minus)
}

// HeatCapacityOfEntropy is T dS/dT.
func HeatCapacityOfEntropy(t []float64, s []Value) []Value { return Slopes(t, s, nil, t) }

// HeatCapacityOfEnergy is dE/dT.
func HeatCapacityOfEnergy(t []float64, e []Value) []Value { return Derivative(t, e) }

// Best is the least free energy at each temperature that a density of any of the points has: that of
// point j has E_j - T S_j at T, an upper bound of the free energy for every T (Gibbs and Bogoliubov),
//
//	F_j + (T_j - T) S_j.
//
// from is the point that it belongs to. Where that is another one than the point itself, and the
// distance is beyond the errors, training at this point has not found what its neighbour did. Errors of
// F_j and S_j, of the same draws, are added.
func Best(t []float64, f, s []Value) (best []Value, from []int) {
	best, from = make([]Value, len(t)), make([]int, len(t))
	for i := range t {
		best[i], from[i] = f[i], i
		if !f[i].Known() {
			continue
		}
		for j := range t {
			if !f[j].Known() || !s[j].Known() || i == j {
				continue
			}
			dt := t[j] - t[i]
			other := Value{f[j].Mean + dt*s[j].Mean, f[j].sigma() + math.Abs(dt)*s[j].sigma()}
			if other.Mean < best[i].Mean {
				best[i], from[i] = other, j
			}
		}
	}
	return best, from
}
