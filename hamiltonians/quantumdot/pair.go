package quantumdot

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mat"

	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

// Two electrons in the plane: the centre u = (x_1 + x_2)/sqrt 2 is a free
// oscillator, and v = (x_1 - x_2)/sqrt 2 moves in v^2/2 + g/v, g = kappa/sqrt 2.
// With the angular momentum m, odd for a wave function that changes sign under
// v -> -v,
//
//	psi = v^m exp(-v^2/2) f(v) exp(+-i m phi),   f an entire function of v
//
// (Taut, Phys. Rev. A 48, 3561 (1993)), so its expansion in polynomials
// converges exponentially. In those orthonormal under w = v^(2m+1) exp(-v^2),
//
//	H_ij = int w [p_i' p_j'/2 + (m + 1 + g/v) p_i p_j] dv.

// hottest is the smallest beta at which the spectrum is computed: all levels up
// to negligible/beta = 180 take some seconds.
const hottest = 0.25

// strongest is the largest kappa at which it is: the lowest level is about
// 3/2 (kappa/sqrt 2)^(2/3), 119 there, and the polynomials go as far beyond it.
const strongest = 1000

// pair returns the sum over the states of two electrons.
func (c Config) pair(beta float64) exact.Partition {
	lowest := c.pairLevels(1, 1)[0]
	most := negligible/beta + lowest
	band := exact.Range{Lowest: lowest, Highest: lowest}
	var relative exact.Accumulator
	for m := 1; ; m += 2 {
		levels := c.pairLevels(m, int(most))
		if levels[0] > most && m > 1 {
			break
		}
		for k, e := range levels {
			if m == 1 && k == 0 {
				e = lowest // computed with more polynomials, up to rounding
			}
			if e <= most {
				relative.AddLevel(beta, band.Above(e), math.Ln2, 0) // +m and -m
			}
		}
	}
	// the centre: an oscillator in each of two directions
	sum := exact.Partition{
		Lowest: lowest + 1,
		LogW:   -2 * math.Log1p(-math.Exp(-beta)),
		Excess: 2 / math.Expm1(beta),
	}
	spread := beta / math.Sinh(beta/2)
	sum.HeatCapacity = spread * spread / 2
	sum.Add(&relative, beta)
	return sum
}

// pairLevels returns levels of the relative motion, those up to most exactly. A
// level e of the oscillator is a polynomial of degree e - m - 1; 24 degrees more
// serve the repulsion.
func (c Config) pairLevels(m, most int) []float64 {
	size := max(0, most-m-1) + 24
	v, w := pairWeight(m, size)
	p, dp := orthonormal(v, w, size)
	x := mat.NewDense(size, 2*len(v), nil) // H - m - 1 = x x^T
	for i := range size {
		for q := range v {
			x.Set(i, q, dp[i][q]/math.Sqrt2)
			x.Set(i, len(v)+q, p[i][q]*math.Sqrt(c.Kappa/math.Sqrt2/v[q]))
		}
	}
	h := mat.NewSymDense(size, nil)
	h.SymOuterK(1, x)
	for i := range size {
		h.SetSym(i, i, h.At(i, i)+float64(m)+1)
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(h, false) {
		panic("quantumdot: the spectrum of a symmetric matrix did not converge")
	}
	return eigen.Values(nil)
}

// pairWeight returns a quadrature in v, with weights that include w up to a
// factor. In s = sqrt(v) the zeros of the polynomials are about equally dense up
// to v = sqrt(8 size/3 + 2 m), and 6 panels of 16 nodes for 32 zeros resolve the
// products of two.
func pairWeight(m, size int) (v, w []float64) {
	const nodes = 16
	panels := 8 + 6*size/32
	end := math.Sqrt(math.Sqrt(8*float64(size)/3+2*float64(m)) + 6)
	x, y := make([]float64, nodes), make([]float64, nodes)
	quad.Legendre{}.FixedLocations(x, y, -1, 1)
	half := end / float64(2*panels)
	power := float64(2*m + 1)
	top := power / 2 * (math.Log(power/2) - 1) // of ln w, at v^2 = power/2
	for p := range panels {
		for k, u := range x {
			s := half * (float64(2*p+1) + u)
			v = append(v, s*s)
			w = append(w, half*y[k]*2*s*math.Exp(2*power*math.Log(s)-s*s*s*s-top))
		}
	}
	return v, w
}

// orthonormal returns sqrt(w) p_k and sqrt(w) p_k' of the orthonormal
// polynomials p_k, by their recurrence (Stieltjes' procedure),
//
//	b_k+1 p_k+1 = (v - a_k) p_k - b_k p_k-1,   a_k = <p_k|v|p_k>.
func orthonormal(v, w []float64, size int) (p, dp [][]float64) {
	last, dlast := make([]float64, len(v)), make([]float64, len(v))
	now, dnow := make([]float64, len(v)), make([]float64, len(v))
	for q := range v {
		now[q] = math.Sqrt(w[q])
	}
	normalise(now, dnow)
	b := 0.0
	for range size {
		p, dp = append(p, now), append(dp, dnow)
		a := 0.0
		for q, x := range v {
			a += x * now[q] * now[q]
		}
		next, dnext := make([]float64, len(v)), make([]float64, len(v))
		for q, x := range v {
			next[q] = (x-a)*now[q] - b*last[q]
			dnext[q] = now[q] + (x-a)*dnow[q] - b*dlast[q]
		}
		b = normalise(next, dnext)
		last, dlast, now, dnow = now, dnow, next, dnext
	}
	return p, dp
}

// normalise divides p and its derivative by the norm of p, which it returns.
func normalise(p, dp []float64) float64 {
	sum := 0.0
	for _, x := range p {
		sum += x * x
	}
	norm := math.Sqrt(sum)
	for q := range p {
		p[q] /= norm
		dp[q] /= norm
	}
	return norm
}
