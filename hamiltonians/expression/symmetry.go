package expression

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/bytecode"
)

// A symmetry is claimed where it follows from the form of E: that claims are few is no error, that one is false would
// be. What is proved of the term of each sum is proved of E.

// symmetries of E that are proved.
func (s *system) symmetries(g *graph, t total) (all []core.Symmetry) {
	claim := func(symmetry core.Symmetry, holds func(d domain, n *node) bool) {
		for _, d := range t.sums() {
			if !holds(d, t.of[d]) {
				return
			}
		}
		all = append(all, symmetry)
	}
	free := func(kinds ...leafKind) func(domain, *node) bool {
		return func(_ domain, n *node) bool { return !has(n, kinds...) }
	}
	if s.space.Kind != core.Levels {
		claim(core.Z2, func(_ domain, n *node) bool { return parityOf(n, s.mirrored) == even })
	} else {
		claim(core.Zq, func(_ domain, n *node) bool { return countsRound(n, s.space.Levels) })
	}
	if s.edge > 0 {
		if s.space.Periodic {
			claim(core.Translation, free(leafPlace))
		}
		if s.space.Kind == core.Angles {
			claim(core.U1, func(_ domain, n *node) bool { turns, ok := turned(n); return ok && turns == 0 })
		}
		if !s.triangular {
			claim(core.Reflection, func(d domain, n *node) bool { return s.reflects(g, d, n) })
		}
		return all
	}
	// Particles are alike where exchanging two of a pair changes nothing.
	claim(core.Permutation, func(d domain, n *node) bool {
		return d != pairs || parityOf(n, inOtherOrder) == even
	})
	if s.space.Box != nil {
		claim(core.Translation, free(leafCoordinate))
	} else if s.dimension > 1 {
		claim(core.Rotation, func(d domain, n *node) bool { return s.round(g, d, n) })
	}
	return all
}

// has tells whether a leaf of such kinds is below a node.
func has(root *node, kinds ...leafKind) bool {
	for _, n := range below(root) {
		for _, k := range kinds {
			if n.op == opLeaf && n.leaf.kind == k {
				return true
			}
		}
	}
	return false
}

// parity is what becomes of a number where some leaves change their signs.
type parity int

const (
	neither parity = iota
	even
	odd
	zero // both
)

// mirrored is a leaf under x -> -x. A coordinate in a box becomes its edge less itself.
func (s *system) mirrored(l leaf) parity {
	switch {
	case !l.moves():
		return even
	case l.kind == leafCoordinate && s.space.Box != nil:
		return neither
	}
	return odd
}

// inOtherOrder is a leaf of a pair where its particles are exchanged.
func inOtherOrder(l leaf) parity {
	if l.kind == leafDistance {
		return odd
	}
	return even
}

// parityOf a node, from those of leaves.
func parityOf(root *node, leaves func(leaf) parity) parity {
	of := map[*node]parity{}
	for _, n := range below(root) {
		if n.op == opLeaf {
			of[n] = leaves(n.leaf)
		} else {
			of[n] = combined(n, of)
		}
	}
	if of[root] == zero {
		return even
	}
	return of[root]
}

// combined is the parity of a constant or an operation.
func combined(n *node, of map[*node]parity) parity {
	a, b, c := of[n.a], of[n.b], of[n.c]
	whole := func(p parity) bool { return p == even || p == zero }
	switch n.op {
	case opConstant:
		if n.value == 0 {
			return zero
		}
		return even
	case bytecode.Add, bytecode.Sub:
		switch {
		case a == zero:
			return b
		case b == zero || a == b:
			return a
		}
		return neither
	case bytecode.Mul, bytecode.Div:
		switch {
		case a == neither || b == neither:
			return neither
		case a == zero || b == zero:
			return zero
		case a == b:
			return even
		}
		return odd
	case bytecode.Neg, bytecode.Sin, bytecode.Tanh:
		return a
	case bytecode.Abs, bytecode.Cos:
		if a == odd {
			return even
		}
		return a
	case bytecode.Equal:
		if a == odd && b == odd || whole(a) && whole(b) || a == zero && b == odd || a == odd && b == zero {
			return even
		}
		return neither
	case bytecode.Select:
		switch {
		case !whole(a):
			return neither
		case b == zero:
			return c
		case c == zero || b == c:
			return b
		}
		return neither
	}
	for o := range n.operands { // any function of even numbers is even
		if !whole(of[o]) {
			return neither
		}
	}
	return even
}

// turned is by how much a number grows where all angles are turned by one, if it is a multiple of that.
func turned(root *node) (turns float64, ok bool) {
	of := map[*node]float64{} // NaN: not a multiple
	for _, n := range below(root) {
		switch {
		case n.op == opLeaf && n.leaf.moves():
			of[n] = 1
		case n.op == bytecode.Add:
			of[n] = of[n.a] + of[n.b]
		case n.op == bytecode.Sub:
			of[n] = of[n.a] - of[n.b]
		case n.op == bytecode.Neg:
			of[n] = -of[n.a]
		case n.op == bytecode.Mul && n.a.op == opConstant:
			of[n] = n.a.value * of[n.b]
		default:
			for o := range n.operands {
				if of[o] != 0 {
					of[n] = math.NaN()
				}
			}
		}
	}
	return of[root], of[root] == of[root]
}

// round tells whether a term depends on places by distances alone: the squares of r are all that leads to them.
func (s *system) round(g *graph, d domain, root *node) bool {
	kind := leafCoordinate
	if d == pairs {
		kind = leafDistance
	}
	square := g.whole(s.length(g, kind), 2)
	var only func(n *node) bool
	seen := map[*node]bool{}
	only = func(n *node) bool {
		if n == square || seen[n] {
			return true
		}
		seen[n] = true
		if n.op == opLeaf {
			return false
		}
		for o := range n.operands {
			if !only(o) {
				return false
			}
		}
		return true
	}
	return only(root)
}

// warnings of what is allowed and probably a mistake.
func (s *system) warnings(t total) (all []string) {
	for _, d := range t.sums() {
		switch {
		case s.space.Kind == core.Angles && !comesRound(t.of[d]):
			all = append(all, "E is not seen to have the period 2 pi of each angle: write angles inside of sin and cos, with whole factors")
		case d == pairs && parityOf(t.of[d], inOtherOrder) != even:
			all = append(all, "the energy of a pair is not seen to be the same for both orders of its particles: it should be even in dx, dy, dz")
		}
	}
	return all
}

// comesRound tells whether a number has the period 2 pi in each angle. Sums of whole multiples of angles, and of what has the
// period, may stand in sin and cos.
func comesRound(root *node) bool {
	const (
		not    = iota
		inside // of sine and cosine
		yes
	)
	of := map[*node]int{}
	for _, n := range below(root) {
		least := yes
		for o := range n.operands {
			least = min(least, of[o])
		}
		switch {
		case n.op == opLeaf && n.leaf.moves():
			least = inside
		case least != inside:
		case n.op == bytecode.Sin || n.op == bytecode.Cos:
			least = yes
		case n.op == bytecode.Add || n.op == bytecode.Sub || n.op == bytecode.Neg:
		case n.op == bytecode.Mul && n.a.op == opConstant && n.a.value == math.Trunc(n.a.value):
		default:
			least = not
		}
		of[n] = least
	}
	return of[root] == yes
}
