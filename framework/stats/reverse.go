package stats

import (
	"math"
	"slices"
)

// ReverseEffectiveFraction is the effective share of p's draws, seen from chains of q/Z, with its
// standard error (Nicoli et al. 2023, Phys. Rev. D 108, 114501, arXiv:2302.14082),
//
//	< w >_p^2 / < w^2 >_p = 1/(< w >_q < 1/w >_q),
//
// of ln w on the chains. It sees what p has lost and the chains have not, by which Weights'
// EffectiveFraction is 1. It is 0, with the error NaN, where p is 0 on a draw or too small for a
// number. Both are NaN where there are no draws, a ln w is NaN, or q is 0 on a draw of itself.
func ReverseEffectiveFraction(lnw *Chains) (fraction, stderr float64) {
	if len(lnw.x) == 0 || slices.ContainsFunc(lnw.x, math.IsNaN) {
		return math.NaN(), math.NaN()
	}
	highest, lowest := slices.Max(lnw.x), slices.Min(lnw.x)
	switch {
	case math.IsInf(lowest, -1):
		return math.NaN(), math.NaN()
	case math.IsInf(highest, 1):
		return 0, math.NaN()
	}
	up := lnw.Map(func(l float64) float64 { return math.Exp(l - highest) })
	down := lnw.Map(func(l float64) float64 { return math.Exp(lowest - l) })
	value, y := Linearised([]*Chains{up, down}, 1, func(dst, mean []float64) {
		dst[0] = math.Exp(lowest-highest) / (mean[0] * mean[1])
	})
	if value[0] == 0 {
		return 0, math.NaN()
	}
	stderr, _ = y[0].Error()
	return min(1, value[0]), stderr
}
