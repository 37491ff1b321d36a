package circuit

import (
	"math"
	"math/cmplx"

	"github.com/helmholtz-physics/helmholtz/framework/engine/qubits"
)

// roots are the square roots of the Pauli matrices X, Y and of W = (X + Y)/sqrt 2, up to
// a phase that nothing depends on:
//
//	1/sqrt 2 (1 -i)   1/sqrt 2 (1 -1)   1/sqrt 2 (     1     -sqrt i)
//	         (-i 1)            (1  1)            (sqrt(-i)       1  )
//
// (Arute et al. 2019, supplement, section VI).
var roots = func() [3]qubits.Gate {
	const r = 1 / math.Sqrt2
	w := cmplx.Rect(r, math.Pi/4) // sqrt(i)/sqrt 2
	return [3]qubits.Gate{
		{r, complex(0, -r), complex(0, -r), r},
		{r, -r, r, r},
		{r, -w, cmplx.Conj(w), r},
	}
}()

// phase is that of both qubits being 1, exp(-i phi) with phi = pi/6.
var phase = cmplx.Rect(1, -math.Pi/6)

// pair applies Sycamore's gate to the two qubits that have the bits a and b,
//
//	fSim(theta, phi):  |00> -> |00>,  |01> -> cos theta |01> - i sin theta |10>,
//	                   |10> -> cos theta |10> - i sin theta |01>,  |11> -> exp(-i phi) |11>
//
// at theta = pi/2, which swaps the qubits, and phi = pi/6.
func pair(psi qubits.State, a, b int) {
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
