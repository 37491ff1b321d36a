// Package ideal is the thermodynamics of N fermions that do not interact, at fixed
// N. With one orbital after the other,
//
//	Z_k <- Z_k + exp(-beta eps) Z_(k-1),   k = N ... 1,   Z_0 = 1,
//
// Z_N is the sum over all sets of N orbitals of exp(-beta sum eps) (Borrmann and
// Franke, J. Chem. Phys. 98, 2484 (1993), have a recursion in N with alternating
// signs; here all terms are positive, so that no digits cancel).
package ideal

import "math"

// Canonical returns free energy, energy and entropy of n fermions in the orbitals
// of energies eps, no fewer than n, at inverse temperature beta > 0.
func Canonical(eps []float64, n int, beta float64) (f, e, s float64) {
	logZ, energy := make([]float64, n+1), make([]float64, n+1)
	for k := 1; k <= n; k++ {
		logZ[k] = math.Inf(-1)
	}
	for i, v := range eps {
		for k := min(n, i+1); k > 0; k-- {
			with := logZ[k-1] - beta*v
			sum := logAdd(logZ[k], with)
			share := math.Exp(with - sum)
			energy[k] += share * (energy[k-1] + v - energy[k])
			logZ[k] = sum
		}
	}
	f, e = -logZ[n]/beta, energy[n]
	return f, e, beta * (e - f)
}

// logAdd is ln(exp(a) + exp(b)); b is finite.
func logAdd(a, b float64) float64 {
	return max(a, b) + math.Log1p(math.Exp(-math.Abs(a-b)))
}
