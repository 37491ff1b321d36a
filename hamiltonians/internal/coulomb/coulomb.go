// Package coulomb is the Coulomb repulsion of particles in open space.
package coulomb

import "math"

// Repulsion returns strength sum_{i<j} 1/r_ij of particles whose d coordinates each
// are consecutive in x, +Inf where two are at the same place. It adds its slope, for
// particle i -strength sum_j (x_i - x_j)/r_ij^3, unless slope is nil.
func Repulsion(strength float64, d int, slope, x []float64) float64 {
	sum := 0.0
	for a := 0; a < len(x); a += d {
		p := x[a : a+d]
		for b := 0; b < a; b += d {
			q := x[b : b+d]
			square := 0.0
			for k, v := range p {
				square += (v - q[k]) * (v - q[k])
			}
			v := strength / math.Sqrt(square)
			sum += v
			if slope == nil {
				continue
			}
			v /= square
			for k := range p {
				f := v * (p[k] - q[k])
				slope[a+k] -= f
				slope[b+k] += f
			}
		}
	}
	return sum
}
