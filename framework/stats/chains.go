package stats

import "math"

// Chains are the values of one observable along m Markov chains of equal
// length that advance side by side, kept in memory (8 bytes each) because how
// they are correlated is known only at the end. The zero value is empty.
//
// With T draws of each chain, N = m T values x_tc and d_tc = x_tc - mean, the
// variance of the mean rests on
//
//	A(t) = 1/N sum_c sum_i d_ic d_(i+t)c = (1 - t/T) C(t),
//	Var(mean) = [A(0) + 2 sum_(0<t<=W) A(t)] / N / [1 - (2W + 1 - W(W+1)/T)/N],
//
// C(t) the autocovariance, whose mean is that of all chains: chains that
// disagree stay correlated with themselves at every lag, and make the error
// large. The last bracket is what the scatter of the mean itself takes away (as
// in Wolff 2004, Comput. Phys. Commun. 156, 143, hep-lat/0306017, with the
// weights 1 - t/T). At W = 0 this is the error of independent values, at
// W = T-1 that of m independent means of chains. W is that of the initial
// positive sequence (Geyer 1992, Statist. Sci. 7, 473): C(2k) + C(2k+1) is
// positive and falls for reversible chains, so that the sum ends before the
// first pair that noise makes negative.
type Chains struct {
	m int
	x []float64 // x[t*m+c]
}

// Add takes further values of m chains, x[t*m+c] the draw t of chain c. It
// copies them. The number of chains may not change.
func (s *Chains) Add(x []float64, chains int) {
	if s.m == 0 {
		s.m = chains
	}
	if chains != s.m || len(x)%chains != 0 {
		panic("stats: the number of chains changed, or a draw is not of all chains")
	}
	s.x = append(s.x, x...)
}

// Map is another observable, a function of this one.
func (s *Chains) Map(of func(x float64) float64) *Chains {
	y := &Chains{m: s.m, x: make([]float64, len(s.x))}
	for i, v := range s.x {
		y.x[i] = of(v)
	}
	return y
}

// Values are all, x[t*m+c] the draw t of chain c, in place.
func (s *Chains) Values() []float64 { return s.x }

// N is the number of values.
func (s *Chains) N() int64 { return int64(len(s.x)) }

// Chains is their number, 0 before the first value.
func (s *Chains) Chains() int { return s.m }

// Mean of all values, NaN if there are none.
func (s *Chains) Mean() float64 { return mean(s.x) }

// Spread is the standard deviation of all values, NaN below two.
func (s *Chains) Spread() float64 {
	var m Moments
	m.Add(s.x)
	return m.Spread()
}

// Error is the standard error of Mean, and the integrated autocorrelation time
// in draws of a chain,
//
//	tau = N Var(mean) / Var(x) = 1 + 2 sum_t C(t)/C(0)
//
// 1 where draws are independent: N/tau values are as good as independent. Both
// are NaN below two values, and where one chain is correlated over all of its
// few draws.
func (s *Chains) Error() (stderr, tau float64) {
	u := s.Uncertainty()
	return u.Stderr, u.Tau
}

// Uncertainty is Error, and how uncertain it is.
func (s *Chains) Uncertainty() Uncertainty {
	n := float64(len(s.x))
	if n < 2 {
		return uncertainty(math.NaN(), math.NaN(), 1, n)
	}
	mean := s.Mean()
	d := make([]float64, len(s.x))
	for i, v := range s.x {
		d[i] = v - mean
	}
	single := dot(d, d) / n / (n - 1)
	if single == 0 {
		return Uncertainty{Tau: 1}
	}
	variance, k := joinedVariance(d, s.m, 0)
	// Noise in a sum with negative terms may leave next to nothing. Chains that
	// are better than independent by more than this are not met in practice.
	variance = max(variance, single/math.Log10(max(10, n)))
	return uncertainty(math.Sqrt(variance), variance/single, k, n)
}

