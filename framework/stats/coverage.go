package stats

import (
	"math"
	"slices"
)

// Repeats of an estimate x_r +- e_r, r = 1, ..., R, by independent random numbers tell
// whether its error bar is honest. With a reference value mu the pulls
//
//	t_r = (x_r - mu)/e_r
//
// of a normal estimate whose errors are right are within 1 in 68.3 % of the repeats, and
// within 2 in 95.4 %. Where no value is known the mean of the repeats takes the place of mu:
//
//	t_r = sqrt(R/(R - 1)) (x_r - mean)/e_r,
//
// since the variance of x_r - mean is (R - 1)/R of that of x_r.

// Coverage is what a group of repeats shows of an error bar. Numbers that the group is
// too small for are NaN.
type Coverage struct {
	// N repeats of the group have a value and an error, and Bare a value without an error.
	N, Bare int
	// Within1 and Within2 are the fractions of the N whose value is within one and two
	// errors of the reference.
	Within1, Within2 Fraction
	// Bias is the mean of the values minus the reference, in units of the Spread of one
	// repeat, with its standard error.
	Bias, BiasStderr float64
	// Spread is the standard deviation of the values, and Ratio the mean error over that
	// of the N, with its standard error: 1 where errors are right.
	Spread, Ratio, RatioStderr float64
}

// Fraction of trials with an interval that has it with a confidence of 68.27 %.
type Fraction struct{ Value, Low, High float64 }

// Covered splits repeats by what flagged says of each. A reference that is NaN is the mean
// of all repeats, of either group.
func Covered(value, stderr []float64, flagged []bool, reference float64) (all, unflagged, flaggedOnes Coverage) {
	c := coverage{value: value, stderr: stderr, pulls: Pulls(value, stderr, reference), reference: reference}
	if c.ofMean = math.IsNaN(reference); c.ofMean {
		c.reference = momentsOf(value, everyone).Mean()
	}
	return c.group(everyone), c.group(func(r int) bool { return !flagged[r] }), c.group(func(r int) bool { return flagged[r] })
}

// Pulls are the t_r, NaN where there is no value or no error. Where both the deviation and
// the error are zero t is 0. A reference that is NaN is the mean.
func Pulls(value, stderr []float64, reference float64) []float64 {
	scale := 1.0
	if math.IsNaN(reference) {
		all := momentsOf(value, everyone)
		n := float64(all.N())
		reference, scale = all.Mean(), math.Sqrt(n/(n-1))
	}
	t := make([]float64, len(value))
	for r, x := range value {
		if t[r] = scale * (x - reference) / stderr[r]; x == reference && stderr[r] == 0 {
			t[r] = 0
		}
	}
	return t
}

// Constant tells whether values differ by rounding alone, 64 units in the last place.
func Constant(value []float64) bool {
	if len(value) == 0 {
		return true
	}
	low, high := slices.Min(value), slices.Max(value)
	return high-low <= 64*0x1p-52*max(math.Abs(low), math.Abs(high))
}

type coverage struct {
	value, stderr, pulls []float64
	reference            float64
	ofMean               bool
}

func everyone(int) bool { return true }

// momentsOf are those of the values of a group.
func momentsOf(value []float64, in func(r int) bool) *Moments {
	var known []float64
	for r, x := range value {
		if in(r) && !math.IsNaN(x) {
			known = append(known, x)
		}
	}
	var m Moments
	m.Add(known)
	return &m
}

