package energy

import "math"

// Coulomb is the interaction of equal charges in open space by the three-dimensional law,
// in any dimension d,
//
//	E(x) = g sum_{i<j} 1/r_ij,   dE/dx_i = -g sum_j (x_i - x_j)/r_ij^3.
//
// Of g > 0 it is +Inf where two particles are at the same place; of g = 0 it is 0 there,
// too.
type Coulomb struct {
	Strength  float64 // g, in the energy's units times the unit of length; positive repels
	Dimension int     // d: the coordinates of a particle are d consecutive numbers of x
}

// Add is Term's Add.
func (c Coulomb) Add(e, slope, x []float64) {
	if c.Strength != 0 {
		Each(e, slope, x, c.pairs)
	}
}

// pairs visits every pair once.
func (c Coulomb) pairs(slope, x []float64) float64 {
	d, sum := c.Dimension, 0.0
	for a := 0; a < len(x); a += d {
		p := x[a : a+d]
		for b := 0; b < a; b += d {
			q := x[b : b+d]
			square := 0.0
			for k, v := range p {
				square += (v - q[k]) * (v - q[k])
			}
			v := c.Strength / math.Sqrt(square)
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

var (
	_ Term = Harmonic{}
	_ Term = Coulomb{}
)
