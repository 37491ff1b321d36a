package thermo

import "math"

// ChemicalPotentials are those between neighbouring numbers of particles,
//
//	mu(N - 1/2) = [ F(N) - F(N-1) + P dV + S dT ]/dN
//
// where volume and temperature change with N, as they do at constant density, with P and S the means of
// both sides. A value stands at the larger N of its pair. v and p may be nil, where space has no volume.
func ChemicalPotentials(n, t, v []float64, f, s, p []Value) []Value {
	order, mu := ordered(n, f), make([]Value, len(n))
	for i := range mu {
		mu[i] = Unknown()
	}
	for k := 1; k < len(order); k++ {
		i, j := order[k-1], order[k]
		dn := n[j] - n[i]
		value, variance := f[j].Mean-f[i].Mean, square(f[i].sigma())+square(f[j].sigma())
		add := func(what []Value, by float64) {
			if by == 0 {
				return
			}
			value += (what[i].Mean + what[j].Mean) / 2 * by
			variance += (square(what[i].sigma()) + square(what[j].sigma())) / 4 * by * by
		}
		add(s, t[j]-t[i])
		if v != nil {
			if v[j] != v[i] && p == nil {
				continue
			}
			add(p, v[j]-v[i])
		}
		mu[j] = Value{value / dn, math.Sqrt(variance) / dn}
	}
	return mu
}

// ordered are the points with known values in the order of n, each number once.
func ordered(n []float64, f []Value) []int { return sorted(n, f).at }

func square(x float64) float64 { return x * x }

// Limit of values per particle at N -> infinity,
//
//	a(N) = a + b/N + c/N^2.
//
// Polynomials of degree 0, 1 and 2 in 1/N, with and without the smallest systems, count by the weights of
// Slopes; that through a single point is none. It is unknown where there are fewer than two points.
//
// Corrections of a power that is not 1/N, such as N^(-2/3) of free electrons in shells or ln N at a critical point, are
// not in the error as far as they look like these. tested is the share of the weight that polynomials have that two sizes or more
// beyond their parameters test. Energies and heat capacities of Ising squares, T = 2 to 4, of two to six sizes with the
// errors 0.005 (exact ones with noise), are 8 of their errors from the infinite lattice in the mean where tested is below
// LeastTested, up to 140 where they diverge, and 0.9 where it is not, up to 2.4.
func Limit(n []float64, per []Value) (limit Value, tested float64) {
	inverse := make([]float64, len(n))
	for i := range n {
		inverse[i] = 1 / n[i]
	}
	s := sorted(inverse, per)
	points := len(s.x)
	if points < 2 {
		return Unknown(), 0
	}
	var windows []window
	for m := 2; m <= points; m++ {
		windows = append(windows, window{0, m, 0, 2})
	}
	return s.mean(windows, points, ask{Value: 1}, 0, 0)
}

// LeastTested is the share of polynomials that sizes test, below which the error of a limit says little: of two sizes it is 0,
// and of three that of the constant.
const LeastTested = 1. / 3
