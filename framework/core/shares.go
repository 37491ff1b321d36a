package core

import (
	"fmt"
	"math/bits"
)

// A sum over the N configurations of a batch, such as the gradient of a pull-back,
// is made in a fixed order, so that neither threads nor ranks change a bit of it.
// Share k of S has the configurations
//
//	k N/S, ..., (k+1) N/S - 1        (S a power of two, N/S rounded down)
//
// whose sum is the part's own business. A node of level l has 2^l shares, from a
// multiple of 2^l on, and its sum is that of its left half plus that of its right
// half. An empty half adds nothing.

// DefaultShares is the largest number of shares that a batch has unless it says
// otherwise.
const DefaultShares = 16

// leastShare is the number of configurations in a share below which a batch has
// fewer shares by default: smaller ones would not fill the chunks that a processor is
// fast with, and cost a training step up to half its speed.
const leastShare = 64

// SharesOf is the number of shares of a sum over total configurations: asked, or
// where that is 0 as many as leave each of them 64 configurations, up to
// DefaultShares.
func SharesOf(total, asked int) int {
	if asked > 0 {
		if asked&(asked-1) != 0 {
			panic(fmt.Sprintf("core: %d shares are no power of two", asked))
		}
		return asked
	}
	s := DefaultShares
	for s > 1 && total < s*leastShare {
		s /= 2
	}
	return s
}

// ShareStart is the first configuration of share k; that of share S is total.
func ShareStart(total, shares, k int) int { return int(int64(k) * int64(total) / int64(shares)) }

// Place says which configurations of a whole b has, and in how many shares the whole
// is summed: b's are from, ..., from+n-1 of total.
func (b *Batch) Place() (from, n, total, shares int) {
	if b.Total == 0 {
		return 0, b.N, b.N, SharesOf(b.N, b.Shares)
	}
	return b.From, b.N, b.Total, SharesOf(b.Total, b.Shares)
}

// Node is a node of the tree of a sum: the shares First to First+Shares-1, which
// have the configurations From to From+N-1.
type Node struct{ First, Shares, From, N int }

// Nodes lists the fewest nodes that make up the shares first to last-1, in their
// order: those that one of several ranks asks for.
func Nodes(total, shares, first, last int) (nodes []Node) {
	for first < last {
		size := shares
		if first > 0 {
			size = first & -first
		}
		for size > last-first {
			size /= 2
		}
		from := ShareStart(total, shares, first)
		nodes = append(nodes, Node{first, size, from, ShareStart(total, shares, first+size) - from})
		first += size
	}
	return nodes
}

// SumNodes adds up the sums of nodes that stand in order, and leaves the result in
// the first. Where the nodes are all, it is that of the whole, bit for bit.
func SumNodes(nodes []Node, sums [][]float64) []float64 {
	var t tree
	for i, n := range nodes {
		if n.N > 0 {
			t.close(n.First, sums)
			t.open = append(t.open, open{n.First, i})
		}
	}
	t.close(-1, sums)
	if len(t.open) == 0 {
		return sums[0]
	}
	return sums[t.open[0].at]
}

// tree is where a sum stands: the nodes that wait for their right neighbours.
type tree struct{ open []open }

// open is a node that has the share first, with its sum at a place.
type open struct{ first, at int }

// close adds up the nodes that are complete once the share next comes; -1 says that
// none will.
func (t *tree) close(next int, sums [][]float64) {
	for k := len(t.open); k > 1; k-- {
		left, right := t.open[k-2], t.open[k-1]
		if next >= 0 && bits.Len(uint(left.first^right.first)) >= bits.Len(uint(right.first^next)) {
			return
		}
		for i, v := range sums[right.at] {
			sums[left.at][i] += v
		}
		t.open = t.open[:k-1]
	}
}

// Sum makes a sum over b's configurations in the order above, for parts without an
// engine that does: add adds to sum what the configurations from to to-1 of b give.
func (b *Batch) Sum(dst []float64, add func(sum []float64, from, to int)) {
	var t tree
	var sums [][]float64
	first, n, total, shares := b.Place()
	for k := range shares {
		from, to := max(ShareStart(total, shares, k)-first, 0), min(ShareStart(total, shares, k+1)-first, n)
		if from >= to {
			continue
		}
		t.close(k, sums)
		at := len(t.open)
		if at == len(sums) {
			sums = append(sums, make([]float64, len(dst)))
		}
		clear(sums[at])
		add(sums[at], from, to)
		t.open = append(t.open, open{k, at})
	}
	t.close(-1, sums)
	clear(dst)
	if len(t.open) > 0 {
		copy(dst, sums[0])
	}
}
