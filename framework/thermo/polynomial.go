package thermo

import "math"

// A polynomial of least chi^2 = sum_j w_j [y_j - p(x_j)]^2, w_j = 1/sigma_j^2, is a sum over polynomials
// that are orthogonal on the points (Forsythe 1957, J. SIAM 5, 74),
//
//	p = sum_k a_k P_k,   a_k = sum_j w_j P_k(x_j) y_j / gamma_k,   gamma_k = sum_j w_j P_k(x_j)^2,
//	P_0 = 1,   P_(k+1) = (x - alpha_k) P_k - beta_k P_(k-1),
//	alpha_k = sum_j w_j x_j P_k^2/gamma_k,   beta_k = gamma_k/gamma_(k-1).
//
// One degree more adds one term, and takes a_k^2 gamma_k from chi^2. What is asked for, the value or the
// slope of p at some x, is linear in y: sum_j c_j y_j, and has the variance sum_j c_j^2 sigma_j^2.

// ask is what is asked of a polynomial p: Value p(At) + Slope p'(At).
type ask struct{ At, Value, Slope float64 }

// answer of a polynomial of one degree.
type answer struct {
	degree int
	mean   float64
	coef   []float64 // c_j: mean = sum_j c_j y_j
	chi2   float64
}

// polynomials are the answers of all degrees up to most, fewer than there are points. x differ.
func polynomials(x, y, sigma []float64, q ask, most int) []answer {
	n := len(x)
	shift, scale := center(x)
	t := make([]float64, n)
	for j := range x {
		t[j] = (x[j] - shift) / scale
	}
	at, slope := (q.At-shift)/scale, q.Slope/scale
	last, this := make([]float64, n), make([]float64, n) // P_(k-1), P_k at the points
	rest, coef := append([]float64(nil), y...), make([]float64, n)
	var lastAt, lastD, thisAt, thisD, lastGamma, mean float64
	for j := range this {
		this[j] = 1
	}
	thisAt = 1
	var all []answer
	for k := 0; k <= most && k < n; k++ {
		gamma, alpha, a := 0.0, 0.0, 0.0
		for j, p := range this {
			w := 1 / (sigma[j] * sigma[j])
			gamma += w * p * p
			alpha += w * t[j] * p * p
			a += w * p * rest[j]
		}
		alpha, a = alpha/gamma, a/gamma
		asked := q.Value*thisAt + slope*thisD
		mean += a * asked
		chi2 := 0.0
		for j, p := range this {
			rest[j] -= a * p
			coef[j] += asked * p / (gamma * sigma[j] * sigma[j])
			chi2 += rest[j] * rest[j] / (sigma[j] * sigma[j])
		}
		if k == n-1 {
			chi2 = 0 // through all points
		}
		all = append(all, answer{k, mean, append([]float64(nil), coef...), chi2})
		beta := 0.0
		if k > 0 {
			beta = gamma / lastGamma
		}
		for j := range this {
			last[j], this[j] = this[j], (t[j]-alpha)*this[j]-beta*last[j]
		}
		lastAt, lastD, thisAt, thisD = thisAt, thisD, (at-alpha)*thisAt-beta*lastAt, thisAt+(at-alpha)*thisD-beta*lastD
		lastGamma = gamma
	}
	return all
}

// center is the middle of the points and half of their range, so that powers are of the order of 1.
func center(x []float64) (shift, scale float64) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range x {
		lo, hi = min(lo, v), max(hi, v)
	}
	if scale = (hi - lo) / 2; scale == 0 {
		scale = 1
	}
	return (lo + hi) / 2, scale
}
