// Package spins holds what every spin energy does around its own formula:
// checked lengths, the loop over a batch, and sums.
package spins

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// Evaluator writes the energies of a batch, in parallel over the samples.
// Chunks of samples are cut by their number alone, so the energies are the
// same for any number of threads. Eval does not allocate.
type Evaluator struct {
	name  string
	size  int
	chunk int
	task  func(i int)

	dst, x []float64 // only during Eval
}

// NewEvaluator makes the evaluator of the energy called name with size spins.
// Body writes E(x_i) for the len(dst) <= chunk configurations of x; it is
// called from several goroutines.
func NewEvaluator(name string, size, chunk int, body func(dst, x []float64)) *Evaluator {
	e := &Evaluator{name: name, size: size, chunk: chunk}
	e.task = func(i int) {
		from, to := i*chunk, min((i+1)*chunk, len(e.dst))
		body(e.dst[from:to], e.x[from*size:to*size])
	}
	return e
}

// Eval is core.Energy's Eval. An energy that comes out as NaN or infinite is
// an error, because some entry of x was no spin.
func (e *Evaluator) Eval(dst []float64, b *core.Batch) error {
	if len(dst) != b.N || len(b.X) != b.N*e.size {
		panic(e.name + ": Eval: wrong length of dst or X")
	}
	e.dst, e.x = dst, b.X
	par.For((b.N+e.chunk-1)/e.chunk, e.task)
	e.dst, e.x = nil, nil
	for i, v := range dst {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return core.Errorf(core.Numeric, "evaluate energy", e.name, "configuration %d of %d has energy %v", i, b.N, v)
		}
	}
	return nil
}

// Dot is a . b over the length of a. Two sums hide the latency of the
// additions; for spins they are sums of integers and exact in any order.
func Dot(a, b []float64) float64 {
	b = b[:len(a)]
	t, u := 0.0, 0.0
	for len(a) >= 2 && len(b) >= 2 {
		t += a[0] * b[0]
		u += a[1] * b[1]
		a, b = a[2:], b[2:]
	}
	if len(a) == 1 {
		t += a[0] * b[0]
	}
	return t + u
}
