package stats

import (
	"math"
	"slices"
)

// How heavy a tail is: the shape k of the generalised Pareto distribution
//
//	P(x > y | x > u) = [1 + k (y-u)/sigma]^(-1/k)
//
// that the values above a high u follow (Pickands 1975, Ann. Statist. 3, 119). Moments of
// order 1/k and above do not exist: from k = 1/2 on a mean has no finite variance, from
// k = 1 on there is no mean. k-hat is its estimate from the M largest of n values,
//
//	M = min(n/5, 3 sqrt(n tau)),
//
// u the next one (Vehtari, Simpson, Gelman, Yao and Gabry 2024, J. Mach. Learn. Res. 25, 72,
// arXiv:1507.02646). tau is the autocorrelation time, 1 of independent values.

// ParetoThreshold is the largest k-hat at which the mean of n values and its error are to be
// trusted, min(1 - 1/log10 n, 0.7) (ibid.): at n = 100 it is 0.5, from 2155 on 0.7. It
// is not positive up to n = 10.
func ParetoThreshold(n int64) float64 { return min(1-1/math.Log10(float64(n)), 0.7) }

// heavyTail tells that a tail looks heavy in the quarter of the ascending values top that is furthest out. Values
// that lie in groups with gaps between them, as energies of spins do, or with an end at which they crowd, are no
// Pareto density from some u on, and a fit to all of top may give any k-hat. In the quarter, k-hat is
// to be above 0.6, where there is no variance, and the largest y further out than is
// expected of the exponential density that k = 0 is, mean(y) ln m.
func heavyTail(top []float64) bool {
	m := (len(top) - 1) / 4
	if m < enough {
		return false
	}
	quarter := slices.Clone(top[len(top)-1-m:])
	u, highest := quarter[0], quarter[m]
	if highest-u <= (mean(quarter[1:])-u)*math.Log(float64(m)) {
		return false
	}
	k, _ := paretoAbove(quarter)
	return k > 0.6
}

// enough is the least number of values that a tail is fitted to.
const enough = 5

// ParetoK is k-hat of the weights. Multiplying all of them by a constant changes nothing.
// It is -Inf where no weight is above u, as where all are equal: there is no tail. Where
// one to four are above it they are too few for a fit: it is +Inf where they make up more
// than half of the variance of the weights, so that no error is known from them, and NaN where
// they do not matter so much, as with few states of nearly equal weights. It is also NaN below 25
// weights, of which a fifth is fewer than five, and where a weight is NaN or all are 0.
func (w *Weights) ParetoK() float64 {
	k, _ := w.tail()
	return k
}

// Heavy is ParetoK, and whether a mean of the weights is not to be trusted: that is above
// ParetoThreshold, so heavy a tail is seen further out, too (heavyTail), and their standard deviation is
// Doubtful, or it is +Inf. Where that deviation is known, no tail is looked for, and k-hat is NaN: of n
// values four cannot make up half of the squares of a variance that is known to a tenth, since sum d^4 >=
// (sum d^2)^2/16 then makes the relative error 1/8, of 100 values 0.11, or more.
func (w *Weights) Heavy() (k float64, heavy bool) {
	doubt := w.Doubt()
	if doubt < min(0.1, Doubtful(w.N())) {
		return math.NaN(), false
	}
	k, further := w.tail()
	if math.IsInf(k, 1) || !further || k <= ParetoThreshold(w.N()) {
		return k, math.IsInf(k, 1)
	}
	return k, doubt > Doubtful(w.N())
}

// Doubt is the relative error of the standard deviation of the weights, and so of the error of
// their mean; NaN where it is not known.
func (w *Weights) Doubt() float64 {
	if len(w.lnw) == 0 {
		return math.NaN()
	}
	return w.relative().Doubt()
}

// Doubtful is the relative error of a standard deviation of n values above which a heavy tail is taken for one. Where
// the deviation is known to 5 %, so is the error that follows from it, whatever the tail looks like; and few
// values do not know it better than 3/sqrt n, that of a fourth moment 37 times the square of the variance.
func Doubtful(n int64) float64 { return max(0.05, 3/math.Sqrt(float64(n))) }

func (w *Weights) tail() (k float64, further bool) {
	if len(w.lnw) == 0 {
		return math.NaN(), false
	}
	highest := w.lnw[argmax(w.lnw)]
	if math.IsInf(highest, -1) || slices.ContainsFunc(w.lnw, math.IsNaN) {
		return math.NaN(), false
	}
	top, ok := largest(slices.Clone(w.lnw), 1)
	if !ok {
		return math.NaN(), false
	}
	for i, l := range top {
		top[i] = math.Exp(l - highest)
	}
	few := slices.Clone(top[len(top)-enough+1:])
	further = heavyTail(top)
	k, above := paretoAbove(top)
	if 0 < above && above < enough {
		squares := 0.0
		for _, u := range few[len(few)-above:] {
			squares += (u - w.relative().mean) * (u - w.relative().mean)
		}
		if 2*squares > w.relative().m2 {
			return math.Inf(1), true
		}
	}
	return k, further
}

// scaled are the weights in units of the highest one.
func (w *Weights) scaled() []float64 {
	u, highest := make([]float64, len(w.lnw)), w.lnw[argmax(w.lnw)]
	for i, l := range w.lnw {
		u[i] = math.Exp(l - highest)
	}
	return u
}

