package sample

import (
	"math/bits"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// shuffled is the row in place k of a random order of n rows, found without the others: a
// network of H. Feistel permutes the numbers of an even number of bits, and is walked until
// it leads below n (J. Black and P. Rogaway, Ciphers with arbitrary finite domains, CT-RSA
// 2002, section 5). It has the four rounds of M. Luby and C. Rackoff, SIAM J. Comput. 17,
// 373 (1988).
func shuffled(k, n, seed uint64) uint64 {
	// Halves of fewer than 4 bits have few functions, and the orders would be few.
	half := max(4, (bits.Len64(n-1)+1)/2)
	mask := uint64(1)<<half - 1
	for {
		left, right := k>>half, k&mask
		for round := range uint64(4) {
			left, right = right, left^core.Derive(seed, round, right)&mask
		}
		if k = left<<half | right; k < n {
			return k
		}
	}
}
