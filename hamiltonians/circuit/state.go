package circuit

import (
	"math"
	"math/cmplx"
)

// state is the wave function of n qubits, 2^n amplitudes <x|psi> in the order of the
// numbers of the bit strings x. Gates are applied in place.
type state []complex128

// zero is the state |0...0> of n qubits.
func zero(n int) state {
	psi := make(state, 1<<n)
	psi[0] = 1
	return psi
}

// gate is a matrix on one qubit, in the order <0|g|0>, <0|g|1>, <1|g|0>, <1|g|1>.
type gate [4]complex128

// roots are the square roots of the Pauli matrices X, Y and of W = (X + Y)/sqrt 2, up to
// a phase that nothing depends on:
//
//	1/sqrt 2 (1 -i)   1/sqrt 2 (1 -1)   1/sqrt 2 (     1     -sqrt i)
//	         (-i 1)            (1  1)            (sqrt(-i)       1  )
//
// (Arute et al. 2019, supplement, section VI).
var roots = func() [3]gate {
	const r = 1 / math.Sqrt2
	w := cmplx.Rect(r, math.Pi/4) // sqrt(i)/sqrt 2
	return [3]gate{
		{r, complex(0, -r), complex(0, -r), r},
		{r, -r, r, r},
		{r, -w, cmplx.Conj(w), r},
	}
}()

// one applies g to the qubit whose bit of a bit string's number this is.
func (psi state) one(g *gate, bit int) {
	for from := 0; from < len(psi); from += 2 * bit {
		zeros, ones := psi[from:from+bit], psi[from+bit:from+2*bit]
		for j, a := range zeros {
			b := ones[j]
			zeros[j], ones[j] = g[0]*a+g[1]*b, g[2]*a+g[3]*b
		}
	}
}

// phase is that of both qubits being 1, exp(-i phi) with phi = pi/6.
var phase = cmplx.Rect(1, -math.Pi/6)

// pair applies Sycamore's gate to the two qubits that have the bits a and b,
//
//	fSim(theta, phi):  |00> -> |00>,  |01> -> cos theta |01> - i sin theta |10>,
//	                   |10> -> cos theta |10> - i sin theta |01>,  |11> -> exp(-i phi) |11>
//
// at theta = pi/2, which swaps the qubits, and phi = pi/6.
func (psi state) pair(a, b int) {
	for x, v := range psi {
		switch x & (a | b) {
		case a:
			y := x ^ a ^ b
			w := psi[y]
			psi[x], psi[y] = complex(imag(w), -real(w)), complex(imag(v), -real(v))
		case a | b:
			psi[x] = phase * v
		}
	}
}
