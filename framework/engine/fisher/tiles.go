package fisher

import (
	"cmp"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// The matrix that [Solver.Solve] factorises is made of tiles, each one product. Several
// processes that have all rows of A can each make some of them, and all then solve with the
// tiles of all: a tile has the same bits wherever it is made.

// Shape is that of the A of a problem: A has Rows rows, and Cols parameters.
type Shape struct{ Rows, Cols int }

// order is that of the matrix that is factorised.
func (s Shape) order() int { return min(s.Rows, s.Cols) }

// tiles is how many the lower triangle has.
func (s Shape) tiles() int {
	blocks := (s.order() + block - 1) / block
	return blocks * (blocks + 1) / 2
}

// tile is how many numbers tile k has.
func (s Shape) tile(k int) int {
	i, j := pair(k)
	edge := func(b int) int { return min((b+1)*block, s.order()) - b*block }
	return edge(i) * edge(j)
}

// work is that of tile k, in products.
func (s Shape) work(k int) int { return s.tile(k) * max(s.Rows, s.Cols) }

// Tile is tile Number of a problem.
type Tile struct{ Problem, Number int }

// Deal gives the tiles of several problems to processes, so that all have about as much work:
// each tile, the largest first, goes to the one that has the least so far. Tiles of a share
// stand in the order of problems and numbers.
func Deal(problems []Shape, shares int) [][]Tile {
	var all []Tile
	for p, s := range problems {
		for k := range s.tiles() {
			all = append(all, Tile{p, k})
		}
	}
	work := func(t Tile) int { return problems[t.Problem].work(t.Number) }
	slices.SortStableFunc(all, func(a, b Tile) int { return cmp.Compare(work(b), work(a)) })
	dealt, load := make([][]Tile, shares), make([]int, shares)
	for _, t := range all {
		least := slices.Index(load, slices.Min(load))
		dealt[least], load[least] = append(dealt[least], t), load[least]+work(t)
	}
	for _, share := range dealt {
		slices.SortFunc(share, func(a, b Tile) int { return cmp.Or(a.Problem-b.Problem, a.Number-b.Number) })
	}
	return dealt
}

// Gather takes what Tiles gave of problem p in all shares, one after the other, and appends to dst
// the tiles in their order. It is empty if there are not as many numbers as there should be.
func Gather(dst, tiles []float64, problems []Shape, dealt [][]Tile, p int) []float64 {
	at, places := 0, make([]int, problems[p].tiles())
	for _, share := range dealt {
		for _, t := range share {
			if t.Problem == p {
				places[t.Number] = at
			}
			at += problems[t.Problem].tile(t.Number)
		}
	}
	if at != len(tiles) {
		return dst
	}
	for k, place := range places {
		dst = append(dst, tiles[place:place+problems[p].tile(k)]...)
	}
	return dst
}

// Tiles appends to dst those tiles of problem p that are in a share, one after the other. A has
// len(a)/cols rows, of n samples.
func (s *Solver) Tiles(dst, a []float64, cols, n int, share []Tile, p int) []float64 {
	if cols == 0 {
		return dst
	}
	s.prepare(a, cols, n)
	defer func() { s.a = nil }()
	from := slices.IndexFunc(share, func(t Tile) bool { return t.Problem == p })
	if from < 0 {
		return dst
	}
	mine := share[from:]
	if to := slices.IndexFunc(mine, func(t Tile) bool { return t.Problem != p }); to >= 0 {
		mine = mine[:to]
	}
	par.For(len(mine), func(k int) { s.multiplyTile(mine[k].Number) })
	for _, t := range mine {
		s.eachRow(t.Number, func(row []float64) { dst = append(dst, row...) })
	}
	return dst
}

// SolveWith is Solve with all tiles of the matrix, as Gather gave them; nil makes them here.
func (s *Solver) SolveWith(tiles, x, g, a []float64, n int, damping float64) (raised int, err error) {
	if shape := (Shape{len(a) / max(len(g), 1), len(g)}); tiles != nil {
		numbers := 0
		for k := range shape.tiles() {
			numbers += shape.tile(k)
		}
		if numbers != len(tiles) {
			panic("fisher: SolveWith: not as many numbers as the tiles have")
		}
	}
	s.tiles = tiles
	defer func() { s.tiles = nil }()
	return s.Solve(x, g, a, n, damping)
}

// putTiles is what multiplying would do.
func (s *Solver) putTiles() {
	rest := s.tiles
	for k := range (Shape{s.rows, s.cols}).tiles() {
		s.eachRow(k, func(row []float64) { rest = rest[copy(row, rest):] })
	}
}

// eachRow goes through the rows of a tile.
func (s *Solver) eachRow(tile int, f func(row []float64)) {
	i, j := pair(tile)
	r0, r1 := s.bounds(i)
	c0, c1 := s.bounds(j)
	for r := r0; r < r1; r++ {
		f(s.c[r*s.m+c0 : r*s.m+c1])
	}
}
