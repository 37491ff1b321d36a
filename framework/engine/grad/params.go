package grad

import (
	"fmt"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Params are the named blocks of a flat theta, in its order. A block is a Param,
// whose op reads Val and adds to Sum, or to Grad of a share, in the layout it likes; Params knows where
// in theta each of them stands, and is the only one that does:
//
//	theta -> Val                      Load
//	Sum -> a flat gradient            Unload
//	starting rules -> theta           Start
//	gradients of workspaces -> Sum    Clear, Add, Sum
//
// All of these work in parallel on pieces of about equal size and do not
// allocate. Sums go by the segments of a par.Cut, number by number, so that they
// are the same bit for bit for any number of threads. One goroutine at a time uses
// a Params.
type Params[T tensor.Real] struct {
	all    []*Param[T]
	size   int
	pieces []piece[T]
	stacks []Stack[T] // one for each piece

	// The call in progress.
	flat     []float64
	rows     []float64
	shares   [][]*Param[T]
	segments []par.Segment

	load, clear, add, sum, unload, sumRows func(int)
}

// piece is one part of so many of block k.
type piece[T tensor.Real] struct {
	*Param[T]
	k, part, parts int
}

// pieceSize is the number of parameters that one task copies or sums.
const pieceSize = 1 << 14

// NewParams joins blocks, which no other Params has unless they stand at the same
// place in both.
func NewParams[T tensor.Real](blocks ...*Param[T]) *Params[T] {
	p := &Params[T]{all: blocks}
	for k, b := range blocks {
		b.off = p.size
		p.size += b.Size()
		parts := 1 + b.Size()/pieceSize
		for part := range parts {
			p.pieces = append(p.pieces, piece[T]{b, k, part, parts})
		}
	}
	p.load, p.clear, p.add, p.sum, p.unload, p.sumRows = p.loadPiece, p.clearPiece, p.addPiece, p.sumPiece, p.unloadPiece, p.sumColumns
	return p
}

// Blocks are the blocks in the order of theta; the caller must not change the
// slice.
func (p *Params[T]) Blocks() []*Param[T] { return p.all }

// Size is the length of theta.
func (p *Params[T]) Size() int { return p.size }

// Flat puts the values of all blocks side by side into one slice, in the order of
// theta, and returns it, for code that reads theta as a whole. Blocks with dead
// storage cannot be joined so.
func (p *Params[T]) Flat() []T {
	flat := make([]T, p.size)
	for _, b := range p.all {
		if b.Live != nil {
			panic(fmt.Sprintf("grad: %s has storage that is not in theta", b.Name))
		}
		own := flat[b.off : b.off+b.Size()]
		copy(own, b.Val)
		b.Val = own
	}
	return flat
}

// Start writes the starting values of all blocks to theta. Block k draws from
// stream(k), which may be the same for all.
func (p *Params[T]) Start(theta []float64, stream func(k int) *rand.Rand) {
	p.mustFit(theta)
	clear(theta)
	for k, b := range p.all {
		if b.Start != nil {
			b.Start(b.In(theta), stream(k))
		}
	}
}

// Load copies theta to the values of the blocks.
func (p *Params[T]) Load(theta []float64) { p.run(theta, p.load) }

// Unload copies the gradients of the blocks to dst.
func (p *Params[T]) Unload(dst []float64) { p.run(dst, p.unload) }

// Clear empties the gradients of the blocks and of all shares. A share is a list
// of Params like Blocks, with gradients of its own.
func (p *Params[T]) Clear(shares ...[]*Param[T]) {
	p.shares = shares
	par.For(len(p.pieces), p.clear)
	p.shares = nil
}

// Add adds the gradients of shares to the sum that Sum takes, as many of them in
// order to each segment: those of the workspaces that have worked on it.
func (p *Params[T]) Add(segments []par.Segment, shares ...[]*Param[T]) {
	if p.stacks == nil {
		p.stacks = make([]Stack[T], len(p.pieces))
	}
	p.segments, p.shares = segments, shares
	par.For(len(p.pieces), p.add)
	p.segments, p.shares = nil, nil
}

// Sum makes what was added the gradients of the blocks.
func (p *Params[T]) Sum() {
	if p.stacks == nil {
		p.stacks = make([]Stack[T], len(p.pieces))
	}
	par.For(len(p.pieces), p.sum)
}

func (p *Params[T]) run(flat []float64, task func(int)) {
	p.mustFit(flat)
	p.flat = flat
	par.For(len(p.pieces), task)
	p.flat = nil
}

func (p *Params[T]) mustFit(flat []float64) {
	if len(flat) != p.size {
		panic(fmt.Sprintf("grad: %d parameters, not %d", p.size, len(flat)))
	}
}

func (p *Params[T]) loadPiece(i int) {
	b := p.pieces[i]
	b.LoadPart(b.In(p.flat), b.part, b.parts)
}

func (p *Params[T]) unloadPiece(i int) {
	b := p.pieces[i]
	b.UnloadPart(b.In(p.flat), b.part, b.parts)
}

func (p *Params[T]) clearPiece(i int) {
	b := p.pieces[i]
	b.ClearPart(b.part, b.parts)
	for _, s := range p.shares {
		s[b.k].ClearPart(b.part, b.parts)
	}
}

// of are the numbers from to to-1 of a gradient in the storage of its block.
func (b *piece[T]) of() (from, to int) {
	n := len(b.Val)
	return n * b.part / b.parts, n * (b.part + 1) / b.parts
}

func (p *Params[T]) addPiece(i int) {
	b, stack := &p.pieces[i], &p.stacks[i]
	from, to := b.of()
	each := len(p.shares) / max(1, len(p.segments))
	for k, s := range p.segments {
		top := stack.Top(s, to-from)
		for _, share := range p.shares[k*each : (k+1)*each] {
			tensor.Add(top, top, share[b.k].Grad[from:to])
		}
		stack.Merge(s, to-from)
	}
}

func (p *Params[T]) sumPiece(i int) {
	b := &p.pieces[i]
	from, to := b.of()
	copy(b.Sum[from:to], p.stacks[i].Take(to-from))
}

// SumRows sets dst to the sum of flat gradients, the rows of a matrix: one for each
// segment, which it uses up. It is for those who have gradients in the order of theta
// anyway, and leaves the blocks as they are.
func (p *Params[T]) SumRows(dst, rows []float64, segments []par.Segment) {
	p.mustFit(dst)
	p.flat, p.rows, p.segments = dst, rows, segments
	par.For((p.size+columns-1)/columns, p.sumRows)
	p.flat, p.rows, p.segments = nil, nil, nil
}

// columns of rows that one task sums: a few lines of the cache of each.
const columns = 256

func (p *Params[T]) sumColumns(i int) {
	from, to := i*columns, min((i+1)*columns, p.size)
	var open [64]int // the rows that have the partial sums
	depth := 0
	row := func(r int) []float64 { return p.rows[r*p.size+from : r*p.size+to] }
	for k, s := range p.segments {
		if s.Opens {
			open[depth] = k
			depth++
		} else {
			top := row(open[depth-1])
			tensor.Add(top, top, row(k))
		}
		for range s.Merges {
			depth--
			left := row(open[depth-1])
			tensor.Add(left, left, row(open[depth]))
		}
	}
	if depth == 0 {
		clear(p.flat[from:to])
	} else {
		copy(p.flat[from:to], row(open[0]))
	}
}
