package exact

import (
	"math"
	"slices"
)

// Fermions that do not interact, at fixed number N. With one orbital after the other,
//
//	Z_k <- Z_k + exp(-beta eps) Z_(k-1),   k = N ... 1,   Z_0 = 1,
//
// Z_N is the sum over all sets of N orbitals of exp(-beta sum eps) (Borrmann and
// Franke, J. Chem. Phys. 98, 2484 (1993), have a recursion in N with alternating
// signs; here all terms are positive, so that no digits cancel). Each Z_k is taken
// relative to its ground state, the k lowest orbitals of energies eps_1 <= ... <=
// eps_k: the exponent is then -beta (eps - eps_k), and the entropy no difference of
// two large numbers.

// IdealFermions returns free energy, energy and entropy of n fermions in the orbitals
// of energies eps, no fewer than n, at inverse temperature beta > 0.
func IdealFermions(eps []float64, n int, beta float64) (f, e, s float64) {
	eps = slices.Sorted(slices.Values(eps))
	logW, excess := make([]float64, n+1), make([]float64, n+1) // of Z_k relative to its ground state, and its <E>
	for k := 1; k <= n; k++ {
		logW[k] = math.Inf(-1)
	}
	for i, v := range eps {
		for k := min(n, i+1); k > 0; k-- {
			above := Range{Lowest: eps[k-1], Highest: v}.Above(v)
			with := logW[k-1]
			if above > 0 {
				with -= beta * above
			}
			sum := logAdd(logW[k], with)
			share := math.Exp(with - sum)
			excess[k] += share * (excess[k-1] + above - excess[k])
			logW[k] = sum
		}
	}
	ground := 0.0
	for _, v := range eps[:n] {
		ground += v
	}
	return ground - logW[n]/beta, ground + excess[n], logW[n] + beta*excess[n]
}

// logAdd is ln(exp(a) + exp(b)); one of them is finite.
func logAdd(a, b float64) float64 {
	return max(a, b) + math.Log1p(math.Exp(-math.Abs(a-b)))
}
