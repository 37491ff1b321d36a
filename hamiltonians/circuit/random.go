package circuit

import (
	"github.com/helmholtz-physics/helmholtz/framework/energy/disorder"
	"github.com/helmholtz-physics/helmholtz/framework/engine/qubits"
)

// A cycle is a layer of random gates on all qubits and then a gate on each pair of one of
// four patterns; behind the last cycle comes a further layer (Arute et al. 2019, figure 3).
//
// The random gates are drawn from a splitmix64 stream that starts at the seed, layer after
// layer and in it qubit after qubit, with one output u each. The first gate of a qubit is
// number u mod 3 of sqrt X, sqrt Y, sqrt W; each further one is
//
//	(its last + 1 + u mod 2) mod 3,
//
// which is never the one before.
//
// The patterns A, B, C, D have each pair of neighbours on the grid once. Those along a
// column, (r, c) and (r+1, c), are in A where r + c is even and else in B; along a row,
// (r, c) and (r, c+1), they are in C and in D.

// patterns is the order in which they come, ABCDCDAB, again and again.
var patterns = [8]int{0, 1, 2, 3, 2, 3, 0, 1}

// run applies the circuit to |0...0>.
func (c Config) run() qubits.State {
	n := c.Rows * c.Cols
	psi, pairs := qubits.Zero(n), c.pairs()
	stream, kind := disorder.Stream(c.Seed), make([]int, n)
	for t := range c.Cycles + 1 {
		for q := range kind {
			if u := stream.Uint64(); t == 0 {
				kind[q] = int(u % 3)
			} else {
				kind[q] = (kind[q] + 1 + int(u%2)) % 3
			}
			psi.One(&roots[kind[q]], bit(n, q))
		}
		if t == c.Cycles {
			break
		}
		for _, p := range pairs[patterns[t%len(patterns)]] {
			pair(psi, bit(n, p[0]), bit(n, p[1]))
		}
	}
	return psi
}

// bit of the number of a bit string in which qubit q of n is.
func bit(n, q int) int { return 1 << (n - 1 - q) }

// pairs are the qubits that are coupled in the patterns A, B, C, D.
func (c Config) pairs() (of [4][][2]int) {
	for row := range c.Rows {
		for col := range c.Cols {
			q, odd := row*c.Cols+col, (row+col)%2
			if row+1 < c.Rows {
				of[odd] = append(of[odd], [2]int{q, q + c.Cols})
			}
			if col+1 < c.Cols {
				of[2+odd] = append(of[2+odd], [2]int{q, q + 1})
			}
		}
	}
	return of
}
