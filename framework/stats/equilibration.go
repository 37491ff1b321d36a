package stats

import (
	"math"
	"slices"
)

// Equilibration is where the start of Markov chains ends that their distribution has not
// forgotten: Start draws of each chain are to be thrown away, and what is left is worth
// Effective independent ones. Start is the t at which that number is largest (Chodera 2016, J. Chem.
// Theory Comput. 12, 1799),
//
//	n(t) = N(t)/max(1, tau(t)),   N(t) = m (T - t),
//
// tau the autocorrelation time of the draws from t on, as of Error: a start that differs makes it
// long, as the sum of autocovariances takes a drift for a correlation. What chains have in common
// is seen by the means over all chains at each draw alone. n(t) is Var(x) over the larger one of the
// two variances that the mean of all has, by the chains and by the series of those means;
// Effective is by the chains, as tau is everywhere.
type Equilibration struct {
	Start     int
	Effective float64
}

// starts is the number of places where a chain may begin, one in a hundred of its draws apart.
const starts = 100

// Equilibration of values that rise and fall with what is slow, as the energy does. Long chains
// are searched in means of successive draws, some 10^3 of each, so that its time is
// proportional to the number of values: 20 ms for 10^6. Where all values are equal nothing
// is thrown away, and Effective is 1 for each chain. NaN below four draws of each, and
// where tau is nowhere known.
func (s *Chains) Equilibration() Equilibration {
	if s.m == 0 || len(s.x) < 4*s.m {
		return Equilibration{0, math.NaN()}
	}
	if slices.Min(s.x) == slices.Max(s.x) {
		return Equilibration{0, float64(s.m)}
	}
	center := mean(s.x[len(s.x)/s.m/2*s.m:])
	x := make([]float64, len(s.x))
	for i, v := range s.x {
		x[i] = v - center
	}
	y, joined := x, 1
	for len(y)/s.m >= 10*2*starts {
		y, joined = halve(y, s.m), 2*joined
	}
	from := places(len(y) / s.m)
	// Means of draws have the variance of the mean, the draws that of x.
	means, single := newSuffixes(y, s.m, from), variances(x, s.m, from, joined)
	var common *suffixes
	if s.m > 1 {
		common = means.together()
	}
	best, most := Equilibration{0, math.NaN()}, math.Inf(-1)
	for k, t := range from {
		n, effective := worth(means, common, k, single[k], float64(len(x)-t*joined*s.m))
		if n > most {
			best, most = Equilibration{t * joined, effective}, n
		}
	}
	return best
}

// places are the draws where the chains may begin.
func places(draws int) (from []int) {
	for k := range starts {
		if t := k * draws / starts; k == 0 || t > from[len(from)-1] {
			from = append(from, t)
		}
	}
	return from
}

// variances are those of all x of m chains from the draws joined*from[k] on.
func variances(x []float64, m int, from []int, joined int) []float64 {
	v := make([]float64, len(from))
	var all Moments
	end := len(x)
	for k := len(from) - 1; k >= 0; k-- {
		begin := from[k] * joined * m
		all.Add(x[begin:end])
		v[k], end = all.Variance(), begin
	}
	return v
}

// worth is n(t) of all total values from the place k on, of the variance single, and Effective for them. NaN
// where an error is not known.
func worth(means, common *suffixes, k int, single, total float64) (n, effective float64) {
	if single == 0 { // what is left does not move
		return float64(means.m), float64(means.m)
	}
	independent := func(variance float64) float64 { return total / max(1, total*variance/single) }
	variance := means.variance(k)
	if common == nil || len(common.y)-common.from[k] == 1 {
		return independent(variance), independent(variance)
	}
	return independent(max(variance, common.variance(k))), independent(variance)
}
