// Package grad is reverse mode on a static tape: the graph of one chunk of the
// batch is built once and run many times, without allocating.
//
// The chunks of a batch have a tape each and share their Params. A pull-back
// is two phases: Backward of every tape, in parallel over the chunks; then
// Accumulate of every Weighted op, in parallel over (op, tile) and for each
// tile over the chunks in order. A tile of a gradient is written by one task
// only, so the result is the same bit for bit for any number of threads.
package grad

import (
	"fmt"
	"slices"
)

// Var is one quantity of one chunk: a Rows x Cols matrix, row-major and
// contiguous, with the batch along the columns.
type Var struct {
	Rows, Cols int
	Val        []float64 // values, written by Forward
	Adj        []float64 // adjoints dL/dVal, added to by Backward; nil for data
}

// NewVar returns a zero Rows x Cols quantity.
func NewVar(rows, cols int) *Var {
	return &Var{Rows: rows, Cols: cols, Val: make([]float64, rows*cols), Adj: make([]float64, rows*cols)}
}

// NewData returns a zero Rows x Cols quantity without adjoint: ops skip the
// work of differentiating in it.
func NewData(rows, cols int) *Var {
	return &Var{Rows: rows, Cols: cols, Val: make([]float64, rows*cols)}
}

// Row is row r of Val.
func (v *Var) Row(r int) []float64 { return v.Val[r*v.Cols : (r+1)*v.Cols] }

// View returns the same memory as a matrix of another shape.
func (v *Var) View(rows, cols int) *Var {
	if rows*cols != v.Rows*v.Cols {
		panic(fmt.Sprintf("grad: view of a %dx%d Var as %dx%d", v.Rows, v.Cols, rows, cols))
	}
	return &Var{Rows: rows, Cols: cols, Val: v.Val, Adj: v.Adj}
}

// Run is a contiguous piece of a Param's storage.
type Run struct{ Off, Len int }

// Param is one piece of the parameters, shared by the tapes of all chunks.
// Val and Grad are stored as its op likes to read them. Live, when not nil,
// lists the pieces of the storage that are parameters, in the order in which
// theta holds them; the rest of Val stays zero, the rest of Grad is scratch.
type Param struct {
	Name      string
	Shape     []int // of the parameters as a reader sees them; its product is Size()
	Val, Grad []float64
	Live      []Run
}

// NewParam returns a Param whose whole storage, of the given shape, is live.
func NewParam(name string, shape ...int) *Param {
	size := 1
	for _, d := range shape {
		size *= d
	}
	return &Param{Name: name, Shape: shape, Val: make([]float64, size), Grad: make([]float64, size)}
}

// NewMaskedParam returns a Param of which only the live pieces are parameters;
// its Shape is their number.
func NewMaskedParam(name string, storage int, live []Run) *Param {
	size := 0
	for _, r := range live {
		size += r.Len
	}
	return &Param{Name: name, Shape: []int{size}, Val: make([]float64, storage), Grad: make([]float64, storage), Live: live}
}

// Share returns a Param with the same parameters and a gradient of its own, for
// a thread that sums a part of the whole.
func (p *Param) Share() *Param {
	twin := *p
	twin.Grad = make([]float64, len(p.Grad))
	return &twin
}

// Size is the number of parameters: the space it takes in theta.
func (p *Param) Size() int {
	size := 1
	for _, d := range p.Shape {
		size *= d
	}
	return size
}

// Load copies the parameters from theta, of length Size, to Val.
func (p *Param) Load(theta []float64) { p.LoadPart(theta, 0, 1) }

// Unload copies the gradient from Grad to dst, of length Size.
func (p *Param) Unload(dst []float64) { p.UnloadPart(dst, 0, 1) }

// LoadPart, UnloadPart and ClearPart do one of so many disjoint parts of Load,
// of Unload and of clearing Grad, so that many tasks can share the work.
func (p *Param) LoadPart(theta []float64, part, parts int) {
	p.move(p.Val, theta, part, parts, func(stored, packed []float64) { copy(stored, packed) })
}

