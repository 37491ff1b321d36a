package stats

import (
	"fmt"
	"math"
	"slices"
)

// Bridge is ln Z from draws of both densities: n_0 of a normalised p, n_1 of q/Z (Bennett 1976, J.
// Comput. Phys. 22, 245; Shirts, Bair, Hooker and Pande 2003, Phys. Rev. Lett. 91, 140601). With w = q/p
// on both, and f(s) = 1/(1 + exp(-s)), Z solves
//
//	< f(s) >_p / < f(-s) >_q = n_1/n_0,   s = ln w - ln Z + ln(n_1/n_0),
//
// which has one solution, and the least variance where draws are independent,
//
//	Var(ln Z) = Var_p(f(s))/(n_0 < f(s) >_p^2) + Var_q(f(-s))/(n_1 < f(-s) >_q^2).
//
// Any n_1/n_0 gives the right Z; of correlated draws the effective numbers are the ones to take.
//
// Overlap is 1 where p is q/Z and 0 where no draw of one could be one of the other: 1 - lambda of the
// second eigenvalue of the overlap matrix of the two (Klimovich, Shirts and Mobley 2015,
// J. Comput. Aided Mol. Des. 29, 397), with the shares a = n_0/(n_0+n_1) and b = 1 - a in the mixture of both,
//
//	O_01 + O_10 = int p q/Z / (a p + b q/Z) dx = a < h >_p + b < h >_q,   h = f(s) f(-s)/(a b).
//
// They ask for O_01 >= 0.03, which is Overlap >= 0.06 for equal numbers; below, draws in between are too few,
// and the error is too small.
type Bridge struct {
	LogZ, Stderr, Overlap float64
}

// BAR is the Bridge of ln w on independent draws of p and of chains of q/Z. ln w may be -Inf of draws
// of p, where q is 0, and +Inf on the chains, where p is. Numbers of draws are effective ones by the
// autocorrelation time of f(-s), whose error the chains have. The error is NaN below two draws of
// either, where that of the chains is not known, and where f of a side underflows. An error is returned where a side has
// no draws, a NaN, or no finite ln w, or where ln w is +Inf of a draw of p or -Inf on a chain, which
// cannot be of these densities.
func BAR(model []float64, chains *Chains) (Bridge, error) {
	lo, hi, err := bracket(model, chains.x)
	if err != nil {
		return Bridge{}, err
	}
	n0, n1 := float64(len(model)), float64(len(chains.x))
	if lo == hi && !slices.ContainsFunc(model, isInf) && !slices.ContainsFunc(chains.x, isInf) {
		return Bridge{lo, 0, 1}, nil
	}
	logZ, forward, back := solveBridge(model, chains, math.Log(n1/n0), lo, hi)
	if _, tau := back.Error(); tau > 1 {
		n1 /= tau
		logZ, forward, back = solveBridge(model, chains, math.Log(n1/n0), lo, hi)
	}
	var m Moments
	m.Add(forward)
	stderr, _ := back.Error()
	a := n0 / (n0 + n1)
	product := func(f float64) float64 { return f * (1 - f) / (a * (1 - a)) }
	for i, f := range forward {
		forward[i] = product(f)
	}
	return Bridge{
		LogZ:    logZ,
		Stderr:  math.Hypot(m.Stderr()/m.Mean(), stderr/back.Mean()),
		Overlap: min(1, a*mean(forward)+(1-a)*back.Map(product).Mean()),
	}, nil
}

func isInf(x float64) bool { return math.IsInf(x, 0) }

// bracket are the least and the largest finite ln w, between which ln Z is.
func bracket(model, chains []float64) (lo, hi float64, err error) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for side, x := range [][]float64{model, chains} {
		name, never := "the model", math.Inf(1)
		if side == 1 {
			name, never = "the chains", math.Inf(-1)
		}
		finite := 0
		for _, l := range x {
			switch {
			case math.IsNaN(l) || l == never:
				return 0, 0, fmt.Errorf("ln Z of two densities: ln w is %g on a draw of %s", l, name)
			case !math.IsInf(l, 0):
				lo, hi = min(lo, l), max(hi, l)
				finite++
			}
		}
		if finite == 0 {
			return 0, 0, fmt.Errorf("ln Z of two densities: none of %d draws of %s has a finite ln w: the densities do not overlap", len(x), name)
		}
	}
	return lo, hi, nil
}

// solveBridge is ln Z, and with it f(s) of the draws of p and f(-s) of those of the chains. It
// finds the root in ln Z of
//
//	g = ln < f(s) >_p - ln < f(-s) >_q - M,   s = ln w - ln Z + M,   M = ln(n_1/n_0),
//
// which falls with a slope between -2 and 0. If all ln w are finite g >= 0 at the least of
// them and g <= 0 at the largest; infinite ones may take the root beyond. Newton steps that leave
// the bracket are replaced by its middle.
func solveBridge(model []float64, chains *Chains, shift, lo, hi float64) (logZ float64, forward []float64, back *Chains) {
	g := func(logZ float64) (value, slope float64) {
		forward, forwardSlope := logFermi(model, 1, shift-logZ)
		back, backSlope := logFermi(chains.x, -1, logZ-shift)
		return forward - back - shift, -forwardSlope - backSlope
	}
	const widest = 1 << 20 // a root further out than this has no digits left
	for step := 1.0; step < widest; step *= 2 {
		if value, _ := g(lo); value >= 0 {
			break
		}
		lo -= step
	}
	for step := 1.0; step < widest; step *= 2 {
		if value, _ := g(hi); value <= 0 {
			break
		}
		hi += step
	}
	logZ = lo + (hi-lo)/2
	for range 200 { // bisection alone needs 75
		value, slope := g(logZ)
		if value > 0 {
			lo = logZ
		} else {
			hi = logZ
		}
		next := logZ - value/slope
		if !(lo <= next && next <= hi) {
			next = lo + (hi-lo)/2
		}
		last := logZ
		if logZ = next; math.Abs(logZ-last) <= 0x1p-50*max(1, math.Abs(logZ)) {
			break
		}
	}
	forward = make([]float64, len(model))
	for i, l := range model {
		forward[i] = fermi(l - logZ + shift)
	}
	return logZ, forward, chains.Map(func(l float64) float64 { return fermi(logZ - shift - l) })
}

// logFermi is ln < f(sign x + shift) > and its slope in shift, a number between 0 and 1.
func logFermi(x []float64, sign, shift float64) (value, slope float64) {
	terms := make([]float64, len(x))
	for i, v := range x {
		terms[i] = logOfFermi(sign*v + shift)
	}
	value = logSum(terms)
	for i, v := range x { // d ln f = f(-s) ds
		slope += math.Exp(terms[i]-value) * fermi(-(sign*v + shift))
	}
	return value - math.Log(float64(len(x))), slope
}

// fermi is f(s) = 1/(1 + exp(-s)).
func fermi(s float64) float64 {
	if s < 0 {
		e := math.Exp(s)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-s))
}

// logOfFermi is ln f(s).
func logOfFermi(s float64) float64 {
	if s < 0 {
		return s - math.Log1p(math.Exp(s))
	}
	return -math.Log1p(math.Exp(-s))
}
