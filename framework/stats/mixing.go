package stats

import (
	"math"
	"slices"
)

// Mixing says whether Markov chains have mixed, and how many independent draws they are worth,
// by ranks in place of values, so that it holds whatever the tails, also where x has no mean
// (Vehtari, Gelman, Simpson, Carpenter and Buerkner 2021, Bayesian Anal. 16, 667,
// arXiv:1903.08008). Each chain is cut into halves, which are the chains below, and the draw of rank r
// among all S becomes the normal number
//
//	z = Phi^-1((r - 3/8)/(S + 1/4)),
//
// equal ones having the mean of their ranks. Then
//
//	RHat      the larger R-hat of z(x) and of z(|x - median|): chains differ in place, or in width
//	ByChance  what that one of the two exceeds a few times in a thousand where chains have mixed (byChance)
//	Bulk      effective number of draws of z(x), for means
//	Tail      the smaller one of [x <= q], for the quantiles q of 5 % and of 95 %
//
// The paper asks for at least four chains, RHat < 1.01, and Bulk and Tail of 100 for each chain: fewer
// chains can hardly show that they are stuck. All are NaN below four draws of a chain, or where a
// value is NaN. Where all values are equal RHat and ByChance are 1, and numbers of draws are those of all.
type Mixing struct {
	RHat, ByChance, Bulk, Tail float64
}

// Mixing sorts the values and sums three series of autocovariances: 0.7 s for 10^6 values.
func (s *Chains) Mixing() Mixing {
	if s.m == 0 || len(s.x) < 4*s.m || slices.ContainsFunc(s.x, math.IsNaN) {
		return Mixing{math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	}
	halves := s.halves()
	ascending := order(halves.x)
	scores := normalScores(len(halves.x))
	z := &Chains{m: halves.m, x: rankNormal(halves.x, ascending, scores)}
	rhat, chance := z.between(), z.byChance()
	if middle := median(halves.x, ascending); !math.IsInf(middle, 0) {
		folded := halves.Map(func(v float64) float64 { return math.Abs(v - middle) })
		folded.x = rankNormal(folded.x, foldedOrder(halves.x, ascending, middle), scores)
		if width := folded.between(); width > rhat {
			rhat, chance = width, folded.byChance()
		}
	}
	all := halves.x
	if len(all) < len(s.x) { // a draw in the middle belongs to no half
		all, ascending = s.x, order(s.x)
	}
	tail := math.Inf(1)
	for _, p := range []float64{0.05, 0.95} {
		q := quantile(all, ascending, p)
		below := halves.Map(func(v float64) float64 {
			if v <= q {
				return 1
			}
			return 0
		})
		tail = min(tail, below.effective())
	}
	return Mixing{rhat, chance, z.effective(), tail}
}

// halves are the halves of each chain as chains; where the number of draws is odd, without that
// in the middle.
func (s *Chains) halves() *Chains {
	draws := len(s.x) / s.m
	n := draws / 2
	y := &Chains{m: 2 * s.m, x: make([]float64, 0, 2*n*s.m)}
	for t := range n {
		y.x = append(y.x, s.x[t*s.m:(t+1)*s.m]...)
		y.x = append(y.x, s.x[(draws-n+t)*s.m:(draws-n+t+1)*s.m]...)
	}
	return y
}

// effective is the number of independent draws that those of the chains are worth (ibid.).
// With W the mean of their variances, V that of their means and n draws of each,
//
//	rho_t = 1 - (W - A(t)) / ((1 - 1/n) W + V),
//	tau   = 1 + 2 sum_(0<t) rho_t,
//
// A(t) the mean of the autocovariances about the means of each, the sum being Geyer's initial
// monotone sequence (Geyer 1992, Statist. Sci. 7, 473). tau is at least 1/log10 of
// the number of draws. Where the sum is long, it is that of means of two draws.
func (s *Chains) effective() float64 {
	total := float64(len(s.x))
	if slices.Min(s.x) == slices.Max(s.x) {
		return total
	}
	d, variance := s.deviations()
	first := variance
	tau, whole := monotone(d, s.m, variance)
	for !whole {
		y := &Chains{m: s.m, x: halve(s.x, s.m)}
		s = y
		d, variance = s.deviations()
		tau, whole = monotone(d, s.m, variance)
	}
	// n draws x, or n' means of them, have the same variance of the mean,
	// variance(x) tau/n = variance' tau'/n'.
	tau *= total / float64(len(s.x)) * variance / first
	return total / max(tau, 1/math.Log10(total))
}

// deviations are those of each chain from its own mean, and the variance (1 - 1/n) W + V.
func (s *Chains) deviations() (d []float64, variance float64) {
	n := len(s.x) / s.m
	d = make([]float64, len(s.x))
	chain := make([]float64, n)
	var means Moments
	for c := range s.m {
		s.chain(chain, c)
		m := mean(chain)
		means.Add([]float64{m})
		for t, v := range chain {
			d[t*s.m+c] = v - m
		}
	}
	variance = dot(d, d) / float64(len(d))
	if s.m > 1 {
		variance += means.Variance()
	}
	return d, variance
}

// affordable is the number of products up to which lags are summed one by one, some 20 ms.
const affordable = 1 << 24

// monotone is the sum tau over the monotone sequence of deviations d of m chains; whole tells that
// it ended by itself.
func monotone(d []float64, m int, variance float64) (tau float64, whole bool) {
	n := len(d) / m
	within := dot(d, d) / float64(len(d)) * float64(n) / float64(n-1)
	rho := func(t int) float64 {
		return 1 - (within-dot(d[:len(d)-t*m], d[t*m:])/float64(len(d)))/variance
	}
	even, odd := 1.0, rho(1)
	last := math.Inf(1)
	limit := max(lags, affordable/len(d))
	for t := 2; ; t += 2 {
		if t >= limit && n >= 2*limit {
			return 0, false
		}
		pair := even + odd
		if pair <= 0 || t >= n-2 {
			break
		}
		last = min(last, pair)
		tau += 2 * last
		even, odd = rho(t), rho(t+1)
	}
	// The pair at which the sum ends still gives its first number, where that is positive.
	return tau - 1 + max(0, even), true
}
