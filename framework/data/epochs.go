package data

import (
	"cmp"
	"math/bits"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Epochs draws configurations of a data set without replacement: every row once in an
// epoch, in an order that the seed and the epoch decide, and batches run on from one epoch
// into the next. All draws of a seed must have equally many configurations.
type Epochs struct {
	independent
	X    []float64
	Size int
}

var _ core.Sampler = Epochs{}

// Next draws n configurations into dst; their ln p is not known.
func (s Epochs) Next(dst *core.Batch, state core.SamplerState, n int) (core.SamplerState, error) {
	dst.Reset(n, s.Size)
	dst.LogP = dst.LogP[:0]
	rows := uint64(len(s.X) / s.Size)
	first := state.Drawn*uint64(cmp.Or(dst.Total, n)) + uint64(dst.From)
	for i := range n {
		k := first + uint64(i)
		row := int(shuffled(k%rows, rows, core.Derive(state.Seed, k/rows)))
		copy(dst.X[i*s.Size:], s.X[row*s.Size:(row+1)*s.Size])
	}
	state.Drawn++
	return state, nil
}

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
