package fisher

import (
	"slices"
	"testing"
)

// Two problems, on one side of the edges of blocks and on the other, whose tiles are made by any
// number of processes: the solutions have the bits of Solve, also where the damping is raised.
func TestTilesAreSolve(t *testing.T) {
	problems := []Shape{{Rows: 300, Cols: 700}, {Rows: 500, Cols: 300}, {Rows: 3, Cols: 2}, {Rows: 4, Cols: 0}}
	for _, damping := range []float64{1e-3, 1e-19} {
		var a, g, want [][]float64
		for p, s := range problems {
			a, g = append(a, random(s.Rows*s.Cols, uint64(p+1))), append(g, random(s.Cols, uint64(p+20)))
			if p == 1 && s.Cols > 1 { // singular
				for r := range s.Rows {
					a[p][r*s.Cols] = a[p][r*s.Cols+1]
				}
			}
			x := make([]float64, s.Cols)
			var one Solver
			if _, err := one.Solve(x, g[p], a[p], s.Rows, damping); err != nil {
				t.Fatal(err)
			}
			want = append(want, x)
		}
		for _, shares := range []int{1, 2, 3, 11} {
			dealt := Deal(problems, shares)
			var all []float64
			solvers := make([]Solver, len(problems))
			for _, share := range dealt {
				for p, s := range problems {
					all = solvers[p].Tiles(all, a[p], s.Cols, s.Rows, share, p)
				}
			}
			for p, s := range problems {
				x := make([]float64, s.Cols)
				if _, err := solvers[p].SolveWith(Gather(nil, all, problems, dealt, p), x, g[p], a[p], s.Rows, damping); err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(x, want[p]) {
					t.Errorf("%d shares: the solution of %+v is not that of Solve", shares, s)
				}
			}
			if short := Gather(nil, all[1:], problems, dealt, 0); len(short) > 0 {
				t.Errorf("%d shares: %d numbers of too few tiles", shares, len(short))
			}
		}
	}
}

// The tiles of 13 electrons, three large ones and ten small: no share has more than one large tile
// above the mean.
func TestDealIsEven(t *testing.T) {
	problems := []Shape{{Rows: 512, Cols: 5826}, {Rows: 1024, Cols: 1008}}
	for _, shares := range []int{1, 2, 3, 5, 13, 20} {
		total, most, tiles := 0, 0, 0
		for _, share := range Deal(problems, shares) {
			load := 0
			for _, tile := range share {
				load += problems[tile.Problem].work(tile.Number)
			}
			total, most, tiles = total+load, max(most, load), tiles+len(share)
		}
		if tiles != 13 || most > total/shares+256*256*5826 {
			t.Errorf("%d shares: %d tiles, the largest share %d of %d", shares, tiles, most, total)
		}
		if shares == 2 && float64(most) > 0.52*float64(total) {
			t.Errorf("two shares: one has %d of %d", most, total)
		}
	}
}

// Blocks have the bits of their solvers, alone and with the tiles of several processes, and refuse what are not all
// tiles. The second has no rows, the third no parameters.
func TestBlocks(t *testing.T) {
	const n, damping = 40, 1e-3
	rows := []Rows{{random(n*300, 1), 300}, {nil, 5}, {nil, 0}, {random(2*n*30, 2), 30}}
	g, want := random(300, 3), make([][]float64, len(rows))
	var b Blocks
	for range 2 { // its memory is used again
		for _, shares := range []int{0, 1, 3} {
			b.Set(n, rows...)
			if shares > 0 {
				var all []float64
				for share := range shares {
					all = append(all, b.Tiles(share, shares)...)
				}
				if b.Take(all[1:]) || !b.Take(all) {
					t.Errorf("%d shares: their tiles are not told from fewer numbers", shares)
				}
			}
			for k, r := range rows {
				x := make([]float64, r.Cols)
				if _, err := b.Solve(k, x, g[:r.Cols], damping); err != nil {
					t.Fatal(err)
				}
				if want[k] == nil {
					want[k] = make([]float64, r.Cols)
					var s Solver
					if _, err := s.Solve(want[k], g[:r.Cols], r.A, n, damping); err != nil {
						t.Fatal(err)
					}
				}
				if !slices.Equal(x, want[k]) {
					t.Errorf("%d shares: the solution of block %d is not that of its solver", shares, k)
				}
			}
		}
	}
}
