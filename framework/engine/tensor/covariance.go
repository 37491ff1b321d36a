package tensor

import (
	"fmt"
	"slices"
)

// Factor is the lower triangle L of a covariance L L^T, a d x d matrix that stays as it is, with
// zeros above the diagonal. What is wrong with the matrix reads as what it must be.
func Factor(d int, covariance []float64) ([]float64, error) {
	l := slices.Clone(covariance)
	for i := range d {
		for j := range i {
			if covariance[i*d+j] != covariance[j*d+i] {
				return nil, fmt.Errorf("must be a symmetric matrix, and elements %d, %d and %d, %d are %v and %v", i, j, j, i, covariance[i*d+j], covariance[j*d+i])
			}
			l[j*d+i] = 0
		}
	}
	if positive := Cholesky(d, l, d); !positive || slices.ContainsFunc(l, func(v float64) bool { return v-v != 0 }) {
		return nil, fmt.Errorf("must be a positive definite matrix of finite numbers")
	}
	return l, nil
}
