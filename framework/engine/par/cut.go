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

// Cut says how rows are cut into chunks of at most Width. It depends on the batch
// and on the work that a row is, never on the number of threads, and so do all sums
// over chunks. A share has as few chunks as it can, of about equal widths. With Full
// all have the full width but for the last of a share, which suits workspaces that
// are Padded. With Across chunks have rows of several shares: they begin and end at
// multiples of their width, counted from the first row of the whole.
type Cut struct {
	Rows
	Width        int
	Full, Across bool
}

// CutBy cuts rows into chunks of at most the given width, each in one share.
func CutBy(r Rows, width int) Cut { return Cut{Rows: r, Width: width} }

// Chunk is N rows from From on, counted from the first row of the batch, which are
// so many segments from number First on.
type Chunk struct{ From, N, First, Segments int }

// Segment is what a chunk has of a share: N of its rows from From on. What a sum over
// the batch does with it, in a stack of partial sums that is empty at first:
//
//	if Opens:           push zero
//	add the segment's rows to the top
//	Merges times:       add the top to the one below, and drop it
type Segment struct {
	Chunk, From, N int
	Opens          bool
	Merges         int
}

// Layout has the chunks of a cut, and the segments of all chunks, in order.
type Layout struct {
	Chunks   []Chunk
	Segments []Segment
}

// narrow is the width above which chunks are full vectors of eight: narrower ones
// would lose too much by it.
const narrow = 64

// Lay writes the cut to l, in the memory that it has.
func (c Cut) Lay(l *Layout) {
	l.Chunks, l.Segments = l.Chunks[:0], l.Segments[:0]
	if c.N == 0 {
		return
	}
	if c.Across {
		width := c.width(c.Total, true)
		for at := 0; at < c.N; {
			next := min(at+width-(c.From+at)%width, c.N)
			l.Chunks = append(l.Chunks, Chunk{From: at, N: next - at})
			at = next
		}
	} else {
		for k := range c.Shares {
			from, to := c.start(k), c.start(k+1)
			for width := c.width(to-from, c.Shares == 1); from < to; from += width {
				l.Chunks = append(l.Chunks, Chunk{From: from, N: min(width, to-from)})
			}
		}
	}
	c.segments(l)
}

// width is that of chunks of n rows: as few as there can be, or an even number of
// them, and about equal.
func (c Cut) width(n int, even bool) int {
	if c.Full {
		return c.Width
	}
	count := (n + c.Width - 1) / c.Width
	if even {
		count += count % 2
	}
	width := (n + max(count, 1) - 1) / max(count, 1)
	if width > narrow && count > 1 {
		width = min(c.Width, (width+7)/8*8)
	}
	return max(width, 1)
}

// segments cuts the chunks into those of the shares.
func (c Cut) segments(l *Layout) {
	var open [64]int // the shares that partial sums begin with
	depth, k := 0, 0
	for i := range l.Chunks {
		chunk := &l.Chunks[i]
		chunk.First = len(l.Segments)
		for at := chunk.From; at < chunk.From+chunk.N; {
			for c.start(k+1) <= at {
				k++
			}
			next := min(chunk.From+chunk.N, c.start(k+1))
			s := Segment{Chunk: i, From: at - chunk.From, N: next - at, Opens: at == c.start(k)}
			if s.Opens {
				for ; depth > 1 && nearer(open[depth-2], open[depth-1], k); depth-- {
					l.Segments[len(l.Segments)-1].Merges++
				}
				open[depth] = k
				depth++
			}
			l.Segments = append(l.Segments, s)
			at = next
		}
		chunk.Segments = len(l.Segments) - chunk.First
	}
	l.Segments[len(l.Segments)-1].Merges += depth - 1
}

// nearer tells whether the smallest node with a and b is inside that with b and c.
func nearer(a, b, c int) bool { return bits.Len(uint(a^b)) < bits.Len(uint(b^c)) }
