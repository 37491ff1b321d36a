package coretest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// treeSize configurations make 16 shares of three or four, which begin anywhere in a
// chunk.
const treeSize, treeShares = 60, 16

// modelTree tests that every pull-back of a batch to the parameters is the sum of
// those of the nodes of its tree, bit for bit, whatever number of ranks draws it: 3 and
// 5 have shares that make up no single node.
func modelTree(t *testing.T, s *subject) {
	if len(s.theta) == 0 {
		t.Skip("no parameters")
	}
	rows, _ := core.RowsOf(core.KindModel, s.Spec().Powers)
	for _, r := range rows {
		if len(r.Bar) == 0 || !slices.Equal(r.Out, []core.Column{core.Gradient}) {
			continue
		}
		p := &pulled{subject: s, row: r, given: core.Batch{N: treeSize}, bar: core.Batch{N: treeSize}}
		p.fill()
		whole := s.drawPart(t, 0, treeSize)
		want := p.pull(t, whole, core.Node{N: treeSize}, whole)
		for _, ranks := range []int{1, 2, 3, 5} {
			var nodes []core.Node
			var sums [][]float64
			for rank := range ranks {
				first, last := rank*treeShares/ranks, (rank+1)*treeShares/ranks
				from := core.ShareStart(treeSize, treeShares, first)
				mine := whole
				if !s.has(core.PowerWalk) { // chains are those of the batch
					mine = s.drawPart(t, from, core.ShareStart(treeSize, treeShares, last)-from)
				}
				for _, node := range core.Nodes(treeSize, treeShares, first, last) {
					var b core.Batch
					mine.Part(&b, node.From-mine.From, node.N)
					nodes, sums = append(nodes, node), append(sums, p.pull(t, &b, node, mine))
				}
			}
			s.again(t, fmt.Sprintf("%s on %d ranks, beside that of the whole", r.Name, ranks), core.SumNodes(nodes, sums), want)
		}
	}
}

// pulled is a pull-back with the columns that it takes beside what was drawn, and its
// cotangents.
type pulled struct {
	*subject
	row        *core.Row
	given, bar core.Batch
}

// fill makes up numbers; times are between 0 and 1.
func (p *pulled) fill() {
	sizes := p.Spec().Sizes()
	numbers := func(c core.Column, b *core.Batch, seed uint64) {
		switch q := c.(type) {
		case *core.Quantity[float64]:
			q.Put(b, weights(q.Length(treeSize, sizes), seed))
		case *core.Quantity[complex128]:
			v := make([]complex128, q.Length(treeSize, sizes))
			for i, x := range weights(2*len(v), seed) {
				v[i/2] = complex(imag(v[i/2]), x)
			}
			q.Put(b, v)
		}
	}
	for k, c := range p.row.In {
		if !slices.Contains(core.Drawn, c) {
			numbers(c, &p.given, uint64(61+k))
		}
	}
	for i, v := range core.Time.Of(&p.given) {
		core.Time.Of(&p.given)[i] = v * v / (1 + v*v)
	}
	for k, c := range p.row.Bar {
		numbers(c, &p.bar, uint64(71+k))
	}
}

// pull is the gradient of the configurations of a node, b, of the batch drawn.
func (p *pulled) pull(t *testing.T, b *core.Batch, node core.Node, drawn *core.Batch) []float64 {
	t.Helper()
	bar, out := core.Batch{N: b.N}, core.Batch{N: b.N}
	for _, c := range p.row.In {
		if slices.Contains(core.Drawn, c) {
			c.Window(b, drawn, node.From-drawn.From, node.From-drawn.From+node.N)
		} else {
			c.Window(b, &p.given, node.From, node.From+node.N)
		}
	}
	for _, c := range p.row.Bar {
		c.Window(&bar, &p.bar, node.From, node.From+node.N)
	}
	core.Gradient.Put(&out, nans(len(p.theta)))
	if err := core.InstanceOf(p.Model).Call(p.row, &core.Call{In: b, Bar: &bar, Out: &out}); err != nil {
		t.Fatalf("%s of configurations %d to %d of %d: %v", p.row.Name, node.From, node.From+node.N-1, treeSize, err)
	}
	return core.Gradient.Of(&out)
}

// drawPart draws n of the configurations of the whole, from number from on.
func (s *subject) drawPart(t *testing.T, from, n int) *core.Batch {
	t.Helper()
	if s.has(core.PowerWalk) {
		s.setState(t, core.State{})
	}
	b := &core.Batch{From: from, Total: treeSize, Shares: treeShares}
	if err := s.Sample(b, 60, n); err != nil {
		t.Fatal(err)
	}
	return b
}
