package coretest

import (
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// treeSize configurations make 16 shares of three or four, which begin anywhere in a
// chunk.
const treeSize, treeShares = 60, 16

// modelTree tests that a pull-back of a batch is the sum of those of the nodes of
// its tree, bit for bit, whatever number of ranks draws it: 3 and 5 have shares that
// make up no single node.
func modelTree(t *testing.T, s *subject) {
	if len(s.theta) == 0 {
		t.Skip("no parameters")
	}
	n := treeSize
	w, v, xbar := weights(n, 61), make([]complex128, n), weights(n*s.d, 62)
	for i, x := range weights(2*n, 63) {
		v[i/2] = complex(imag(v[i/2]), x)
	}
	type pull struct {
		name  string
		power core.Power
		noise bool
		call  func(grad []float64, b *core.Batch, from int) error
	}
	pulls := []pull{
		{"pull", "", false, func(grad []float64, b *core.Batch, from int) error {
			return s.Pull(grad, b, w[from:][:b.N])
		}},
		{"path_pull", core.PowerPath, true, func(grad []float64, b *core.Batch, from int) error {
			return s.Model.(core.PathPuller).PathPull(grad, b, xbar[from*s.d:][:b.N*s.d], w[from:][:b.N])
		}},
		{"state_pull", core.PowerQuantum, false, func(grad []float64, b *core.Batch, from int) error {
			return s.Model.(core.DensityMatrix).StatePull(grad, b, w[from:][:b.N], v[from:][:b.N])
		}},
	}
	for _, p := range pulls {
		if p.power != "" && !s.has(p.power) {
			continue
		}
		whole := s.drawPart(t, 0, n)
		want := nans(len(s.theta))
		if err := p.call(want, whole, 0); err != nil {
			t.Fatal(err)
		}
		for _, ranks := range []int{1, 2, 3, 5} {
			var nodes []core.Node
			var sums [][]float64
			for rank := range ranks {
				first, last := rank*treeShares/ranks, (rank+1)*treeShares/ranks
				from := core.ShareStart(n, treeShares, first)
				mine := whole
				if !s.has(core.PowerWalk) { // chains are those of the batch
					mine = s.drawPart(t, from, core.ShareStart(n, treeShares, last)-from)
				}
				for _, node := range core.Nodes(n, treeShares, first, last) {
					var b core.Batch
					mine.Part(&b, node.From-mine.From, node.N)
					sum := nans(len(s.theta))
					if err := p.call(sum, &b, node.From); err != nil {
						t.Fatalf("%s of configurations %d to %d of %d: %v", p.name, node.From, node.From+node.N-1, n, err)
					}
					nodes, sums = append(nodes, node), append(sums, sum)
				}
			}
			if got := core.SumNodes(nodes, sums); !slices.Equal(got, want) {
				t.Errorf("%s on %d ranks is not that of the whole, bit for bit", p.name, ranks)
			}
		}
	}
}

// drawPart draws n of the configurations of the whole, from number from on.
func (s *subject) drawPart(t *testing.T, from, n int) *core.Batch {
	t.Helper()
	if s.has(core.PowerWalk) {
		s.setWalkers(t, nil)
	}
	b := &core.Batch{From: from, Total: treeSize, Shares: treeShares}
	if err := s.Sample(b, 60, n); err != nil {
		t.Fatal(err)
	}
	return b
}
