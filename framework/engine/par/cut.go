package par

import "math/bits"

// Rows are the items From, ..., From+N-1 of a sum over Total items, which has so
// many shares, a power of two: share k has the items
//
//	k Total/Shares, ..., (k+1) Total/Shares - 1.
//
// A sum over rows adds shares in a binary tree: that of 2^l shares, from a multiple
// of 2^l on, is the sum of its left half plus that of its right half. So rows that
// are such a node add to the whole, bit for bit, what they sum to alone.
type Rows struct{ From, N, Total, Shares int }

// All are n rows in one share, for work without a sum.
func All(n int) Rows { return Rows{0, n, n, 1} }

// RowsOf names the four numbers.
func RowsOf(from, n, total, shares int) Rows { return Rows{from, n, total, shares} }

// start is the first row of share k, counted from the first that we have.
func (r Rows) start(k int) int {
	at := int(int64(k) * int64(r.Total) / int64(r.Shares))
	return max(0, min(at-r.From, r.N))
}

// Cut says how rows are cut into chunks: of at most Width, each in one share. It
// depends on the batch and on the work that a row is, never on the number of
// threads, and so do all sums over chunks.
type Cut struct {
	Rows
	Width int
}

// CutBy cuts rows into chunks of at most the given width.
func CutBy(r Rows, width int) Cut { return Cut{r, width} }

// Chunk is N rows from From on, counted from the first row of the batch. What a sum
// over the batch does with it, in a stack of partial sums that is empty at first:
//
//	if Opens:           push zero
//	add the chunk's rows to the top
//	Merges times:       add the top to the one below, and drop it
type Chunk struct {
	From, N int
	Opens   bool
	Merges  int
}

// narrow is the width above which chunks are full vectors of eight: narrower ones
// would lose too much by it.
const narrow = 32

// Chunks writes the chunks in order to memory, or to more of it. A share has as few
// as it can, of about equal widths, a single share an even number.
func (c Cut) Chunks(memory []Chunk) []Chunk {
	all := memory[:0]
	var open [64]int // the shares that partial sums begin with
	depth := 0
	for k := range c.Shares {
		from, to := c.start(k), c.start(k+1)
		if from == to {
			continue
		}
		for ; depth > 1 && nearer(open[depth-2], open[depth-1], k); depth-- {
			all[len(all)-1].Merges++
		}
		open[depth] = k
		depth++
		width := c.width(to - from)
		for at := from; at < to; at += width {
			all = append(all, Chunk{From: at, N: min(width, to-at), Opens: at == from})
		}
	}
	if depth > 1 {
		all[len(all)-1].Merges += depth - 1
	}
	return all
}

// nearer tells whether the smallest node with a and b is inside that with b and c.
func nearer(a, b, c int) bool { return bits.Len(uint(a^b)) < bits.Len(uint(b^c)) }

// width is that of the chunks of a share of n rows.
func (c Cut) width(n int) int {
	count := (n + c.Width - 1) / c.Width
	if c.Shares == 1 {
		count += count % 2
	}
	width := (n + count - 1) / count
	if width > narrow && count > 1 {
		width = min(c.Width, (width+7)/8*8)
	}
	return width
}

// Depth is the largest number of partial sums at a time.
func Depth(chunks []Chunk) int {
	depth, most := 0, 0
	for _, c := range chunks {
		if c.Opens {
			depth++
		}
		most = max(most, depth)
		depth -= c.Merges
	}
	return most
}
