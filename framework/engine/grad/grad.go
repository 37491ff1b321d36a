// Package grad is reverse mode on a static tape: the graph of one chunk of the
// batch is built once and run many times, without allocating.
//
// The chunks of a batch have a tape each and share their Params. A pull-back
// is two phases: Backward of every tape, in parallel over the chunks; then
// Accumulate of every Weighted op, in parallel over (op, tile) and for each
// tile over the segments of chunks, in the tree of a Stack. A tile of a gradient is summed by
// one task only, so the result is the same bit for bit for any number of threads.
package grad

import (
	"fmt"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Var is one quantity of one chunk: a Rows x Cols matrix, row-major and
// contiguous, with the batch along the columns.
type Var[T tensor.Real] struct {
	Rows, Cols int
	Val        []T // values, written by Forward
	Adj        []T // adjoints dL/dVal, added to by Backward; nil for data
}

// NewVar returns a zero Rows x Cols quantity.
func NewVar[T tensor.Real](rows, cols int) *Var[T] {
	return &Var[T]{Rows: rows, Cols: cols, Val: make([]T, rows*cols), Adj: make([]T, rows*cols)}
}

// NewData returns a zero Rows x Cols quantity without adjoint: ops skip the
// work of differentiating in it.
func NewData[T tensor.Real](rows, cols int) *Var[T] {
	return &Var[T]{Rows: rows, Cols: cols, Val: make([]T, rows*cols)}
}

// Row is row r of Val.
func (v *Var[T]) Row(r int) []T { return v.Val[r*v.Cols : (r+1)*v.Cols] }

// View returns the same memory as a matrix of another shape.
func (v *Var[T]) View(rows, cols int) *Var[T] {
	if rows*cols != v.Rows*v.Cols {
		panic(fmt.Sprintf("grad: view of a %dx%d Var as %dx%d", v.Rows, v.Cols, rows, cols))
	}
	return &Var[T]{Rows: rows, Cols: cols, Val: v.Val, Adj: v.Adj}
}

// Op is one step of a tape.
type Op[T tensor.Real] interface {
	// Inputs are the Vars that it reads and, where they have an adjoint, adds
	// to in Backward.
	Inputs() []*Var[T]
	// Forward computes Val of the outputs from Val of the inputs.
	Forward()
	// Backward adds to Adj of the inputs what Adj of the outputs imply.
	Backward()
}

// Setter is an Op that can write the adjoints of its inputs as well as add to them:
// the tape then need not clear them.
type Setter[T tensor.Real] interface {
	Op[T]
	// BackwardSet is Backward as if Adj of all inputs were zero, whatever it holds.
	BackwardSet()
}

// Weighted is an Op with parameters.
type Weighted[T tensor.Real] interface {
	Op[T]
	// Tiles is the number of disjoint pieces of the op's parameter gradients;
	// it is the same for every chunk, and so is TileSize, how many numbers a tile
	// has.
	Tiles() int
	TileSize(tile int) int
	// Segment says that gradients are asked for segments of the samples: segment k
	// has samples bounds[k] to bounds[k+1]-1. It comes before Backward; at first one
	// segment has all samples.
	Segment(bounds []int)
	// Accumulate adds a segment's part of a tile to sum, from Val of the inputs
	// and Adj of the outputs. It follows Backward, which may have prepared it.
	Accumulate(tile, segment int, sum []T)
	// AddTile adds a tile's sum over the batch to its place in Param.Sum.
	AddTile(tile int, sum []float64)
}

// Tape is the list of ops of one chunk, in the order of evaluation.
type Tape[T tensor.Real] struct {
	ops []Op[T]
	// fresh[i] are the Vars that ops[i] is the first to add to in Backward, of the
	// differentiated[i] that it adds to.
	fresh          [][]*Var[T]
	differentiated []int
	given          []*Var[T]
	bytes          int
}

// Var makes a Rows x Cols quantity that counts in Bytes.
func (t *Tape[T]) Var(rows, cols int) *Var[T] {
	t.bytes += 2 * Bytes[T]() * rows * cols
	return NewVar[T](rows, cols)
}

// Count adds numbers that an op keeps to Bytes.
func (t *Tape[T]) Count(numbers int) { t.bytes += Bytes[T]() * numbers }

// Given says that another tape, which goes back first, sets the adjoint of v: ops that
// are added from now on add to it.
func (t *Tape[T]) Given(v *Var[T]) { t.given = append(t.given, v) }

// Add appends an op.
func (t *Tape[T]) Add(op Op[T]) {
	var inputs []*Var[T]
	count := 0
	for _, v := range op.Inputs() {
		if len(v.Adj) > 0 {
			count++
		}
		if len(v.Adj) == 0 || slices.ContainsFunc(t.given, func(u *Var[T]) bool { return &u.Adj[0] == &v.Adj[0] }) {
			continue
		}
		for i := range t.fresh {
			t.fresh[i] = slices.DeleteFunc(t.fresh[i], func(u *Var[T]) bool { return &u.Adj[0] == &v.Adj[0] })
		}
		inputs = append(inputs, v)
	}
	t.ops, t.fresh, t.differentiated = append(t.ops, op), append(t.fresh, inputs), append(t.differentiated, count)
}

// Ops are the tape's ops in order; the caller must not change the slice.
func (t *Tape[T]) Ops() []Op[T] { return t.ops }

// Bytes is the memory of all Vars made by Var.
func (t *Tape[T]) Bytes() int { return t.bytes }

// Forward runs the ops in order.
func (t *Tape[T]) Forward() {
	for _, op := range t.ops {
		op.Forward()
	}
}

// Backward runs the ops in reverse order. The caller has set the adjoints of
// the outputs, the Vars that no op reads, and another tape those that are Given; all others are set by the first op, if it is a Setter of
// nothing else, or cleared just before they are added to, when they have to enter the cache
// anyway.
func (t *Tape[T]) Backward() {
	for i := len(t.ops) - 1; i >= 0; i-- {
		if op, ok := t.ops[i].(Setter[T]); ok && len(t.fresh[i]) > 0 && len(t.fresh[i]) == t.differentiated[i] {
			op.BackwardSet()
			continue
		}
		for _, v := range t.fresh[i] {
			clear(v.Adj)
		}
		t.ops[i].Backward()
	}
}
