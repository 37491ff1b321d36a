package expression

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/engine/bytecode"
)

// reflects tells whether a term of a lattice has all mirrors and exchanges of its axes: of sites alone, or of bonds
// whose ends are alike and whose axes do not matter.
func (s *system) reflects(g *graph, d domain, n *node) bool {
	if has(n, leafPlace, leafAxis) {
		return false
	}
	if d == bonds {
		return exchanged(g, n)
	}
	for _, m := range below(n) {
		if m.op == opLeaf && m.leaf.away != [3]int8{} {
			return false
		}
	}
	return true
}

// exchanged tells whether the energy of a bond is the same with its ends exchanged: made again so, it is the same
// node, since equal nodes are one.
func exchanged(g *graph, root *node) bool {
	image := map[*node]*node{}
	for _, n := range below(root) {
		image[n] = g.again(n, image, func(l leaf) *node {
			l.end = 1 - l.end
			return g.leaf(l)
		})
	}
	return !g.full && image[root] == root
}

// again makes a node of the images of its operands, by the rules by which it was made.
func (g *graph) again(n *node, image map[*node]*node, leafOf func(leaf) *node) *node {
	a, b, c := image[n.a], image[n.b], image[n.c]
	switch n.op {
	case opConstant:
		return n
	case opLeaf:
		return leafOf(n.leaf)
	case bytecode.Add:
		return g.add(a, b)
	case bytecode.Sub:
		return g.sub(a, b)
	case bytecode.Mul:
		return g.mul(a, b)
	case bytecode.Div:
		return g.div(a, b)
	case bytecode.Neg:
		return g.neg(a)
	case bytecode.Select:
		return g.choose(a, b, c)
	}
	operands := []*node{a, b, c}
	return g.function(n.op, operands[:slices.Index(append([]*node{n.a, n.b, n.c}, nil), nil)]...)
}
