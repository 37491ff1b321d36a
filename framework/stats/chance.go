package stats

import "math"

// byChance is the R-hat that chains which have mixed exceed once in a thousand were tau known, by their length
// alone: s are the k halves of chains, with n draws of each. tau is their autocorrelation time about the mean of
// each half, and V and W as in RHat; then n V/(W tau) is chi^2 over its k - 1 degrees of freedom, so
//
//	R-hat^2 = 1 - 1/n + q tau/n,   q the quantile of chi^2_(k-1)/(k-1) (Wilson and Hilferty 1931,
//	                               Proc. Natl. Acad. Sci. 17, 684).
//
// Each deviation is less the mean of its n draws, so that autocovariances are too small by the variance of
// that mean, tau/n of one draw. It is what the sum of the first ones gives, and is added to them before they are summed again.
//
// Chains that are stuck in different places have short correlations about their own means, and
// so no excuse here.
func (s *Chains) byChance() float64 {
	d, _ := s.deviations()
	squares, total := dot(d, d), float64(len(d))
	if squares == 0 {
		return 1
	}
	n := total / float64(s.m)
	variance, k := joinedVariance(d, s.m, 0)
	tau := max(1, variance*total*total/squares*(1-k/total)) / max(0.1, 1-k/n)
	variance, k = joinedVariance(d, s.m, tau*squares/total/n)
	tau = max(1, variance*total*total/squares*(1-k/total))
	const once = 3.0902 // normal numbers are above it once in a thousand
	freedom := 2 / (9 * float64(s.m-1))
	q := math.Pow(1-freedom+once*math.Sqrt(freedom), 3)
	return math.Sqrt(1 + (q*tau-1)/n)
}
