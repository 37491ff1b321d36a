package expression

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/engine/bytecode"
)

// slopes are the derivatives of the term of a sum by the leaves that move, and these in the order of
// their age.
func (g *graph) slopes(term *node) ([]*node, map[*node]*node) {
	by := g.adjoint(term, g.constant(1))
	leaves := make([]*node, 0, len(by))
	for l := range by {
		leaves = append(leaves, l)
	}
	slices.SortFunc(leaves, func(a, b *node) int { return a.id - b.id })
	return leaves, by
}

// adjoint is reverse accumulation on the graph: from the cotangent bar of a node, those of the leaves that move,
//
//	leaf bar = bar d(node)/d(leaf),
//
// as nodes, which are simplified as they are made, and share what E has. Each operation hands on its
// cotangent to its operands, the youngest operation first. Of a choice, that of each branch is accumulated by itself,
// and chosen at the leaves: where one branch is infinite, 0 times it would be NaN.
func (g *graph) adjoint(root, bar *node) map[*node]*node {
	bars, leaves := map[*node]*node{root: bar}, map[*node]*node{}
	into := func(to map[*node]*node, n, bar *node) {
		if old, ok := to[n]; ok {
			bar = g.add(old, bar)
		}
		to[n] = bar
	}
	all := below(root)
	slices.SortFunc(all, func(a, b *node) int { return b.id - a.id })
	for _, n := range all {
		bar, ok := bars[n]
		switch {
		case !ok || g.full:
		case n.op == opLeaf:
			if n.leaf.moves() {
				into(leaves, n, bar)
			}
		case n.op == bytecode.Select || n.op == bytecode.Min || n.op == bytecode.Max:
			condition, a, b := g.branches(n)
			u, v := g.adjoint(a, bar), g.adjoint(b, bar)
			zero := g.constant(0)
			for _, l := range all {
				p, inA := u[l]
				q, inB := v[l]
				if !inA {
					p = zero
				}
				if !inB {
					q = zero
				}
				if inA || inB {
					into(leaves, l, g.choose(condition, p, q))
				}
			}
		default:
			g.hand(n, bar, func(to, bar *node) { into(bars, to, bar) })
		}
	}
	return leaves
}

// branches of a choice: min(a, b) is a where a < b.
func (g *graph) branches(n *node) (condition, a, b *node) {
	switch n.op {
	case bytecode.Min:
		return g.less(n.a, n.b, false), n.a, n.b
	case bytecode.Max:
		return g.less(n.b, n.a, false), n.a, n.b
	}
	return n.a, n.b, n.c
}

// hand gives the operands of n their shares of its cotangent.
func (g *graph) hand(n, bar *node, give func(to, bar *node)) {
	one := func(by *node) { give(n.a, g.mul(bar, by)) }
	switch n.op {
	case bytecode.Add:
		give(n.a, bar)
		give(n.b, bar)
	case bytecode.Sub:
		give(n.a, bar)
		give(n.b, g.neg(bar))
	case bytecode.Mul:
		give(n.a, g.mul(bar, n.b))
		give(n.b, g.mul(bar, n.a))
	case bytecode.Div: // d(a/b) = (da - n db)/b
		share := g.div(bar, n.b)
		give(n.a, share)
		give(n.b, g.neg(g.mul(share, n)))
	case bytecode.Neg:
		give(n.a, g.neg(bar))
	case bytecode.Abs: // the slope at 0 is that of the mean of both sides
		zero := g.constant(0)
		one(g.sub(g.less(zero, n.a, false), g.less(n.a, zero, false)))
	case bytecode.Sqrt:
		one(g.div(g.constant(0.5), n))
	case bytecode.Exp:
		one(n)
	case bytecode.Log:
		give(n.a, g.div(bar, n.a))
	case bytecode.Sin:
		one(g.apply(bytecode.Cos, n.a))
	case bytecode.Cos:
		one(g.neg(g.apply(bytecode.Sin, n.a)))
	case bytecode.Tanh:
		one(g.sub(g.constant(1), g.mul(n, n)))
	case bytecode.Pow:
		one(g.mul(n.b, g.pow(n.a, g.sub(n.b, g.constant(1)))))
		if n.b.op != opConstant {
			give(n.b, g.mul(bar, g.mul(n, g.apply(bytecode.Log, n.a))))
		}
	}
}
