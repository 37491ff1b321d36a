package xy

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

// ring of n rotators with a coupling j >= 0. The Fourier series exp(b cos t) =
// sum_m I_m(b) exp(i m t) makes its transfer matrix diagonal (G. S. Joyce, Phys. Rev.
// 155, 478 (1967)): with b = beta j,
//
//	Z = sum_m (2 pi I_m(b))^n,   m = ..., -1, 0, 1, ...
//
// An even ring with the coupling -j is the same ring with every other rotator turned
// by pi; an odd one is frustrated, and its sum alternates in sign.
//
// With a = b I'_m/I_m, < > the mean over m with the weights I_m^n, and
// b^2 I”_m/I_m = b^2 + m^2 - a from Bessel's equation, it follows that
//
//	beta <E> = -n <a>,   C = n^2 (<a^2> - <a>^2) + n <b^2 + m^2 - a - a^2>.
//
// Where b is large all a are near b, and v = b - a is near 1/2. So v and h = v - 1/2 are
// computed instead, from the recurrence of the ratios r_m = I_m/I_{m-1} as ones for
// u_m = b (1 - r_m) and h, with q = m - 1/2 - h_m:
//
//	r_m = b/(2m + b r_{m+1}),   u_m = b (2m - u_{m+1})/(2m + b - u_{m+1}),   v_m = u_{m+1} - m,
//	h_{m-1} = -h_m - q^2/(b + q),   b^2 + m^2 - a - a^2 = m^2 + 2 b h + v - v^2,
//
// which are stable downwards.
type ring struct {
	n int
	j float64
}

// harmonic is the b above which rotators are springs: the terms of order 1/b that are
// left out are as small there as the rounding of the sum, some b times 1e-16.
const harmonic = 1e8

func (r ring) solve(beta float64) (core.Exact, error) {
	n, b := float64(r.n), beta*r.j
	sum := exact.Partition{Lowest: -n * r.j}
	const source = "ring of rotators, sum over Bessel functions"
	if b > harmonic { // I_m ~ exp(b - m^2/2b)/sqrt(2 pi b)
		sum.LogW = n/2*math.Log(2*math.Pi/b) + math.Log(2*math.Pi*b/n)/2
		sum.Excess, sum.HeatCapacity = (n-1)/(2*beta), (n-1)/2
		return sum.Values(beta, source), nil
	}
	logI, v, h := bessel(b)
	norm, mean, local := 0.0, 0.0, 0.0
	weight := func(m int) float64 { // of m and -m, relative to m = 0
		w := math.Exp(n * (logI[m] - logI[0]))
		if m > 0 {
			w *= 2
		}
		return w
	}
	for m, x := range v {
		w := weight(m)
		norm += w
		mean += w * x
		local += w * (float64(m*m) + 2*b*h[m] + x - x*x)
	}
	mean, local = mean/norm, local/norm
	variance := 0.0
	for m, x := range v {
		variance += weight(m) * (x - mean) * (x - mean) / norm
	}
	sum.LogW = n*(math.Log(2*math.Pi)+logI[0]) + math.Log(norm)
	sum.Excess = n * mean / beta
	sum.HeatCapacity = n*n*variance + n*local
	return sum.Values(beta, source), nil
}

// bessel returns ln( I_m(b) exp(-b) ), v_m and h_m for m = 0, 1, ... up to where I_m is
// e^-40 of I_0 and does not count. The recurrence starts there with r = 0: its
// error at m is that of I at the start over I_m, squared.
func bessel(b float64) (logI, v, h []float64) {
	top := 30 + int(9*math.Sqrt(b))
	logI, v, h = make([]float64, top), make([]float64, top), make([]float64, top+1)
	r, u := 0.0, b // of top + 1
	h[top] = b - float64(top) - 0.5
	total := 0.0 // sum_{k >= m} I_k/I_{m-1}
	for m := top; m >= 1; m-- {
		k := float64(m)
		below := 2*k + b - u
		v[m-1] = b*(2*k-u)/below - (k - 1)
		q := k - 0.5 - h[m]
		h[m-1] = -h[m] - q*q/(b+q)
		r, u = b/below, b*(2*k-u)/below
		total = r * (1 + total)
		if m < top {
			logI[m] = math.Log(r) // of I_m/I_{m-1}
		}
	}
	logI[0] = -math.Log1p(2 * total) // I_0 + 2 sum_m I_m = e^b
	for m := 1; m < top; m++ {
		logI[m] += logI[m-1]
	}
	return logI, v, h[:top]
}