// UnloadPart is one part of Unload.
func (p *Param) UnloadPart(dst []float64, part, parts int) {
	p.move(p.Grad, dst, part, parts, func(stored, packed []float64) { copy(packed, stored) })
}

// ClearPart is one part of clearing Grad.
func (p *Param) ClearPart(part, parts int) {
	n := len(p.Grad)
	clear(p.Grad[n*part/parts : n*(part+1)/parts])
}

// move cuts storage without dead pieces by length, and the others by runs.
func (p *Param) move(storage, packed []float64, part, parts int, one func(stored, packed []float64)) {
	if len(packed) != p.Size() {
		panic(fmt.Sprintf("grad: %s has %d parameters, not %d", p.Name, p.Size(), len(packed)))
	}
	if p.Live == nil {
		from, to := len(packed)*part/parts, len(packed)*(part+1)/parts
		one(storage[from:to], packed[from:to])
		return
	}
	from, to := len(p.Live)*part/parts, len(p.Live)*(part+1)/parts
	for _, r := range p.Live[:from] {
		packed = packed[r.Len:]
	}
	for _, r := range p.Live[from:to] {
		one(storage[r.Off:r.Off+r.Len], packed[:r.Len])
		packed = packed[r.Len:]
	}
}

// Op is one step of a tape.
type Op interface {
	// Inputs are the Vars that it reads and, where they have an adjoint, adds
	// to in Backward.
	Inputs() []*Var
	// Forward computes Val of the outputs from Val of the inputs.
	Forward()
	// Backward adds to Adj of the inputs what Adj of the outputs imply.
	Backward()
}

// Setter is an Op with one input, whose adjoint it can write as well as add to:
// the tape then need not clear it.
type Setter interface {
	Op
	// BackwardSet is Backward as if the input's Adj were zero, whatever it holds.
	BackwardSet()
}

// Weighted is an Op with parameters.
type Weighted interface {
	Op
	// Tiles is the number of disjoint pieces of the op's parameter gradients;
	// it is the same for every chunk.
	Tiles() int
	// Accumulate adds this chunk's share to tile's piece of Param.Grad, from
	// Val of the inputs and Adj of the outputs. It follows Backward, which may
	// have prepared it.
	Accumulate(tile int)
}

// Tape is the list of ops of one chunk, in the order of evaluation.
type Tape struct {
	ops []Op
	// fresh[i] are the Vars that ops[i] is the first to add to in Backward.
	fresh [][]*Var
	bytes int
}

// Var makes a Rows x Cols quantity that counts in Bytes.
func (t *Tape) Var(rows, cols int) *Var {
	t.bytes += 2 * 8 * rows * cols
	return NewVar(rows, cols)
}

// Add appends an op.
func (t *Tape) Add(op Op) {
	var inputs []*Var
	for _, v := range op.Inputs() {
		if len(v.Adj) == 0 {
			continue
		}
		for i := range t.fresh {
			t.fresh[i] = slices.DeleteFunc(t.fresh[i], func(u *Var) bool { return &u.Adj[0] == &v.Adj[0] })
		}
		inputs = append(inputs, v)
	}
	t.ops, t.fresh = append(t.ops, op), append(t.fresh, inputs)
}

// Ops are the tape's ops in order; the caller must not change the slice.
func (t *Tape) Ops() []Op { return t.ops }

// Bytes is the memory of all Vars made by Var.
func (t *Tape) Bytes() int { return t.bytes }

// Forward runs the ops in order.
func (t *Tape) Forward() {
	for _, op := range t.ops {
		op.Forward()
	}
}

// Backward runs the ops in reverse order. The caller has set the adjoints of
// the outputs, the Vars that no op reads; all others are set by the first Setter,
// or cleared just before they are added to, when they have to enter the cache
// anyway.
func (t *Tape) Backward() {
	for i := len(t.ops) - 1; i >= 0; i-- {
		if op, ok := t.ops[i].(Setter); ok && len(t.fresh[i]) > 0 {
			op.BackwardSet()
			continue
		}
		for _, v := range t.fresh[i] {
			clear(v.Adj)
		}
		t.ops[i].Backward()
	}
}
