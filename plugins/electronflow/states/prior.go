package states

import "math"

// freeGas returns the logits of the free gas at fixed N, whose states have the
// probabilities p_0(K) = exp(-sum_i eps_ki)/Z with eps in units of the temperature.
// Once k_(i-1) is chosen, the electrons from k_i on may be in any of the orbitals
// above it:
//
//	p_0(k_i = k | k_(i-1)) ~ exp(-eps_k) Z_(N-i)(k),
//	Z_r(k) = Z_r(k+1) + exp(-eps_(k+1)) Z_(r-1)(k+1),
//
// Z_r(k) being the sum over sets of r orbitals above k. So the logits depend on the
// position i (row, from 0) and on k, and the past only forbids some.
func freeGas(n int, eps []float64) []float64 {
	m := len(eps)
	logits := make([]float64, n*m)
	above := make([]float64, n) // ln Z_r(k), r = 0 ... n-1
	for r := 1; r < n; r++ {
		above[r] = math.Inf(-1)
	}
	for k := m - 1; k >= 0; k-- {
		for i := range n {
			logits[i*m+k] = above[n-1-i] - eps[k]
		}
		for r := n - 1; r > 0; r-- {
			above[r] = logAdd(above[r], above[r-1]-eps[k])
		}
	}
	return logits
}

// logAdd is ln(exp(a) + exp(b)).
func logAdd(a, b float64) float64 {
	if math.IsInf(b, -1) {
		return a
	}
	return max(a, b) + math.Log1p(math.Exp(-math.Abs(a-b)))
}
