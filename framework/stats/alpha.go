package stats

import "math"

// The alpha-divergence of a density pi from a density p (Amari 1985, Differential-
// Geometrical Methods in Statistics; in this form Minka 2005, Microsoft Research technical
// report MSR-TR-2005-173),
//
//	D_alpha(pi||p) = int [alpha pi + (1-alpha) p - pi^alpha p^(1-alpha)] / (alpha (1-alpha)),
//
// is KL(pi||p) for alpha -> 1, KL(p||pi) for alpha -> 0, half of Pearson's chi^2 for
// alpha = 2, and D_alpha(pi||p) = D_(1-alpha)(p||pi).

// BoxCox is (exp(a lnw) - 1)/a, and its limit lnw at a = 0 (Box and Cox 1964, J. R. Stat.
// Soc. B 26, 211): powers of w as alike as they can be.
func BoxCox(a, lnw float64) float64 {
	if a == 0 {
		return lnw
	}
	return math.Expm1(a*lnw) / a
}

// AlphaTerm is what a draw from p with w = pi/p adds to the mean that estimates
// D_alpha(pi||p), both densities normalised. As <w> = 1, c (w - 1) may be added with any c:
//
//	(1 - w^alpha) / (alpha (1-alpha))              alpha <= 1/2,  c = 0
//	[1 - w^alpha + alpha (w - 1)] / (alpha (1-alpha))   alpha > 1/2,   c = 1/(1-alpha)
//
// The limits at alpha = 0 and 1, -ln w and w ln w - w + 1, are reached without dividing
// 0 by 0. The first form alone is right where p has lost a part of pi, for which <w> = 1
// rests on draws that are never met, as fits by alpha <= 0 do; the second, which is never
// negative, has the smaller variance where p covers pi.
//
// A draw from pi is one for the divergence the other way round: AlphaTerm(1-alpha, -lnw).
func AlphaTerm(alpha, lnw float64) float64 {
	if alpha <= 0.5 {
		return -BoxCox(alpha, lnw) / (1 - alpha)
	}
	// w^alpha = w exp((alpha-1) ln w)
	w := math.Exp(lnw)
	if w == 0 {
		return 1 / alpha
	}
	return (1 - w + w*BoxCox(alpha-1, lnw)) / alpha
}
