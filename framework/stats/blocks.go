package stats

import (
	"math"
	"slices"
)

// Blocks sums vectors of numbers over blocks of configurations that are
// independent of each other, for functions of their means. Where there are
// Blocked chains or more, a block is a group of chains, and all correlation
// along a chain is inside the blocks. Elsewhere, also for independent draws, it
// is a stretch of successive draws; there are from Blocked to twice as many,
// two of them being joined to one when there are more.
type Blocks struct {
	size   int
	sums   [][]float64
	counts []float64
	next   int  // index of the next configuration
	draws  int  // in a block; 0 where blocks are groups of chains
	joined bool // with the blocks of others
}

// Blocked is the least number of blocks: a standard error from 32 has itself
// an error of one part in sqrt(64).
const Blocked = 32

// NewBlocks returns empty sums of vectors of a size.
func NewBlocks(size int) *Blocks { return &Blocks{size: size, draws: 1} }

// Row counts the next configuration and returns the sum that its vector has to
// be added to. chains is the number of Markov chains, which take turns, and 0
// for independent draws; it may not change.
func (b *Blocks) Row(chains int) []float64 {
	if b.joined {
		panic("stats: a configuration after the blocks of others")
	}
	i := b.next
	b.next++
	k := 0
	if chains >= Blocked {
		b.draws = 0
		k = i % chains % Blocked
	} else {
		draw := i / max(1, chains)
		if k = draw / b.draws; k == 2*Blocked {
			b.pair()
			k = draw / b.draws
		}
	}
	if k == len(b.sums) {
		b.sums = append(b.sums, make([]float64, b.size))
		b.counts = append(b.counts, 0)
	}
	b.counts[k]++
	return b.sums[k]
}

// Stretch counts the next independent draws of one block, most of them at most, and returns the
// block's sum with their number: what Row would return for each of them.
func (b *Blocks) Stretch(most int) (sum []float64, n int) {
	sum = b.Row(0)
	draw := b.next - 1
	n = min(most, b.draws-draw%b.draws)
	b.next += n - 1
	b.counts[draw/b.draws] += float64(n - 1)
	return sum, n
}

// pair makes one block of two successive ones; a last one without a partner
// stays.
func (b *Blocks) pair() {
	half := (len(b.sums) + 1) / 2
	for k := range half {
		sum, n := b.sums[2*k], b.counts[2*k]
		if 2*k+1 < len(b.sums) {
			for j, v := range b.sums[2*k+1] {
				sum[j] += v
			}
			n += b.counts[2*k+1]
		}
		b.sums[k], b.counts[k] = sum, n
	}
	b.sums, b.counts = b.sums[:half], b.counts[:half]
	b.draws *= 2
}

// Size is that of the vectors.
func (b *Blocks) Size() int { return b.size }

// N is the number of configurations.
func (b *Blocks) N() int64 { return int64(b.next) }

// Draws is the number of successive draws in a block, 0 where blocks are groups
// of chains.
func (b *Blocks) Draws() int { return b.draws }

// Plain is f of the mean vector, size numbers that of writes: what Jackknife takes the bias of
// order 1/n from. It stands alone where f has a kink, at which the bias is no power of 1/n and
// what the jackknife takes for it may be of either sign.
func (b *Blocks) Plain(size int, of func(dst, mean []float64)) []float64 {
	f, mean := make([]float64, size), b.total()
	for j := range mean {
		mean[j] /= float64(b.next)
	}
	of(f, mean)
	return f
}

// total is the sum of all blocks.
func (b *Blocks) total() []float64 {
	total := make([]float64, b.size)
	for _, sum := range b.sums {
		for j, v := range sum {
			total[j] += v
		}
	}
	return total
}

// Jackknife estimates functions f of the mean vector, of which of writes size
// numbers, and their standard errors, leaving out one block at a time (Busing,
// Meijer and van der Leeden 1999, Statistics and Computing 9, 3, for blocks of
// unequal size). With g blocks, h_k = n/n_k and f_k the value without block k,
//
//	value = g f - sum_k (1 - 1/h_k) f_k,
//	stderr^2 = 1/g sum_k (h_k f - (h_k - 1) f_k - value)^2 / (h_k - 1).
//
// The bias of order 1/n that a function of a mean has is taken away. Errors are
// NaN below two blocks, values where there is nothing. An error is 0 where leaving
// out any block changes nothing but the rounding.
func (b *Blocks) Jackknife(size int, of func(dst, mean []float64)) (value, stderr []float64) {
	value, stderr = make([]float64, size), make([]float64, size)
	total, n := b.total(), float64(b.next)
	f := b.Plain(size, of)
	means := make([]float64, b.size)
	evaluate := func(dst, without []float64, count float64) {
		for j := range means {
			means[j] = (total[j] - without[j]) / count
		}
		of(dst, means)
	}
	g := float64(len(b.sums))
	if g < 2 {
		for j := range stderr {
			stderr[j] = math.NaN()
		}
		return f, stderr
	}
	left := make([][]float64, len(b.sums))
	for k, sum := range b.sums {
		left[k] = make([]float64, size)
		evaluate(left[k], sum, n-b.counts[k])
		for j, fk := range left[k] {
			value[j] += f[j] - (1-b.counts[k]/n)*fk
		}
	}
	for k, fk := range left {
		h := n / b.counts[k]
		for j := range value {
			d := h*f[j] - (h-1)*fk[j] - value[j]
			stderr[j] += d * d / (h - 1) / g
		}
	}
	for j, v := range stderr {
		stderr[j] = math.Sqrt(v)
		if differs := func(fk []float64) bool { return !Rounding(math.Abs(fk[j]-f[j]), f[j]) }; !slices.ContainsFunc(left, differs) {
			value[j], stderr[j] = f[j], 0
		}
	}
	return value, stderr
}
