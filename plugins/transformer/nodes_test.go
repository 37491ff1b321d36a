package transformer

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// The gradients of the nodes of a batch, as ranks make them, add up to that of the whole,
// bit for bit, also where a configuration stands in another place of its chunk: 100 and 333
// are no multiples of 8 in each of 16 shares.
func TestPullOfNodes(t *testing.T) {
	space := core.Space{Kind: core.Levels, Levels: 3, Shape: []int{5}}
	m, theta := build(t, core.Settings{"width": int64(16), "depth": int64(2)}, space, 0.1)
	const shares = 16
	for _, n := range []int{100, 333} {
		d := space.Size()
		var b core.Batch
		if err := m.Sample(&b, 5, n); err != nil {
			t.Fatal(err)
		}
		w := make([]float64, n)
		for i := range w {
			w[i] = math.Sin(float64(3*i + 1))
		}
		pull := func(from, n int) []float64 {
			part := &core.Batch{N: n, From: from, Total: b.N, Shares: shares, X: b.X[from*d : (from+n)*d]}
			g := make([]float64, len(theta))
			if err := m.Pull(g, part, w[from:from+n]); err != nil {
				t.Fatal(err)
			}
			return g
		}
		want := pull(0, n)
		var nodes []core.Node
		var sums [][]float64
		for k := range shares { // a rank for each share
			for _, node := range core.Nodes(n, shares, k, k+1) {
				nodes, sums = append(nodes, node), append(sums, pull(node.From, node.N))
			}
		}
		if got := core.SumNodes(nodes, sums); !slices.Equal(got, want) {
			t.Errorf("%d configurations: the gradients of their nodes do not add up to that of the whole", n)
		}
	}
}
