package exact

import (
	"fmt"
	"math"
	"math/bits"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// MaxSites is the largest system that Enumerate takes: 2^24 states are well
// under two seconds.
const MaxSites = 24

// blockSpins is how many spins are flipped in Gray-code order before energy
// and fields are computed afresh, which keeps the rounding of the updates at
// that of a few thousand additions.
const blockSpins = 12

// Pairs is a pairwise energy of N spins,
//
//	E(s) = -1/2 s^T J s - h^T s + Offset
type Pairs struct {
	N      int
	J      []float64 // N x N, symmetric, zero diagonal
	H      []float64 // length N; nil means no field
	Offset float64
}

// Enumerate sums over all states of p, which must have 1 to MaxSites sites, at
// inverse temperature beta, +Inf for the mean over the states of lowest energy.
// Beside the thermodynamic totals it gives lowest_energy, and magnetization,
// magnetization_abs and magnetization_squared: <M>/N, <|M|>/N and <M^2>/N^2.
func Enumerate(beta float64, p Pairs) core.Exact {
	free := p.N
	even := !HasField(p.H)
	if even {
		free-- // the last spin stays up; its mirror states weigh the same
	}
	low := min(free, blockSpins)
	ranges := make([]Range, 1<<(free-low))
	par.For(len(ranges), func(b int) {
		p.eachOfBlock(low, uint64(b), func(e, _ float64) { ranges[b].Include(e) })
	})
	levels := ranges[0]
	for _, r := range ranges {
		levels.Include(r.Lowest)
		levels.Include(r.Highest)
	}
	blocks := make([]Accumulator, len(ranges))
	par.For(len(blocks), func(b int) {
		p.eachOfBlock(low, uint64(b), func(e, m float64) { blocks[b].AddLevel(beta, levels.Above(e), 0, m) })
	})
	var all Accumulator
	for _, b := range blocks {
		all.Merge(b)
	}

	return ofSpins(beta, p.N, even, levels, &all)
}

// ofSpins are the values of n spins whose states are summed, with their magnetisation,
// in a; if they are even, it is half of them, and the others are their mirror images.
func ofSpins(beta float64, n int, even bool, levels Range, a *Accumulator) core.Exact {
	total := Partition{Lowest: levels.Lowest}
	total.Add(a, beta)
	m, abs, squared := a.Magnetization()
	if even {
		total.LogW += math.Ln2
		m = 0 // mirror states cancel
	}
	x := total.Discrete(beta, fmt.Sprintf("enumeration of 2^%d states", n))
	sites := float64(n)
	x.Values["lowest_energy"] = levels.Lowest
	x.Values["magnetization"] = m / sites
	x.Values["magnetization_abs"] = abs / sites
	x.Values["magnetization_squared"] = squared / (sites * sites)
	return x
}

// HasField tells whether any field in h is not zero.
func HasField(h []float64) bool {
	for _, v := range h {
		if v != 0 {
			return true
		}
	}
	return false
}

// eachOfBlock calls visit with the energy and the magnetisation of the 2^low
// states whose spins from low on are the bits of high (0: up), in Gray-code
// order: step c flips spin
// ctz(c), which changes E by 2 s_k f_k with the local field
// f_k = sum_j J_kj s_j + h_k.
func (p Pairs) eachOfBlock(low int, high uint64, visit func(e, m float64)) {
	s := make([]float64, p.N)
	m := 0.0
	for i := range s {
		s[i] = 1
		if i >= low && high>>(i-low)&1 == 1 {
			s[i] = -1
		}
		m += s[i]
	}
	e, f := p.start(s)
	f = f[:low] // the fields of the spins that flip
	visit(e, m)
	for c := uint64(1); c < 1<<low; c++ {
		k := bits.TrailingZeros64(c)
		twice := 2 * s[k]
		e += twice * f[k]
		m -= twice
		s[k] = -s[k]
		for j, v := range p.J[k*p.N : k*p.N+low] {
			f[j] -= twice * v
		}
		visit(e, m)
	}
}

// start returns energy and local fields of s.
func (p Pairs) start(s []float64) (e float64, f []float64) {
	f = make([]float64, p.N)
	e = p.Offset
	for i := range f {
		for j, v := range p.J[i*p.N : (i+1)*p.N] {
			f[i] += v * s[j]
		}
		e -= s[i] * f[i] / 2
		if p.H != nil {
			f[i] += p.H[i]
			e -= s[i] * p.H[i]
		}
	}
	return e, f
}