// joinedVariance is the variance of the mean of the values with deviations d, from
// pairs of draws where the sum is long: they have the same mean, and half the
// correlation time. k is K of the sum in draws, and lost what is missing from autocovariances of deviations
// that are not from the mean of all.
func joinedVariance(d []float64, m int, lost float64) (variance, k float64) {
	n := len(d)
	variance, k, whole := varianceOfMean(autocovariance(d, m, lost), m, len(d)/m)
	for !whole {
		d = halve(d, m)
		variance, k, whole = varianceOfMean(autocovariance(d, m, lost), m, len(d)/m)
	}
	return variance, k * float64(n) / float64(len(d))
}

// autocovariance is A of m chains with deviations d, and C with what is lost.
func autocovariance(d []float64, m int, lost float64) func(t int) float64 {
	n := float64(len(d))
	return func(t int) float64 { return dot(d[:len(d)-t*m], d[t*m:])/n + lost*(1-float64(t*m)/n) }
}

// lags is the number of lags summed before draws are joined in pairs instead:
// time stays proportional to the number of values, whatever tau is.
const lags = 100

// varianceOfMean sums autocovariances A(t) of m chains of so many draws up to a window with k = K;
// whole tells that the sum ended by itself.
func varianceOfMean(covariance func(t int) float64, m, draws int) (variance, k float64, whole bool) {
	n := float64(m * draws)
	at := func(t int) float64 {
		if t >= draws {
			return 0
		}
		return covariance(t)
	}
	unweighted := func(a float64, t int) float64 { return a / (1 - float64(min(t, draws-1))/float64(draws)) }
	sum, w := -at(0), 0
	for t := 0; t < draws; t += 2 {
		if t >= lags && draws >= 2*lags {
			return 0, 0, false
		}
		even, odd := at(t), at(t+1)
		if t > 0 && unweighted(even, t)+unweighted(odd, t+1) <= 0 {
			break
		}
		sum += 2 * (even + odd)
		w = min(t+1, draws-1)
	}
	k = seen(w, draws)
	if n == float64(w+1) { // one chain: the sum is that of all d_i d_j, zero
		return math.NaN(), k, true
	}
	return sum / n / (1 - k/n), k, true
}

// halve replaces two successive draws of each chain by their mean; a last one
// without a partner is left out.
func halve(d []float64, m int) []float64 {
	half := make([]float64, len(d)/(2*m)*m)
	for i := range half {
		t, c := i/m, i%m
		half[i] = (d[2*t*m+c] + d[(2*t+1)*m+c]) / 2
	}
	return half
}

// RHat compares the spread between chains with that within them: the split
// R-hat of Gelman et al. 2013 (Bayesian Data Analysis, section 11.4), of the values
// themselves; Mixing has that of their ranks. Each chain is cut into halves of n
// draws, so that a drift counts as well; with W the mean of their variances and V
// the variance of their means,
//
//	R-hat = sqrt((n-1)/n + V/W).
//
// 1 when chains are mixed, NaN below four draws of each.
func (s *Chains) RHat() float64 {
	if s.m == 0 || len(s.x) < 4*s.m {
		return math.NaN()
	}
	return s.halves().between()
}

// between is R-hat of whole chains.
func (s *Chains) between() float64 {
	n := len(s.x) / s.m
	var means Moments
	within := 0.0
	chain := make([]float64, n)
	for c := range s.m {
		s.chain(chain, c)
		var m Moments
		m.Add(chain)
		within += m.Variance() / float64(s.m)
		means.Add([]float64{m.Mean()})
	}
	v := means.Variance()
	if v == 0 {
		return 1 // also where nothing moves
	}
	return math.Sqrt(1 - 1/float64(n) + v/within)
}

// chain copies the draws of a chain.
func (s *Chains) chain(dst []float64, c int) {
	for t := range dst {
		dst[t] = s.x[t*s.m+c]
	}
}

// mean sums differences from the first value: the mean of equal values is that
// value, where a plain sum of n of them is off by up to n/2 units in the last place.
func mean(x []float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for _, v := range x {
		sum += v - x[0]
	}
	return x[0] + sum/float64(len(x))
}

// dot sums in four parts, which do not wait for each other.
func dot(a, b []float64) float64 {
	var s0, s1, s2, s3 float64
	for len(a) >= 4 && len(b) >= 4 {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
		a, b = a[4:], b[4:]
	}
	for i, v := range a {
		s0 += v * b[i]
	}
	return s0 + s1 + (s2 + s3)
}
