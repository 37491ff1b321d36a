package exact

import (
	"math"
	"math/bits"
	"sync"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// MaxSpins is the largest system that [Spins] solves: 2^20 energies, 8 MiB. Pair
// couplings can be enumerated up to MaxSites, because a flip changes few terms of E.
const MaxSpins = 20

// Spins is the solution of n spins, +1 or -1, of any energy: values writes those of the
// len(e) configurations in x, and is called from several goroutines. All 2^n are
// evaluated when the first value is asked for. Beyond MaxSpins nothing is known. The
// quantities are those of [Enumerate], and T = 0 is known too.
func Spins(n int, values func(e, x []float64)) Solution {
	if n > MaxSpins {
		return Solution{}
	}
	all := sync.OnceValue(func() []float64 { return everyState(n, values) })
	solve := func(beta float64) (core.Exact, error) {
		e := all()
		var levels Range
		for _, v := range e {
			if !math.IsInf(v, 1) { // forbidden
				levels.Include(v)
			}
		}
		var sum Accumulator
		for state, v := range e {
			sum.AddLevel(beta, levels.Above(v), 0, float64(n-2*bits.OnesCount(uint(state))))
		}
		return ofSpins(beta, n, false, levels, &sum), nil
	}
	return Solution{Solve: solve, Ground: solve}
}

// everyState returns the energies of all states; the spins that are down are the bits
// of a state.
func everyState(n int, values func(e, x []float64)) []float64 {
	e := make([]float64, 1<<n)
	block := min(len(e), 1<<10)
	par.For(len(e)/block, func(b int) {
		x := make([]float64, block*n)
		for k := range x {
			x[k] = 1 - 2*float64((b*block+k/n)>>(k%n)&1)
		}
		values(e[b*block:(b+1)*block], x)
	})
	return e
}