// ParetoK is k-hat of the values x, the larger one of their upper and their lower tail: that
// of a plain mean of x, and of its square (x - mean)^2 that of the error. tau is their
// autocorrelation time in values, 1 or more. A tail is -Inf where nothing is beyond its u, as
// where x is constant, or takes few values. Where one to four values are beyond it, it is not
// known, and the other tail is the answer unless that is -Inf. NaN where nothing is known,
// below 25 values, and where one is NaN or infinite.
func ParetoK(x []float64, tau float64) float64 {
	if slices.ContainsFunc(x, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }) {
		return math.NaN()
	}
	work := slices.Clone(x)
	var k [2]float64
	for side := range k {
		top, ok := largest(work, tau)
		if !ok {
			return math.NaN()
		}
		k[side], _ = paretoAbove(slices.Clone(top))
		for i, v := range work {
			work[i] = -v
		}
	}
	return heavier(k[0], k[1])
}

// heavier is k-hat of both tails.
func heavier(upper, lower float64) float64 {
	switch {
	case math.IsNaN(upper) && !math.IsInf(lower, -1):
		return lower
	case math.IsNaN(lower) && !math.IsInf(upper, -1):
		return upper
	default:
		return max(upper, lower)
	}
}

// largest reorders x and returns its M + 1 largest values, ascending; ok is false where there
// are too few.
func largest(x []float64, tau float64) (top []float64, ok bool) {
	m, ok := tailLength(len(x), tau)
	if !ok {
		return nil, false
	}
	sortFrom(x, len(x)-m-1)
	return x[len(x)-m-1:], true
}

// tailLength is M of n values; ok is false where that is too few.
func tailLength(n int, tau float64) (m int, ok bool) {
	m = int(math.Ceil(min(float64(n)/5, 3*math.Sqrt(float64(n)*max(1, tau)))))
	return m, m >= enough
}

// sortFrom moves the values that would stand from k on if x were sorted to these places and
// sorts them alone (Hoare 1961, Comm. ACM 4, 321): all of x is not, which would take longer than
// all else here.
func sortFrom(x []float64, k int) {
	splitAt(x, k)
	slices.Sort(x[k:])
}

// splitAt moves the value that would stand at k there, smaller ones before it and larger ones after it.
func splitAt(x []float64, k int) {
	lo, hi := 0, len(x) // all below lo belong below k, all from hi on above
	for hi-lo > 32 {
		a, b, c := x[lo], x[lo+(hi-lo)/2], x[hi-1]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j, e := lo, lo, hi // smaller ones to [lo, i), equal ones [i, j), larger ones [e, hi)
		for j < e {
			switch v := x[j]; {
			case v < pivot:
				x[i], x[j] = v, x[i]
				i++
				j++
			case v > pivot:
				e--
				x[j], x[e] = x[e], v
			default:
				j++
			}
		}
		switch {
		case k < i:
			hi = i
		case k >= e:
			lo = e
		default:
			lo, hi = k, k
		}
	}
	slices.Sort(x[lo:hi])
}

// paretoAbove is k-hat of what is above top[0] in the ascending values top, which it
// overwrites, and how many those are. It is -Inf where there are none and NaN where
// there are fewer than five.
func paretoAbove(top []float64) (k float64, above int) {
	u := top[0]
	first, _ := slices.BinarySearchFunc(top, u, func(v, u float64) int {
		if v > u {
			return 1
		}
		return -1
	})
	tail := top[first:]
	switch {
	case len(tail) == 0:
		return math.Inf(-1), 0
	case len(tail) < enough:
		return math.NaN(), len(tail)
	}
	for i, v := range tail {
		tail[i] = v - u
	}
	return paretoShape(tail), len(tail)
}

// paretoShape fits k to ascending positive y (Zhang and Stephens 2009, Technometrics 51, 316). In
// b = -k/sigma the likelihood of n values has a profile,
//
//	l(b) = n [ln(-b/k(b)) - k(b) - 1],   k(b) = 1/n sum_i ln(1 - b y_i),
//
// and b is its mean with the weights exp(l(b_j)) at m = 30 + floor(sqrt n) points,
//
//	b_j = 1/y_n + [1 - sqrt(m/(j - 1/2))] / (3 y_(n/4)).
//
// What is returned is shrunk to 1/2 as by ten further values, (n k + 5)/(n + 10), which Vehtari et
// al. find to help where n is small.
func paretoShape(y []float64) float64 {
	n := len(y)
	shape := func(b float64) float64 {
		k := 0.0
		for _, v := range y {
			k += math.Log1p(-b * v)
		}
		return k / float64(n)
	}
	points := 30 + int(math.Sqrt(float64(n)))
	b, profile := make([]float64, points), make([]float64, points)
	for j := range b {
		b[j] = 1/y[n-1] + (1-math.Sqrt(float64(points)/(float64(j)+0.5)))/(3*y[int(float64(n)/4+0.5)-1])
		k := shape(b[j])
		profile[j] = float64(n) * (math.Log(-b[j]/k) - k - 1)
	}
	norm, mean := logSum(profile), 0.0
	for j, l := range profile {
		mean += b[j] * math.Exp(l-norm)
	}
	return (float64(n)*shape(mean) + 5) / float64(n+10)
}
