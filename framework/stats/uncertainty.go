package stats

import "math"

// Uncertainty is the standard error of the mean of N correlated values, the autocorrelation time in
// draws of a chain, and how uncertain both are themselves, as they are sums of autocovariances up
// to a lag W of chains of T draws (Wolff 2004, Comput. Phys. Commun. 156, 143,
// hep-lat/0306017, eq. 42, where tau is 2 tau_int and T is large),
//
//	TauStderr/Tau       = sqrt(2 (K - tau)/N),   K = 2W + 1 - W(W+1)/T
//	StderrStderr/Stderr = sqrt(K/(2N)).
//
// K is the sum of 1 - |t|/T over all |t| <= W. W = 0 gives the sqrt(1/(2N)) of independent values,
// W = T-1 the sqrt(1/(2m)) of m means of chains. Both hold for normal values: heavier tails
// add to them. TauStderr is NaN where K <= tau: the sum has seen less than a correlation time, and
// tells of tau only that it is as long as that.
type Uncertainty struct {
	Stderr, StderrStderr float64
	Tau, TauStderr       float64
}

// uncertainty has the errors of the errors.
func uncertainty(stderr, tau, k, n float64) Uncertainty {
	u := Uncertainty{stderr, stderr * math.Sqrt(k/(2*n)), tau, math.NaN()}
	if k > tau {
		u.TauStderr = tau * math.Sqrt(2*(k-tau)/n)
	}
	return u
}

// seen is K of a window.
func seen(window, draws int) float64 {
	w := float64(window)
	return 2*w + 1 - w*(w+1)/float64(draws)
}
