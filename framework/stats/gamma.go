package stats

import "math"

// Gamma is the error of the mean by the Gamma method (Wolff 2004, Comput. Phys. Commun. 156, 143,
// hep-lat/0306017), and the window W at which its sum ends. With R chains of N values in all,
// d their deviations from the mean of all,
//
//	Gamma(t) = 1/(N - R t) sum_c sum_i d_ic d_(i+t)c,
//	C(W)     = Gamma(0) + 2 sum_(0<t<=W) Gamma(t),      tau(W) = C(W)/Gamma(0),
//
// W is the first one at which the sum of the errors by chance and by what is left out no
// longer falls, if correlations decay within an S-th part of tau,
//
//	exp(-W/theta) < theta/sqrt(W N),   theta = S / ln[(tau + 1)/(tau - 1)],
//
// and C(W) is raised by its bias, the factor 1 + (2W+1)/N (eq. 49). Var(x) is Gamma(0) (1 + 1/N) for it.
//
// S is 1 to 2, 1.5 by custom. The window is shorter than that of Uncertainty, and tau somewhat less,
// which is for one long chain. Errors of errors are NaN where W reaches half of a chain and the sum
// did not end; all is NaN below four draws of a chain.
func (s *Chains) Gamma(scale float64) (u Uncertainty, window int) {
	n := float64(len(s.x))
	draws := 0
	if s.m > 0 {
		draws = len(s.x) / s.m
	}
	if draws < 4 {
		return Uncertainty{math.NaN(), math.NaN(), math.NaN(), math.NaN()}, 0
	}
	d, mean := make([]float64, len(s.x)), s.Mean()
	for i, v := range s.x {
		d[i] = v - mean
	}
	gamma := func(t int) float64 { return dot(d[:len(d)-t*s.m], d[t*s.m:]) / float64(len(d)-t*s.m) }
	zero := gamma(0)
	if zero == 0 {
		return Uncertainty{Tau: 1}, 0
	}
	sum, tau, ended := zero, 1.0, false
	for window = 1; ; window++ {
		sum += 2 * gamma(window)
		tau = max(1, sum/zero)
		theta := 0.0
		if tau > 1 {
			theta = scale / math.Log((tau+1)/(tau-1))
		}
		w := float64(window)
		if ended = math.Exp(-w/theta) < theta/math.Sqrt(w*n) || theta == 0; ended || window >= draws/2-1 {
			break
		}
	}
	tau *= 1 + float64(2*window+1)/n
	u = uncertainty(math.Sqrt(tau*zero/n), tau/(1+1/n), seen(window, draws), n)
	if !ended {
		u.StderrStderr, u.TauStderr = math.NaN(), math.NaN()
	}
	return u, window
}
