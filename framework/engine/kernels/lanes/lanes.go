// Package lanes computes determinants and inverses of eight small matrices side by
// side, element ij of matrix c at (i*n + j)*8 + c. Elimination has partial pivoting
// in each matrix by itself, so that a result does not depend on the others.
//
// Complex matrices have eight real parts, then eight imaginary parts, for each
// element: those of element ij at (i*n + j)*16.
package lanes

import "fmt"

// Width is the number of matrices side by side.
const Width = 8

// LogDet writes ln|det A| and the sign of det A (-Inf and 0 of a singular matrix)
// of n x n matrices and overwrites them.
func LogDet(logAbs, sign []float64, n int, a []float64) {
	need("ln|det|", len(logAbs), Width)
	need("the sign", len(sign), Width)
	need("A", len(a), n*n*Width)
	logDet(logAbs, sign, n, a)
}

// Invert is LogDet, and writes A^-1; what it writes where A is singular has no meaning.
func Invert(inverse, logAbs, sign []float64, n int, a []float64) {
	need("the inverse", len(inverse), n*n*Width)
	need("ln|det|", len(logAbs), Width)
	need("the sign", len(sign), Width)
	need("A", len(a), n*n*Width)
	invert(inverse, logAbs, sign, n, a)
}

// LogDetComplex writes ln|det A| and det A/|det A|, eight real parts and eight
// imaginary parts, and overwrites the matrices.
func LogDetComplex(logAbs, phase []float64, n int, a []float64) {
	need("ln|det|", len(logAbs), Width)
	need("the phase", len(phase), 2*Width)
	need("A", len(a), 2*n*n*Width)
	logDetComplex(logAbs, phase, n, a)
}

// InvertComplex is LogDetComplex, and writes A^-1.
func InvertComplex(inverse, logAbs, phase []float64, n int, a []float64) {
	need("the inverse", len(inverse), 2*n*n*Width)
	need("ln|det|", len(logAbs), Width)
	need("the phase", len(phase), 2*Width)
	need("A", len(a), 2*n*n*Width)
	invertComplex(inverse, logAbs, phase, n, a)
}

func need(what string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("lanes: %s has length %d, want %d", what, got, want))
	}
}

// Sum is the sum of the numbers of the eight, in a fixed order.
func Sum(x []float64) float64 {
	return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]))
}
