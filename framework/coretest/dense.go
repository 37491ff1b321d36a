package coretest

import "math"

// determinant is ln|det a| of a d x d matrix, which it overwrites, and the sign
// of det a, by Gaussian elimination with row pivots.
func determinant(a []float64, d int) (logAbs, sign float64) {
	sign = 1
	for k := range d {
		if pivot(a, d, k) != k {
			sign = -sign
		}
		if a[k*d+k] == 0 {
			return math.Inf(-1), 1
		}
		logAbs += math.Log(math.Abs(a[k*d+k]))
		sign *= math.Copysign(1, a[k*d+k])
		for i := k + 1; i < d; i++ {
			factor := a[i*d+k] / a[k*d+k]
			for j := k; j < d; j++ {
				a[i*d+j] -= factor * a[k*d+j]
			}
		}
	}
	return logAbs, sign
}

// pivot brings the largest number of column k, from row k on, to row k, and
// returns the row that it was in.
func pivot(a []float64, d, k int) int {
	p := k
	for i := k + 1; i < d; i++ {
		if math.Abs(a[i*d+k]) > math.Abs(a[p*d+k]) {
			p = i
		}
	}
	for j := range d {
		a[k*d+j], a[p*d+j] = a[p*d+j], a[k*d+j]
	}
	return p
}

// solve overwrites b with a^-1 b, and a with anything, by Gauss-Jordan
// elimination with row pivots.
func solve(a, b []float64) {
	d := len(b)
	for k := range d {
		p := pivot(a, d, k)
		b[k], b[p] = b[p], b[k]
		for i := range d {
			if i == k {
				continue
			}
			factor := a[i*d+k] / a[k*d+k]
			for j := k; j < d; j++ {
				a[i*d+j] -= factor * a[k*d+j]
			}
			b[i] -= factor * b[k]
		}
	}
	for k := range d {
		b[k] /= a[k*d+k]
	}
}
