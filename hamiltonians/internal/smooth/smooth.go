// Package smooth holds what every energy with a slope does around its own
// formula: checked lengths, the loop over a batch, and numbers out of range.
package smooth

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// chunkNumbers is about how many numbers of x one worker takes at a time: some
// 50 microseconds of work, and 32 KiB.
const chunkNumbers = 1 << 12

// Body writes E(x_i) of the len(e) configurations in x, and dE/dx where slope
// is not nil. It is called from several goroutines, and writes E = +Inf where
// E exceeds float64 or a configuration is forbidden.
type Body func(e, slope, x []float64)

// Evaluator is the part of a core.Energy that evaluates, in parallel over the
// configurations. Chunks are cut by their sizes alone, so that the numbers do
// not depend on the number of threads. It does not allocate.
type Evaluator struct {
	name string
	size int
	task func(i int)

	e, slope, x []float64 // only during a call
}

// NewEvaluator makes the evaluator of the energy called name, of size numbers
// in a configuration.
func NewEvaluator(name string, size int, body Body) *Evaluator {
	v := &Evaluator{name: name, size: size}
	chunk := Chunk(size)
	v.task = func(i int) {
		from, to := i*chunk, min((i+1)*chunk, len(v.e))
		var slope []float64
		if v.slope != nil {
			slope = v.slope[from*size : to*size]
		}
		body(v.e[from:to], slope, v.x[from*size:to*size])
	}
	return v
}

// Chunk is the largest number of configurations that a Body is called with.
func Chunk(size int) int { return max(1, chunkNumbers/size) }

// Eval is core.Energy's Eval.
func (v *Evaluator) Eval(dst []float64, b *core.Batch) error { return v.run(dst, nil, b) }

// Slope is core.EnergySloper's Slope. It is 0 where E is +Inf: a trajectory
// that has arrived there flies on without force, and every number stays finite.
func (v *Evaluator) Slope(slope, e []float64, b *core.Batch) error {
	if len(slope) != len(b.X) {
		panic(v.name + ": Slope: wrong length of slope")
	}
	if err := v.run(e, slope, b); err != nil {
		return err
	}
	for i, energy := range e {
		if math.IsInf(energy, 1) {
			clear(slope[i*v.size : (i+1)*v.size])
		}
	}
	return nil
}

func (v *Evaluator) run(e, slope []float64, b *core.Batch) error {
	if len(e) != b.N || len(b.X) != b.N*v.size {
		panic(v.name + ": wrong length of energies or configurations")
	}
	chunk := Chunk(v.size)
	v.e, v.slope, v.x = e, slope, b.X
	par.For((b.N+chunk-1)/chunk, v.task)
	v.e, v.slope, v.x = nil, nil, nil
	for i, energy := range e {
		if math.IsNaN(energy) || math.IsInf(energy, -1) {
			return core.Errorf(core.Numeric, "evaluate energy", v.name, "configuration %d of %d has energy %v", i, b.N, energy)
		}
	}
	return nil
}

var _ core.EnergySloper = (*Evaluator)(nil)
