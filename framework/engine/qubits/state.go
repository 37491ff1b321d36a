// Package qubits applies gates to wave functions of qubits.
package qubits

import "math/cmplx"

// State is the wave function of n qubits, 2^n amplitudes <x|psi> in the order of the
// numbers of the bit strings x. Gates are applied in place.
type State []complex128

// Zero is the state |0...0> of n qubits.
func Zero(n int) State {
	psi := make(State, 1<<n)
	psi[0] = 1
	return psi
}

// Gate is a matrix on one qubit, in the order <0|g|0>, <0|g|1>, <1|g|0>, <1|g|1>.
type Gate [4]complex128

// Inverse is that of a unitary gate.
func (g *Gate) Inverse() Gate {
	return Gate{cmplx.Conj(g[0]), cmplx.Conj(g[2]), cmplx.Conj(g[1]), cmplx.Conj(g[3])}
}

// One applies g to the qubit whose bit of a bit string's number this is.
func (psi State) One(g *Gate, bit int) {
	for from := 0; from < len(psi); from += 2 * bit {
		zeros, ones := psi[from:from+bit], psi[from+bit:from+2*bit]
		for j, a := range zeros {
			b := ones[j]
			zeros[j], ones[j] = g[0]*a+g[1]*b, g[2]*a+g[3]*b
		}
	}
}

// Flip applies a controlled NOT: it flips the bit target where the bit control is 1. It
// is its own inverse.
func (psi State) Flip(control, target int) {
	for x := range psi {
		if x&control != 0 && x&target == 0 {
			psi[x], psi[x|target] = psi[x|target], psi[x]
		}
	}
}
