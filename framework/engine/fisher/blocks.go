package fisher

// Blocks solves with a Fisher matrix of blocks on the diagonal, one for each of the factors of a
// density, such as p(K) and Psi_K. Where several processes have the rows of all blocks, each makes a share of
// the tiles and gets those of the others:
//
//	b.Set(n, rows...)
//	mine := b.Tiles(share, shares)
//	...                             // the tiles of all shares, one share after the other
//	ok := b.Take(all)
//	raised, err := b.Solve(k, x, g, damping)
//
// One process alone leaves Tiles and Take out. The solutions have the same bits.
type Blocks struct {
	n      int
	blocks []*part
	shapes []Shape
	dealt  [][]Tile
	made   []float64
}

// Rows are those of a block's A, each of Cols numbers. They are not copied.
type Rows struct {
	A    []float64
	Cols int
}

// part is a block, with the memory that it keeps from one Set to the next.
type part struct {
	Rows
	solver Solver
	tiles  []float64 // of all processes, nil where Solve makes them
	taken  []float64
}

// Set begins with the rows of all blocks, F = 1/n A^T A each. There are as many in every call.
func (b *Blocks) Set(n int, rows ...Rows) {
	for len(b.blocks) < len(rows) {
		b.blocks = append(b.blocks, &part{})
	}
	b.n, b.shapes, b.dealt = n, b.shapes[:0], nil
	for k, r := range rows {
		b.blocks[k].Rows, b.blocks[k].tiles = r, nil
		b.shapes = append(b.shapes, Shape{Rows: len(r.A) / max(r.Cols, 1), Cols: r.Cols})
	}
}

// Tiles makes a share of the tiles of all blocks. They are valid until the next call.
func (b *Blocks) Tiles(share, shares int) []float64 {
	b.dealt = Deal(b.shapes, shares)
	b.made = b.made[:0]
	for k, p := range b.blocks {
		b.made = p.solver.Tiles(b.made, p.A, p.Cols, b.n, b.dealt[share], k)
	}
	return b.made
}

// Take is given the tiles of all shares after Tiles. It tells whether there are as many numbers as there should be.
func (b *Blocks) Take(tiles []float64) bool {
	for k, p := range b.blocks {
		p.taken = Gather(p.taken[:0], tiles, b.shapes, b.dealt, k)
		if len(p.taken) == 0 && b.shapes[k].tiles() > 0 {
			return false
		}
		p.tiles = p.taken
	}
	return true
}

// Solve is [Solver.Solve] with the matrix of block k.
func (b *Blocks) Solve(k int, x, g []float64, damping float64) (raised int, err error) {
	p := b.blocks[k]
	return p.solver.SolveWith(p.tiles, x, g, p.A, b.n, damping)
}
