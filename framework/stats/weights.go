package stats

import "math"

// Weights are importance weights w_i of independent samples, kept by their
// logarithms (8 bytes each) so that none overflows. The zero value is empty.
//
//	ln <w>  =  ln 1/n sum_i w_i         LogMean
//	n_eff   =  (sum w)^2 / sum w^2      EffectiveFraction, of n (Kish 1965)
//	q       =  max_i w_i / sum w        Largest
//	v       =  share of that sample in sum_i (w_i - <w>)^2   LargestSpread
//
// n_eff >= 1/q, so that q below 1 % means more than 100 effective samples.
// Chatterjee and Diaconis (2018, Ann. Appl. Probab. 28, 1099,
// arXiv:1511.01437) show that n_eff and the sample variance of w can look well
// although the sum has not converged, and propose q instead.
type Weights struct {
	lnw []float64
	// known is relative of the first seen weights, which much is asked of.
	known Moments
	seen  int
}

// Add takes the logarithms of weights; it copies them.
func (w *Weights) Add(lnw []float64) { w.lnw = append(w.lnw, lnw...) }

// N is the number of weights.
func (w *Weights) N() int64 { return int64(len(w.lnw)) }

// Spread is the standard deviation of the logarithms, NaN below two weights.
func (w *Weights) Spread() float64 {
	var m Moments
	m.Add(w.lnw)
	return m.Spread()
}

// LogMean estimates ln <w> and its standard error by the jackknife that leaves
// out one sample at a time (Efron and Stein 1981): with
//
//	d_i = ln <w> without sample i  -  ln <w> of all,
//
//	value = ln <w> - (n-1) mean(d),   stderr^2 = (n-1)/n sum_i (d_i - mean d)^2.
//
// The first takes away the bias of order 1/n that the logarithm of a mean has
// (Jensen: it is too small). The error is NaN below two weights, the value
// where there is none. Where all weights are 0, the value is -Inf and the error NaN. Both are honest only while Largest is small.
func (w *Weights) LogMean() (value, stderr float64) {
	n := float64(len(w.lnw))
	if n == 0 {
		return math.NaN(), math.NaN()
	}
	if n == 1 {
		return w.lnw[0], math.NaN()
	}
	top := argmax(w.lnw)
	if math.IsInf(w.lnw[top], -1) {
		return w.lnw[top], math.NaN()
	}
	lnRest := logSum(w.lnw[:top], w.lnw[top+1:])
	lnSum := w.lnw[top] + math.Log1p(math.Exp(lnRest-w.lnw[top]))
	// For all but the largest, w_i/S <= 1/2 and ln(S - w_i) = ln S + ln(1 - w_i/S)
	// loses no digits. Without the largest, the logarithm of the sum is lnRest.
	var d Moments
	var buffer [512]float64
	constant := math.Log1p(-1 / n)
	for lo := 0; lo < len(w.lnw); lo += len(buffer) {
		chunk := w.lnw[lo:min(lo+len(buffer), len(w.lnw))]
		for i, l := range chunk {
			if lo+i == top {
				buffer[i] = lnRest - lnSum - constant
			} else {
				buffer[i] = log1m(math.Exp(l-lnSum)) - constant
			}
		}
		d.Add(buffer[:len(chunk)])
	}
	return lnSum - math.Log(n) - (n-1)*d.Mean(), (n - 1) * math.Sqrt(d.Variance()/n)
}

// log1m is ln(1 - p), by its series where the first term left out, p^3/4 of the sum, is below rounding.
func log1m(p float64) float64 {
	if p < 5e-6 {
		return -p * (1 + p*(0.5+p/3))
	}
	return math.Log1p(-p)
}

// EffectiveFraction is n_eff/n, between 1/n and 1, and its standard error. The
// error is that of the infinitesimal jackknife (the delta method), from the
// derivative of n_eff/n in the weight that each sample is given,
//
//	I_i = n_eff/n (2 w_i/<w> - w_i^2/<w^2> - 1),   stderr^2 = sum_i I_i^2 / (n (n-1)).
//
// It hangs on the fourth power of w, and grows too small sooner than that of
// LogMean: by 20 % for log-normal weights of variance 0.5 in ln w and n = 1000. doubt is
// the relative error of that error (Moments.Doubt of the I_i).
// NaN where there are no weights, the errors below two.
func (w *Weights) EffectiveFraction() (fraction, stderr, doubt float64) {
	if len(w.lnw) == 0 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	u := w.relative()
	square := u.mean*u.mean + u.m2/float64(u.n)
	fraction = u.mean * u.mean / square
	average := u.mean
	influence := w.moments(func(u float64) float64 { return fraction * (2*u/average - u*u/square - 1) })
	return fraction, influence.Stderr(), influence.Doubt()
}

// relative are the moments of w_i in units of the largest.
func (w *Weights) relative() *Moments {
	if w.seen != len(w.lnw) {
		w.known, w.seen = w.moments(func(u float64) float64 { return u }), len(w.lnw)
	}
	return &w.known
}

// moments are those of a function of w_i in units of the largest.
func (w *Weights) moments(of func(u float64) float64) (all Moments) {
	var buffer [512]float64
	highest := w.lnw[argmax(w.lnw)]
	for lo := 0; lo < len(w.lnw); lo += len(buffer) {
		chunk := w.lnw[lo:min(lo+len(buffer), len(w.lnw))]
		for i, l := range chunk {
			buffer[i] = of(math.Exp(l - highest))
		}
		all.Add(buffer[:len(chunk)])
	}
	return all
}

// Largest is the share of the largest weight in the sum of all: at least 1/n,
// 1 where a single sample is all there is, NaN where there is none.
func (w *Weights) Largest() float64 {
	if len(w.lnw) == 0 {
		return math.NaN()
	}
	return 1 / (w.relative().mean * float64(len(w.lnw)))
}

// LargestSpread is the share of the sample with the largest weight in
// sum_i (w_i - <w>)^2: near 1, the variance of the weights, and with it every
// error bar, rests on that one sample. 0 where the weights are equal to
// rounding, NaN below two.
func (w *Weights) LargestSpread() float64 {
	if len(w.lnw) < 2 {
		return math.NaN()
	}
	const rounding = 1e-12 // of a weight relative to the largest
	u := w.relative()
	d := 1 - u.mean
	if d <= rounding {
		return 0
	}
	return d * d / u.m2
}

// LogMeanExp is ln <exp(sign l)>, -Inf where all are 0.
func LogMeanExp(l []float64, sign float64) float64 {
	most := math.Inf(-1)
	for _, v := range l {
		most = max(most, sign*v)
	}
	if math.IsInf(most, 0) {
		return most
	}
	sum := 0.0
	for _, v := range l {
		sum += math.Exp(sign*v - most)
	}
	return most + math.Log(sum/float64(len(l)))
}

// logSum is ln of the sum of exp over all parts; -Inf where they are empty.
func logSum(parts ...[]float64) float64 {
	highest := math.Inf(-1)
	for _, part := range parts {
		if len(part) > 0 {
			highest = max(highest, part[argmax(part)])
		}
	}
	if math.IsInf(highest, 0) {
		return highest
	}
	sum := 0.0
	for _, part := range parts {
		for _, l := range part {
			sum += math.Exp(l - highest)
		}
	}
	return highest + math.Log(sum)
}

func argmax(x []float64) int {
	top := 0
	for i, v := range x {
		if v > x[top] {
			top = i
		}
	}
	return top
}