func (c coverage) group(in func(r int) bool) Coverage {
	var g Coverage
	var x, e []float64 // of the repeats with an error
	one, two := 0, 0
	for r, t := range c.pulls {
		switch {
		case !in(r) || math.IsNaN(c.value[r]):
			continue
		case math.IsNaN(t):
			g.Bare++
			continue
		}
		x, e = append(x, c.value[r]), append(e, c.stderr[r])
		if math.Abs(t) <= 1 {
			one++
		}
		if math.Abs(t) <= 2 {
			two++
		}
	}
	g.N = len(x)
	g.Within1, g.Within2 = Binomial(one, g.N), Binomial(two, g.N)
	mine := momentsOf(c.value, in)
	n := float64(mine.N())
	g.Spread = math.Sqrt(mine.Variance())
	g.Bias, g.BiasStderr = (mine.Mean()-c.reference)/g.Spread, 1/math.Sqrt(n)
	if c.ofMean { // the group is a part of what it is held against
		whole := float64(momentsOf(c.value, everyone).N())
		g.BiasStderr = math.Sqrt(max(0, 1/n-1/whole))
	}
	g.Ratio, g.RatioStderr = ratio(x, e)
	return g
}

// ratio is q = mean(e)/s, s the standard deviation of x, with its jackknife error: without
// repeat i,
//
//	mean_i = (n mean - e_i)/(n - 1),   s_i^2 = ((n - 1) s^2 - n/(n - 1) (x_i - mean_x)^2)/(n - 2),
//	var q = (n - 1)/n sum_i (q_i - mean of the q_i)^2.
func ratio(x, e []float64) (q, stderr float64) {
	var mx, me Moments
	mx.Add(x)
	me.Add(e)
	n, variance := float64(len(x)), mx.Variance()
	if n < 3 {
		return math.NaN(), math.NaN()
	}
	var left Moments
	for i := range x {
		d := x[i] - mx.Mean()
		s2 := ((n-1)*variance - n/(n-1)*d*d) / (n - 2)
		left.Add([]float64{(n*me.Mean() - e[i]) / (n - 1) / math.Sqrt(s2)})
	}
	return me.Mean() / math.Sqrt(variance), (n - 1) / math.Sqrt(n) * math.Sqrt(left.Variance())
}

// oneSigma is the probability of a normal number within one standard deviation.
var oneSigma = math.Erf(math.Sqrt2 / 2)

// Binomial is k of n trials, with the interval of Clopper and Pearson (1934, Biometrika 26,
// 404): at its ends k or more, and k or fewer, have the probability (1 - 0.6827)/2. Without
// trials all is NaN.
func Binomial(k, n int) Fraction {
	if n == 0 {
		return Fraction{math.NaN(), math.NaN(), math.NaN()}
	}
	f := Fraction{float64(k) / float64(n), 0, 1}
	tail := (1 - oneSigma) / 2
	if k > 0 {
		f.Low = bisect(func(p float64) bool { return 1-atMost(k-1, n, p) < tail })
	}
	if k < n {
		f.High = bisect(func(p float64) bool { return atMost(k, n, p) > tail })
	}
	return f
}

// bisect finds where below(p), true at 0, becomes false.
func bisect(below func(p float64) bool) float64 {
	low, high := 0.0, 1.0
	for range 53 {
		if p := (low + high) / 2; below(p) {
			low = p
		} else {
			high = p
		}
	}
	return (low + high) / 2
}

// atMost is the probability of k or fewer successes of n trials with 0 < p < 1: the sum of
// terms that become smaller, on the side of k where they do.
func atMost(k, n int, p float64) float64 {
	if float64(k) < float64(n+1)*p {
		return binomialTail(k, n, p, -1)
	}
	return 1 - binomialTail(k+1, n, p, +1)
}

// binomialTail sums the probabilities of j = from, from + step, ... successes.
func binomialTail(from, n int, p float64, step int) (sum float64) {
	const negligible = 0x1p-60 // of the sum
	for j := from; 0 <= j && j <= n; j += step {
		term := math.Exp(lnFactorial(n) - lnFactorial(j) - lnFactorial(n-j) + float64(j)*math.Log(p) + float64(n-j)*math.Log1p(-p))
		if sum += term; term < negligible*sum {
			break
		}
	}
	return sum
}

func lnFactorial(n int) float64 {
	l, _ := math.Lgamma(float64(n) + 1)
	return l
}
