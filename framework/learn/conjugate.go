package learn

import (
	"errors"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Conjugate gradients (Hestenes and Stiefel, J. Res. Natl. Bur. Stand. 49, 409 (1952)) solve (F + damping) x = g by products with
// F alone. From x = 0, r = p = g:
//
//	q = (F + damping) p
//	a = r.r/p.q,  x <- x + a p,  r' = r - a q
//	p <- r' + (r'.r'/r.r) p
//
// until |r| <= tolerance |g|. Wherever it ends, r is orthogonal to x, so g.x = x.(F + damping) x > 0: x goes down, and its
// length in the metric is the one that limits of a step ask for.
//
// F has a block for each factor of a density. They have nothing to do with each other: each is solved by
// itself, with a damping of its own, but one product serves all.
type conjugate struct {
	systems []system
	r, p, q []float64
}

// system is a block of F: it has the parameters from to to-1, and knows where its solution stands.
type system struct {
	from, to int
	damping  float64
	square   float64 // r.r
	goal     float64 // of it
}

// errNotPositive says that a product is of no positive matrix.
var errNotPositive = &core.Error{Kind: core.Numeric, Op: "divide by the Fisher matrix", Err: errors.New("conjugate gradients: a product is not finite, or of no positive matrix"),
	Hint: "a parameter ran away: try a smaller learning rate"}

// solve writes the solution x of as many iterations as are asked for, and fewer where the residual is small enough; solved tells
// whether it is. multiply writes F p to q.
func (c *conjugate) solve(x, g []float64, systems []system, asked core.OptimizerSpec, multiply func(q, p []float64) error) (solved bool, err error) {
	clear(x)
	c.systems = append(c.systems[:0], systems...)
	c.r, c.p, c.q = append(c.r[:0], g...), append(c.p[:0], g...), core.Resize(c.q, len(g))
	for k := range c.systems {
		f := &c.systems[k]
		f.square = product(g[f.from:f.to], g[f.from:f.to])
		f.goal = asked.Tolerance * asked.Tolerance * f.square
	}
	for range asked.Iterations {
		if c.solved() {
			return true, nil
		}
		if err := multiply(c.q, c.p); err != nil {
			return false, err
		}
		for k := range c.systems {
			if !c.systems[k].solved() && !c.step(&c.systems[k], x) {
				return false, errNotPositive
			}
		}
	}
	return c.solved(), nil
}

func (f *system) solved() bool { return f.square <= f.goal }

func (c *conjugate) solved() bool {
	for k := range c.systems {
		if !c.systems[k].solved() {
			return false
		}
	}
	return true
}

// step is an iteration of a block, with F p in q. It tells whether the numbers are finite and p.q is positive, as it is for any
// positive matrix.
func (c *conjugate) step(f *system, x []float64) bool {
	x, r, p, q := x[f.from:f.to], c.r[f.from:f.to], c.p[f.from:f.to], c.q[f.from:f.to]
	for i, v := range p {
		q[i] += f.damping * v
	}
	curvature := product(p, q)
	if !(curvature > 0) || math.IsInf(curvature, 0) {
		return false
	}
	a := f.square / curvature
	for i, v := range p {
		x[i] += a * v
		r[i] -= a * q[i]
	}
	square := product(r, r)
	b := square / f.square
	f.square = square
	if f.solved() {
		clear(p) // products leave it out
		return true
	}
	for i, v := range r {
		p[i] = v + b*p[i]
	}
	return square-square == 0
}

// product is a scalar product, in the order of the components on every rank.
func product(a, b []float64) (sum float64) {
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}
