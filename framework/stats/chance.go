package stats

import "math"

// RHatByChance is the R-hat that chains which have mixed exceed once in a thousand, by their length
// alone. With n draws of each of the k halves of chains, tau their autocorrelation time about the mean of
// each half, and V and W as in RHat, n V/(W tau) is chi^2 over its k - 1 degrees of freedom, so
//
//	R-hat^2 = 1 - 1/n + q tau/n,   q the quantile of chi^2_(k-1)/(k-1) (Wilson and Hilferty 1931,
//	                               Proc. Natl. Acad. Sci. 17, 684).
//
// Chains that are stuck in different places have short correlations about their own means, and
// so no excuse here. NaN below four draws of each.
func (s *Chains) RHatByChance() float64 {
	if s.m == 0 || len(s.x) < 4*s.m {
		return math.NaN()
	}
	halves := s.halves()
	d, _ := halves.deviations()
	squares, total := dot(d, d), float64(len(d))
	if squares == 0 {
		return 1
	}
	variance, _ := joinedVariance(d, halves.m)
	tau := max(1, variance*total*total/squares)
	n := total / float64(halves.m)
	tau /= max(0.1, 1-tau/n) // of which a mean of n draws of its own takes a part away
	const once = 3.0902      // normal numbers are above it once in a thousand
	freedom := 2 / (9 * float64(halves.m-1))
	q := math.Pow(1-freedom+once*math.Sqrt(freedom), 3)
	return math.Sqrt(1 + (q*tau-1)*float64(halves.m)/total)
}
