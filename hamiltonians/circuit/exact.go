package circuit

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

// solver sums over all bit strings. At beta = 1, where the density is p, ln Z and F are
// zero and energy and entropy are one number. What is known besides is the fidelity F, and
// that of linear cross-entropy,
//
//	xeb = 2^n sum_x p(x) |<x|U|0>|^2 - 1 = (2^n sum_x p(x)^2 - 1)/F,
//
// which is about F itself where the |<x|U|0>|^2 are exponentially distributed.
func (t table) solver(fidelity float64) exact.Solver {
	return func(beta float64) (core.Exact, error) {
		var levels exact.Range
		for _, e := range t.energies {
			if !math.IsInf(e, 1) { // never printed
				levels.Include(e)
			}
		}
		var sum exact.Accumulator
		for _, e := range t.energies {
			sum.AddLevel(beta, levels.Above(e), 0, 0)
		}
		total := exact.Partition{Lowest: levels.Lowest}
		total.Add(&sum, beta)
		x := total.Discrete(beta, fmt.Sprintf("enumeration of 2^%d bit strings", t.n))
		if beta == 1 {
			exact.Normalise(x)
			x.Values["fidelity"], x.Values["xeb"] = fidelity, t.xeb(fidelity)
		}
		return x, nil
	}
}

func (t table) xeb(fidelity float64) float64 {
	squares := 0.0
	for _, e := range t.energies {
		squares += math.Exp(-2 * e)
	}
	return (math.Ldexp(squares, t.n) - 1) / fidelity
}
