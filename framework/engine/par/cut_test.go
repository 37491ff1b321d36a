package par

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// run adds x up as the segments say.
func run(c Cut, x []float64) float64 {
	var l Layout
	c.Lay(&l)
	stack := make([]float64, 70)
	depth := 0
	for _, s := range l.Segments {
		if s.Opens {
			stack[depth] = 0
			depth++
		}
		for _, v := range x[l.Chunks[s.Chunk].From+s.From:][:s.N] {
			stack[depth-1] += v
		}
		for range s.Merges {
			depth--
			stack[depth-1] += stack[depth]
		}
	}
	if depth > 1 {
		panic(fmt.Sprint(depth, " sums are left"))
	}
	return stack[0]
}

// tree is the sum of shares first to last-1 in the words of Rows.
func tree(r Rows, x []float64, first, last int) float64 {
	if last-first > 1 {
		half := (first + last) / 2
		return tree(r, x, first, half) + tree(r, x, half, last)
	}
	sum := 0.0
	for _, v := range x[r.start(first):r.start(last)] {
		sum += v
	}
	return sum
}

func TestChunksAddUpInATree(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, total := range []int{0, 1, 5, 16, 100, 333, 1000} {
		x := make([]float64, total)
		for i := range x {
			x[i] = random.NormFloat64() * float64(int64(1)<<random.IntN(40))
		}
		for _, shares := range []int{1, 2, 16} {
			all := Rows{0, total, total, shares}
			for _, cut := range []Cut{{Width: 1}, {Width: 8}, {Width: 72}, {Width: 8, Full: true}, {Width: 48, Full: true, Across: true}, {Width: 8, Across: true}, {Width: 72, Across: true}} {
				check := func(r Rows, first, last int) {
					t.Helper()
					cut.Rows = r
					if got, want := run(cut, x[r.From:r.From+r.N]), tree(all, x, first, last); got != want {
						t.Errorf("%v: %v, want %v", cut, got, want)
					}
				}
				for size := 1; size <= shares; size *= 2 { // all nodes
					for first := 0; first < shares; first += size {
						from, to := all.start(first), all.start(first+size)
						check(Rows{from, to - from, total, shares}, first, first+size)
					}
				}
			}
		}
	}
}

// Chunks are of at most the width and follow one another without a gap, in rows that
// are no node too, and so do segments, in one share each. Of a node they begin where
// they do in the whole.
func TestChunksAreAPartition(t *testing.T) {
	for n := range 200 {
		for _, r := range []Rows{All(n), {0, n, n, 16}, {5, n, n + 7, 8}} {
			for k := range 4 {
				full, across := k&1 > 0, k&2 > 0
				var l Layout
				Cut{r, 40, full, across}.Lay(&l)
				next, row, opens := 0, 0, 0
				for i, c := range l.Chunks {
					if c.From != next || c.N < 1 || c.N > 40 || !across && c.Segments != 1 {
						t.Fatalf("%v: %v after %d", r, c, next)
					}
					next += c.N
					for _, s := range l.Segments[c.First:][:c.Segments] {
						from := c.From + s.From
						if s.Chunk != i || from != row || s.N < 1 {
							t.Fatalf("%v: %v of %v after %d", r, s, c, row)
						}
						for k := range r.Shares {
							if b := r.start(k); from < b && b < from+s.N {
								t.Fatalf("%v: %v has rows of two shares", r, s)
							}
						}
						row += s.N
						if s.Opens {
							opens++
						}
					}
				}
				if next != n || row != n || opens > r.Shares {
					t.Fatalf("%v: %d rows, %d in segments, in %d shares", r, next, row, opens)
				}
			}
		}
	}
}

func TestChunks(t *testing.T) {
	for _, c := range []struct {
		cut  Cut
		want string
	}{
		{CutBy(All(1), 72), "[{0 1 0 1}]"},
		{CutBy(All(20), 72), "[{0 10 0 1} {10 10 1 1}]"},                                       // an even number
		{CutBy(Rows{0, 100, 100, 2}, 72), "[{0 50 0 1} {50 50 1 1}]"},                          // one chunk each
		{Cut{Rows: Rows{0, 140, 140, 2}, Width: 71, Across: true}, "[{0 71 0 2} {71 69 2 1}]"}, // no full vectors beyond the largest
		{Cut{Rows: Rows{0, 133, 133, 2}, Width: 72, Across: true}, "[{0 72 0 2} {72 61 2 1}]"}, // 66.5, to full vectors
		{Cut{Rows: Rows{66, 67, 133, 2}, Width: 72, Across: true}, "[{0 6 0 1} {6 61 1 1}]"},   // the same chunks of the second share
	} {
		var l Layout
		c.cut.Lay(&l)
		if got := fmt.Sprint(l.Chunks); got != c.want {
			t.Errorf("%v: %v, want %v", c.cut, got, c.want)
		}
	}
}
