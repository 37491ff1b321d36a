package ranks

import (
	"math"
	"math/bits"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Same refuses numbers that are not those of rank 0 on every rank, bit for bit: the
// error names the first rank whose are others. what says what they are.
func Same(c Comm, what string, v []float64) error {
	if c.Size() == 1 {
		return nil
	}
	const halves = 2 // each a whole number that a float64 holds
	h := hash(v)
	all := make([]float64, halves*c.Size())
	if err := c.Gather(all, []float64{float64(h >> 32), float64(h & math.MaxUint32)}, evenly(c, halves)); err != nil {
		return err
	}
	for rank := range c.Size() {
		if at := all[halves*rank:]; at[0] != all[0] || at[1] != all[1] {
			err := core.Errorf(core.Numeric, "compare ranks", what, "those of rank %d are not those of rank 0", rank)
			err.Hint = "processors of several kinds compute other digits unless --kernels names one for all; else a memory is at fault: go on from the latest checkpoint, in which they were alike"
			return &agreed{err}
		}
	}
	return nil
}

// hash is another number for other bits, but for a chance of 2^-64.
func hash(v []float64) uint64 {
	h := uint64(len(v))
	for _, x := range v {
		h = bits.RotateLeft64((h^math.Float64bits(x))*0x9e3779b97f4a7c15, 29) // of splitmix64
	}
	return h ^ h>>32
}
