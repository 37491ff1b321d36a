package core

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// The sum of numbers of very different size, by the rule in its own words.
func plainTree(x []float64, total, shares, first, last int) float64 {
	if last-first == 1 {
		sum := 0.0
		for i := first * total / shares; i < (first+1)*total/shares; i++ {
			sum += x[i]
		}
		return sum
	}
	half := (first + last) / 2
	return plainTree(x, total, shares, first, half) + plainTree(x, total, shares, half, last)
}

// Ranks of any number, each with the nodes of its shares, get the sum of the whole.
func TestNodesAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, total := range []int{1, 2, 7, 16, 100, 1000} {
		x := make([]float64, total)
		for i := range x {
			x[i] = r.NormFloat64() * float64(int64(1)<<r.IntN(40))
		}
		for _, shares := range []int{1, 4, 16} {
			whole := []float64{-1}
			b := &Batch{N: total, Shares: shares}
			add := func(x []float64) func(sum []float64, from, to int) {
				return func(sum []float64, from, to int) {
					for _, v := range x[from:to] {
						sum[0] += v
					}
				}
			}
			b.Sum(whole, add(x))
			if want := plainTree(x, total, shares, 0, shares); whole[0] != want {
				t.Errorf("%d in %d shares: %v, want %v", total, shares, whole[0], want)
			}
			for _, ranks := range []int{1, 2, 3, 5} {
				var nodes []Node
				for k := range ranks {
					nodes = append(nodes, Nodes(total, shares, k*shares/ranks, (k+1)*shares/ranks)...)
				}
				var sums [][]float64
				next := 0
				for _, n := range nodes {
					if n.From != next || n.Shares&(n.Shares-1) != 0 || n.First%n.Shares != 0 {
						t.Fatalf("%d in %d shares on %d ranks: nodes %v", total, shares, ranks, nodes)
					}
					next += n.N
					sum := []float64{-1}
					(&Batch{N: n.N, From: n.From, Total: total, Shares: shares}).Sum(sum, add(x[n.From:next]))
					sums = append(sums, sum)
				}
				if got := SumNodes(nodes, sums); next != total || got[0] != whole[0] {
					t.Errorf("%d in %d shares on %d ranks: %v, want %v", total, shares, ranks, got, whole)
				}
			}
		}
	}
}

func TestSharesOf(t *testing.T) {
	for _, c := range []struct{ total, asked, want int }{
		{0, 0, 1}, {20, 0, 1}, {127, 0, 1}, {128, 0, 2}, {1023, 0, 8}, {1024, 0, 16}, {1 << 30, 0, 16}, {20, 16, 16}, {1000, 1, 1},
	} {
		if got := SharesOf(c.total, c.asked); got != c.want {
			t.Errorf("%d configurations, %d asked: %d shares, want %d", c.total, c.asked, got, c.want)
		}
	}
	if got := Nodes(100, 16, 5, 11); !slices.Equal(got, []Node{{5, 1, 31, 6}, {6, 2, 37, 13}, {8, 2, 50, 12}, {10, 1, 62, 6}}) {
		t.Errorf("shares 5 to 10 of 16: %v", got)
	}
}
