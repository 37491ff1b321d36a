package expression

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/bytecode"
)

// The rules by which nodes are made: constants are folded and stand before products, common factors before sums,
// and whole powers are products, of which x^12 shares those of x^6.

func (g *graph) add(a, b *node) *node {
	switch {
	case a.is(0):
		return b
	case b.is(0):
		return a
	case b.op == bytecode.Neg:
		return g.sub(a, b.a)
	case a.op == bytecode.Neg:
		return g.sub(b, a.a)
	case a == b && a.op != opConstant:
		return g.mul(g.constant(2), a)
	}
	if f, p, q := common(a, b); f != nil {
		return g.mul(f, g.add(p, q))
	}
	return g.apply(bytecode.Add, a, b)
}

func (g *graph) sub(a, b *node) *node {
	switch {
	case b.is(0):
		return a
	case a.is(0):
		return g.neg(b)
	case a == b && a.op != opConstant:
		return g.constant(0)
	case b.op == bytecode.Neg:
		return g.add(a, b.a)
	}
	if f, p, q := common(a, b); f != nil {
		return g.mul(f, g.sub(p, q))
	}
	return g.apply(bytecode.Sub, a, b)
}

// common finds f p and f q in two products.
func common(a, b *node) (f, p, q *node) {
	if a.op != bytecode.Mul || b.op != bytecode.Mul {
		return nil, nil, nil
	}
	switch {
	case a.a == b.a:
		return a.a, a.b, b.b
	case a.a == b.b:
		return a.a, a.b, b.a
	case a.b == b.a:
		return a.b, a.a, b.b
	case a.b == b.b:
		return a.b, a.a, b.a
	}
	return nil, nil, nil
}

func (g *graph) neg(a *node) *node {
	switch {
	case a.op == bytecode.Neg:
		return a.a
	case a.op == bytecode.Sub:
		return g.sub(a.b, a.a)
	case a.op == bytecode.Mul && a.a.op == opConstant:
		return g.mul(g.constant(-a.a.value), a.b)
	}
	return g.apply(bytecode.Neg, a)
}

func (g *graph) mul(a, b *node) *node {
	if b.op == opConstant {
		a, b = b, a
	}
	switch {
	case a.op == opConstant && b.op == opConstant:
		return g.apply(bytecode.Mul, a, b)
	case a.is(0):
		return a
	case a.is(1):
		return b
	case a.is(-1):
		return g.neg(b)
	case a.op == bytecode.Neg:
		return g.neg(g.mul(a.a, b))
	case b.op == bytecode.Neg:
		return g.neg(g.mul(a, b.a))
	case b.op == bytecode.Mul && b.a.op == opConstant: // a (c x), of constants a or not
		return g.mul(g.mul(a, b.a), b.b)
	case a.op == bytecode.Mul && a.a.op == opConstant && b.op != opConstant:
		return g.mul(a.a, g.mul(a.b, b))
	case a == b && a.op == bytecode.Sqrt:
		return a.a
	case a == b:
		a = g.upToSign(a)
		b = a
	}
	return g.apply(bytecode.Mul, a, b)
}

func (g *graph) div(a, b *node) *node {
	switch {
	case b.op == opConstant:
		return g.mul(a, g.constant(1/b.value))
	case a.is(0):
		return a
	case b.op == bytecode.Neg:
		return g.neg(g.div(a, b.a))
	case b.op == bytecode.Mul && b.a.op == opConstant:
		return g.div(g.mul(g.constant(1/b.a.value), a), b.b)
	}
	return g.apply(bytecode.Div, a, b)
}

// mostPower is the largest whole exponent that becomes products: x^64 is six of them.
const mostPower = 64

func (g *graph) pow(a, b *node) *node {
	if b.op != opConstant || a.op == opConstant {
		return g.apply(bytecode.Pow, a, b)
	}
	switch n := b.value; {
	case n < 0:
		if g.wholeOrHalf(-n) {
			return g.div(g.constant(1), g.pow(a, g.constant(-n)))
		}
	case n == math.Trunc(n) && n <= mostPower:
		return g.whole(a, int(n))
	case g.wholeOrHalf(n):
		return g.mul(g.whole(a, int(n)), g.sqrt(a))
	}
	return g.apply(bytecode.Pow, a, b)
}

// wholeOrHalf are the exponents of products and a square root.
func (g *graph) wholeOrHalf(n float64) bool { return 2*n == math.Trunc(2*n) && n <= mostPower }

// whole is a^n.
func (g *graph) whole(a *node, n int) *node {
	switch {
	case n == 0:
		return g.constant(1)
	case n == 1:
		return a
	case n%2 == 0 && a.op == bytecode.Sqrt:
		return g.whole(a.a, n/2)
	case n%2 == 0 && a.op == bytecode.Div && a.b.op == bytecode.Sqrt: // (sigma/r)^6 needs no root
		return g.whole(g.div(g.mul(a.a, a.a), a.b.a), n/2)
	case n%2 == 0:
		half := g.whole(a, n/2)
		return g.mul(half, half)
	}
	return g.mul(a, g.whole(a, n-1))
}

// upToSign is a or -a, the same of both: for even functions.
func (g *graph) upToSign(a *node) *node {
	switch {
	case a.op == bytecode.Neg:
		return a.a
	case a.op == bytecode.Sub && a.a.id > a.b.id:
		return g.sub(a.b, a.a)
	}
	return a
}

// function is that of one number or more, as a call has it.
func (g *graph) function(op bytecode.Op, operands ...*node) *node {
	a := operands[0]
	switch op {
	case bytecode.Cos, bytecode.Abs:
		return g.apply(op, g.upToSign(a))
	case bytecode.Pow:
		return g.pow(a, operands[1])
	case bytecode.Equal:
		if b := operands[1]; a.id > b.id {
			return g.apply(op, b, a)
		}
	}
	return g.apply(op, operands...)
}

func (g *graph) sqrt(a *node) *node { return g.apply(bytecode.Sqrt, a) }

// less is a < b, and with equal a <= b. Distances are compared by their squares.
func (g *graph) less(a, b *node, equal bool) *node {
	op := bytecode.Less
	if equal {
		op = bytecode.AtMost
	}
	square := func(n *node) *node { return g.constant(n.value * n.value) }
	switch {
	case a.op == bytecode.Sqrt && b.op == opConstant && b.value >= 0:
		return g.apply(op, a.a, square(b))
	case b.op == bytecode.Sqrt && a.op == opConstant && a.value >= 0:
		return g.apply(op, square(a), b.a)
	}
	return g.apply(op, a, b)
}

func (g *graph) choose(condition, a, b *node) *node {
	switch {
	case a == b:
		return a
	case condition.op == opConstant && condition.value != 0:
		return a
	case condition.op == opConstant:
		return b
	}
	return g.apply(bytecode.Select, condition, a, b)
}
