package par

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// run adds x up as the chunks say.
func run(chunks []Chunk, x []float64) float64 {
	stack := make([]float64, Depth(chunks)+1)
	depth := 0
	for _, c := range chunks {
		if c.Opens {
			stack[depth] = 0
			depth++
		}
		for _, v := range x[c.From : c.From+c.N] {
			stack[depth-1] += v
		}
		for range c.Merges {
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
			for _, width := range []int{1, 8, 72} {
				if got, want := run(CutBy(all, width).Chunks(nil), x), tree(all, x, 0, shares); got != want {
					t.Errorf("%v by %d: %v, want %v", all, width, got, want)
				}
				for size := 1; size < shares; size *= 2 { // all nodes
					for first := 0; first < shares; first += size {
						from, to := all.start(first), all.start(first+size)
						node := Rows{from, to - from, total, shares}
						if got, want := run(CutBy(node, width).Chunks(nil), x[from:to]), tree(all, x, first, first+size); got != want {
							t.Errorf("%v by %d: %v, want %v", node, width, got, want)
						}
					}
				}
			}
		}
	}
}

// Chunks are of at most the width, in one share each, and follow one another without
// a gap, in rows that are no node too.
func TestChunksAreAPartition(t *testing.T) {
	for n := range 200 {
		for _, r := range []Rows{All(n), {0, n, n, 16}, {5, n, n + 7, 8}} {
			next, opens := 0, 0
			for _, c := range CutBy(r, 40).Chunks(nil) {
				if c.From != next || c.N < 1 || c.N > 40 {
					t.Fatalf("%v: %v after %d", r, c, next)
				}
				for k := range r.Shares {
					if b := r.start(k); c.From < b && b < c.From+c.N {
						t.Fatalf("%v: %v has rows of two shares", r, c)
					}
				}
				next += c.N
				if c.Opens {
					opens++
				}
			}
			if next != n || opens > r.Shares {
				t.Fatalf("%v: %d rows in %d shares", r, next, opens)
			}
		}
	}
}

func TestChunks(t *testing.T) {
	for _, c := range []struct {
		cut  Cut
		want string
	}{
		{CutBy(All(1), 72), "[{0 1 true 0}]"},
		{CutBy(All(20), 72), "[{0 10 true 0} {10 10 false 0}]"},             // an even number
		{CutBy(All(100), 72), "[{0 56 true 0} {56 44 false 0}]"},            // 50, to full vectors
		{CutBy(Rows{0, 100, 100, 2}, 72), "[{0 50 true 0} {50 50 true 1}]"}, // one chunk each
	} {
		if got := fmt.Sprint(c.cut.Chunks(nil)); got != c.want {
			t.Errorf("%v: %v, want %v", c.cut, got, c.want)
		}
	}
}
