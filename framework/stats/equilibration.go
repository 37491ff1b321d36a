package stats

import "math"

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
// proportional to the number of values: 0.3 s for 10^6. Where all values are equal nothing
// is thrown away, and Effective is 1 for each chain. NaN below four draws of each, and
// where tau is nowhere known.
func (s *Chains) Equilibration() Equilibration {
	if s.m == 0 || len(s.x) < 4*s.m {
		return Equilibration{0, math.NaN()}
	}
	if s.Spread() == 0 {
		return Equilibration{0, float64(s.m)}
	}
	y, joined := s.x, 1
	for len(y)/s.m >= 10*2*starts {
		y, joined = halve(y, s.m), 2*joined
	}
	draws := len(y) / s.m
	best, most := Equilibration{0, math.NaN()}, math.Inf(-1)
	for k := range starts {
		t := k * draws / starts
		if k > 0 && t == (k-1)*draws/starts {
			continue
		}
		// Means of draws have the variance of the mean, the draws that of x.
		rest := Chains{s.m, s.x[t*joined*s.m:]}
		if n, effective := rest.worth(y[t*s.m:]); n > most {
			best, most = Equilibration{t * joined, effective}, n
		}
	}
	return best
}

// worth is n(t) of the draws from t on, and Effective for them. y are means of successive ones. NaN
// where an error is not known.
func (s *Chains) worth(y []float64) (n, effective float64) {
	average, squares := mean(s.x), 0.0
	for _, v := range s.x {
		squares += (v - average) * (v - average)
	}
	single := squares / float64(len(s.x)-1)
	if single == 0 { // what is left does not move
		return float64(s.m), float64(s.m)
	}
	center := mean(y)
	d, together := make([]float64, len(y)), make([]float64, len(y)/s.m)
	for i, v := range y {
		d[i] = v - center
		together[i/s.m] += d[i] / float64(s.m)
	}
	total := float64(len(s.x))
	independent := func(variance float64) float64 { return total / max(1, total*variance/single) }
	variance, _ := joinedVariance(d, s.m)
	if s.m == 1 || len(together) == 1 {
		return independent(variance), independent(variance)
	}
	common, _ := joinedVariance(together, 1)
	return independent(max(variance, common)), independent(variance)
}
