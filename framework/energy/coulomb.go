package energy

import "math"

// Coulomb is the repulsion of particles in open space by the three-dimensional law, in
// any dimension d,
//
//	E(x) = g sum_{i<j} 1/r_ij,   dE/dx_i = -g sum_j (x_i - x_j)/r_ij^3.
//
// It is +Inf where two particles are at the same place, and 0 everywhere if g = 0.
type Coulomb struct {
	Strength  float64 // g >= 0, in the energy's units times the unit of length
	Dimension int     // d: the coordinates of a particle are d consecutive numbers of x
}

// Add is Term's Add.
func (c Coulomb) Add(e, slope, x []float64) {
	if c.Strength > 0 {
		Each(e, slope, x, c.repulsion)
	}
}

// repulsion visits every pair once.
func (c Coulomb) repulsion(slope, x []float64) float64 {
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
