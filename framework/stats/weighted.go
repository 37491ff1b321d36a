package stats

import "math"

// Average is the mean of a function of independent draws under their weights,
//
//	R = sum_i w_i v_i / sum_i w_i,
//
// with the bias of order 1/n of the quotient taken away, and its standard error to first order,
// with u_i = w_i/< w >,
//
//	value = R + 1/n^2 sum_i u_i I_i,   I_i = u_i (v_i - R),   stderr^2 = sum_i I_i^2/(n (n-1)),
//
// the infinitesimal jackknife (as EffectiveFraction). doubt is the relative error of that error
// (Moments.Doubt of I). v[i] belongs to the weight i. All is NaN below two draws, and where all
// weights are 0.
func (w *Weights) Average(v []float64) (value, stderr, doubt float64) {
	if len(v) != len(w.lnw) {
		panic("stats: not as many values as weights")
	}
	n := float64(len(v))
	if n < 2 || math.IsInf(w.lnw[argmax(w.lnw)], -1) {
		return math.NaN(), math.NaN(), math.NaN()
	}
	u := w.scaled()
	average, sum := mean(u), 0.0
	for i := range u {
		u[i] /= average
		sum += u[i] * v[i]
	}
	ratio := sum / n
	bias := 0.0
	var all Moments
	for i, x := range v {
		influence := u[i] * (x - ratio)
		bias += u[i] * influence
		u[i] = influence
	}
	all.Add(u)
	return ratio + bias/(n*n), all.Stderr(), all.Doubt()
}
