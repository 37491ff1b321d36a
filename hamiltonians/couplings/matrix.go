package couplings

import (
	"fmt"
	"math"
)

// asymmetry is how much J_ij and J_ji may differ relative to the largest
// coupling: rounding of whatever computed them, not a mistake.
const asymmetry = 1e-12

// asymmetryOf numbers that were stored with a relative spacing epsilon, 0 for
// integers.
func asymmetryOf(epsilon float64) float64 { return max(asymmetry, 8*epsilon) }

// epsilonOf is the relative spacing of numbers from a text, which does not say
// their type: that of single precision where every one of them is such a number.
func epsilonOf(numbers []float64) float64 {
	for _, v := range numbers {
		if float64(float32(v)) != v {
			return 0x1p-52
		}
	}
	return 0x1p-23
}

// checkMatrix says what is wrong with an n x n matrix of couplings, "" if
// nothing is. Indices in the message count from 0. Entries that differ from
// their mirror by less than tolerance times the largest are replaced by the
// mean of both.
func checkMatrix(n int, j []float64, tolerance float64) string {
	largest := 0.0
	for k, v := range j {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Sprintf("J[%d,%d] = %v is not finite", k/n, k%n, v)
		}
		largest = max(largest, math.Abs(v))
	}
	for i := range n {
		if v := j[i*n+i]; v != 0 {
			return fmt.Sprintf("J[%d,%d] = %v on the diagonal, which must be zero (fields are rows i,i,h of an edge list, or the dataset h of an HDF5 file)", i, i, v)
		}
		for k := i + 1; k < n; k++ {
			a, b := j[i*n+k], j[k*n+i]
			if math.Abs(a-b) > tolerance*largest {
				return fmt.Sprintf("J is not symmetric: J[%d,%d] = %v, J[%d,%d] = %v", i, k, a, k, i, b)
			}
			j[i*n+k] = a/2 + b/2
			j[k*n+i] = j[i*n+k]
		}
	}
	return ""
}
