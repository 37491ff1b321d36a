package expression

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/bytecode"
)

// node is a number of each item of a sum: what a formula means. Equal nodes are one node (common subexpressions are
// found as they are made), and the operands of a node are older than it.
type node struct {
	id      int
	op      bytecode.Op // of opConstant and opLeaf, none
	a, b, c *node       // operands, nil where there are fewer
	value   float64     // of a constant
	leaf    leaf
}

const (
	opConstant bytecode.Op = -1
	opLeaf     bytecode.Op = -2
)

// leaf is what a formula is made of, a number of an item.
type leaf struct {
	kind leafKind
	axis int     // 0, 1, 2, from x on: of coordinates
	end  int     // of a bond: 0 or 1
	away [3]int8 // of a site: steps along each axis
}

type leafKind int

const (
	noLeaf         leafKind = iota
	leafSite                // the value at a site some steps away
	leafInside              // 1 if that site is there, 0 beyond an open edge
	leafPlace               // its coordinate along an axis
	leafEnd                 // the value at an end of a bond
	leafAxis                // the number of a bond's axis, from 1 on
	leafCoordinate          // of a particle, in a box from 0 to its edge
	leafDistance            // of two particles along an axis, x_i - x_j, in a box of the nearest images
)

// moves tells whether a leaf depends on x.
func (l leaf) moves() bool {
	return l.kind == leafSite || l.kind == leafEnd || l.kind == leafCoordinate || l.kind == leafDistance
}

// most nodes of a graph: far above what a formula of a page has, and compiled in milliseconds.
const mostNodes = 20000

// graph makes nodes.
type graph struct {
	known map[node]*node // by all but id
	full  bool           // it has refused to grow, and its nodes mean nothing
}

func newGraph() *graph { return &graph{known: map[node]*node{}} }

func (g *graph) intern(n node) *node {
	key := n
	if n.value != n.value { // NaN is not equal to itself
		key.value, key.leaf.end = 0, -1
	}
	if old, ok := g.known[key]; ok {
		return old
	}
	if len(g.known) >= mostNodes {
		g.full = true
		return &node{op: opConstant}
	}
	made := n
	made.id = len(g.known)
	g.known[key] = &made
	return &made
}

func (g *graph) constant(v float64) *node { return g.intern(node{op: opConstant, value: v}) }

func (g *graph) leaf(l leaf) *node { return g.intern(node{op: opLeaf, leaf: l}) }

// apply makes an operation without a look at its operands but for constants. Operands of Add and Mul are
// ordered, so that a b is b a.
func (g *graph) apply(op bytecode.Op, operands ...*node) *node {
	var v [3]float64
	constant := true
	for i, o := range operands {
		constant = constant && o.op == opConstant
		v[i] = o.value
	}
	if constant {
		return g.constant(bytecode.Apply(op, v[0], v[1], v[2]))
	}
	n := node{op: op, a: operands[0]}
	if len(operands) > 1 {
		n.b = operands[1]
	}
	if len(operands) > 2 {
		n.c = operands[2]
	}
	if (op == bytecode.Add || op == bytecode.Mul) && n.a.op != opConstant && (n.b.op == opConstant || n.a.id > n.b.id) {
		n.a, n.b = n.b, n.a
	}
	return g.intern(n)
}

// is tells whether a node is the constant v.
func (n *node) is(v float64) bool {
	return n.op == opConstant && n.value == v && !(v == 0 && math.Signbit(n.value))
}

// operands of a node.
func (n *node) operands(yield func(*node) bool) {
	for _, o := range []*node{n.a, n.b, n.c} {
		if o != nil && !yield(o) {
			return
		}
	}
}

// below lists a node and all that it is made of, operands first.
func below(root *node) (all []*node) {
	seen := map[*node]bool{}
	var visit func(n *node)
	visit = func(n *node) {
		if seen[n] {
			return
		}
		seen[n] = true
		for o := range n.operands {
			visit(o)
		}
		all = append(all, n)
	}
	visit(root)
	return all
}
