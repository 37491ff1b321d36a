package grad

import (
	"fmt"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Params are the named blocks of a flat theta, in its order. A block is a Param,
// whose op reads Val and adds to Grad in the layout it likes; Params knows where
// in theta each of them stands, and is the only one that does:
//
//	theta -> Val                      Load
//	Grad -> a flat gradient           Unload
//	starting rules -> theta           Start
//	gradients of threads -> Grad      Clear, Add
//
// All of these work in parallel on pieces of about equal size and do not
// allocate. Sums go through the shares in the order given, number by number, so
// that they are the same bit for bit for any number of threads. One goroutine at
// a time uses a Params.
type Params struct {
	all    []*Param
	size   int
	pieces []piece

	// The call in progress.
	flat   []float64
	rows   []float64
	shares [][]*Param

	load, clear, add, unload, sum func(int)
}

// piece is one part of so many of block k.
type piece struct {
	*Param
	k, part, parts int
}

// pieceSize is the number of parameters that one task copies or sums.
const pieceSize = 1 << 14

// NewParams joins blocks, which no other Params has unless they stand at the same
// place in both.
func NewParams(blocks ...*Param) *Params {
	p := &Params{all: blocks}
	for k, b := range blocks {
		b.off = p.size
		p.size += b.Size()
		parts := 1 + b.Size()/pieceSize
		for part := range parts {
			p.pieces = append(p.pieces, piece{b, k, part, parts})
		}
	}
	p.load, p.clear, p.add, p.unload, p.sum = p.loadPiece, p.clearPiece, p.addPiece, p.unloadPiece, p.sumColumns
	return p
}

// Blocks are the blocks in the order of theta; the caller must not change the
// slice.
func (p *Params) Blocks() []*Param { return p.all }

// Size is the length of theta.
func (p *Params) Size() int { return p.size }

// Flat puts the values of all blocks side by side into one slice, in the order of
// theta, and returns it, for code that reads theta as a whole. Blocks with dead
// storage cannot be joined so.
func (p *Params) Flat() []float64 {
	flat := make([]float64, p.size)
	for _, b := range p.all {
		if b.Live != nil {
			panic(fmt.Sprintf("grad: %s has storage that is not in theta", b.Name))
		}
		copy(b.In(flat), b.Val)
		b.Val = b.In(flat)
	}
	return flat
}

// Start writes the starting values of all blocks to theta. Block k draws from
// stream(k), which may be the same for all.
func (p *Params) Start(theta []float64, stream func(k int) *rand.Rand) {
	p.mustFit(theta)
	clear(theta)
	for k, b := range p.all {
		if b.Start != nil {
			b.Start(b.In(theta), stream(k))
		}
	}
}

// Load copies theta to the values of the blocks.
func (p *Params) Load(theta []float64) { p.run(theta, p.load) }

// Unload copies the gradients of the blocks to dst.
func (p *Params) Unload(dst []float64) { p.run(dst, p.unload) }

// Clear empties the gradients of the blocks and of all shares. A share is a list
// of Params like Blocks, with gradients of its own.
func (p *Params) Clear(shares ...[]*Param) {
	p.shares = shares
	par.For(len(p.pieces), p.clear)
	p.shares = nil
}

// Add adds the gradients of the shares to those of the blocks, in order.
func (p *Params) Add(shares ...[]*Param) {
	p.shares = shares
	par.For(len(p.pieces), p.add)
	p.shares = nil
}

func (p *Params) run(flat []float64, task func(int)) {
	p.mustFit(flat)
	p.flat = flat
	par.For(len(p.pieces), task)
	p.flat = nil
}

func (p *Params) mustFit(flat []float64) {
	if len(flat) != p.size {
		panic(fmt.Sprintf("grad: %d parameters, not %d", p.size, len(flat)))
	}
}

func (p *Params) loadPiece(i int) {
	b := p.pieces[i]
	b.LoadPart(b.In(p.flat), b.part, b.parts)
}

func (p *Params) unloadPiece(i int) {
	b := p.pieces[i]
	b.UnloadPart(b.In(p.flat), b.part, b.parts)
}

func (p *Params) clearPiece(i int) {
	b := p.pieces[i]
	b.ClearPart(b.part, b.parts)
	for _, s := range p.shares {
		s[b.k].ClearPart(b.part, b.parts)
	}
}

func (p *Params) addPiece(i int) {
	b := p.pieces[i]
	n := len(b.Grad)
	from, to := n*b.part/b.parts, n*(b.part+1)/b.parts
	dst := b.Grad[from:to]
	for _, s := range p.shares {
		tensor.Add(dst, dst, s[b.k].Grad[from:to])
	}
}

// SumRows sets dst to the sum of flat gradients, the rows of a matrix, in their
// order. It is for those who have gradients in the order of theta anyway, and leaves
// the blocks as they are.
func (p *Params) SumRows(dst, rows []float64) {
	p.mustFit(dst)
	p.flat, p.rows = dst, rows
	par.For((p.size+columns-1)/columns, p.sum)
	p.flat, p.rows = nil, nil
}

// columns of rows that one task sums: a few lines of the cache of each.
const columns = 256

func (p *Params) sumColumns(i int) {
	from, to := i*columns, min((i+1)*columns, p.size)
	part := p.flat[from:to]
	clear(part)
	for r := 0; r < len(p.rows); r += p.size {
		tensor.Add(part, part, p.rows[r+from:r+to])
	}
}
