package grad

import (
	"fmt"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Run is a contiguous piece of a Param's storage.
type Run struct{ Off, Len int }

// Param is one piece of the parameters, shared by the tapes of all chunks.
// Val, Grad and Sum are stored as its op likes to read them. Live, when not nil,
// lists the pieces of the storage that are parameters, in the order in which
// theta holds them; the rest of Val stays zero, the rest of Grad and Sum is scratch.
type Param[T tensor.Real] struct {
	Name  string
	Shape []int // of the parameters as a reader sees them; its product is Size()
	Val   []T   // theta, rounded
	// Grad is what a thread has of the gradient, and Sum the gradient of the batch. In
	// float64 they are the same memory; in float32 a Share has Grad, and all others Sum.
	Grad []T
	Sum  []float64
	Live []Run
	// Start draws the starting values; nil leaves zeros.
	Start func(values []float64, r *rand.Rand)

	off int // in theta, set by NewParams
}

// NewParam returns a Param whose whole storage, of the given shape, is live.
func NewParam[T tensor.Real](name string, shape ...int) *Param[T] {
	size := 1
	for _, d := range shape {
		size *= d
	}
	return newParam(&Param[T]{Name: name, Shape: shape}, size)
}

// NewMaskedParam returns a Param of which only the live pieces are parameters;
// its Shape is their number.
func NewMaskedParam[T tensor.Real](name string, storage int, live []Run) *Param[T] {
	size := 0
	for _, r := range live {
		size += r.Len
	}
	return newParam(&Param[T]{Name: name, Shape: []int{size}, Live: live}, storage)
}

func newParam[T tensor.Real](p *Param[T], storage int) *Param[T] {
	p.Val, p.Sum = make([]T, storage), make([]float64, storage)
	p.Grad, _ = any(p.Sum).([]T)
	return p
}

// Share returns a Param with the same parameters and a gradient of its own, for
// a thread that sums a part of the whole.
func (p *Param[T]) Share() *Param[T] {
	twin := *p
	twin.Grad = make([]T, len(p.Val))
	twin.Sum, _ = any(twin.Grad).([]float64)
	return &twin
}

// Size is the number of parameters: the space it takes in theta.
func (p *Param[T]) Size() int {
	size := 1
	for _, d := range p.Shape {
		size *= d
	}
	return size
}

// In is the place of the parameters in a flat theta or gradient of the Params that
// the Param belongs to.
func (p *Param[T]) In(flat []float64) []float64 { return flat[p.off : p.off+p.Size()] }

// Place is where In begins.
func (p *Param[T]) Place() int { return p.off }

// Load copies the parameters from theta, of length Size, to Val.
func (p *Param[T]) Load(theta []float64) { p.LoadPart(theta, 0, 1) }

// Unload copies the gradient from Sum to dst, of length Size.
func (p *Param[T]) Unload(dst []float64) { p.UnloadPart(dst, 0, 1) }

// LoadPart, UnloadPart and ClearPart do one of so many disjoint parts of Load,
// of Unload and of clearing the gradient, so that many tasks can share the work.
func (p *Param[T]) LoadPart(theta []float64, part, parts int) {
	move(p, p.Val, theta, part, parts, convert[T, float64])
}

// UnloadPart is one part of Unload.
func (p *Param[T]) UnloadPart(dst []float64, part, parts int) {
	move(p, p.Sum, dst, part, parts, func(stored, packed []float64) { copy(packed, stored) })
}

// ClearPart is one part of clearing the gradient.
func (p *Param[T]) ClearPart(part, parts int) {
	n := len(p.Val)
	from, to := n*part/parts, n*(part+1)/parts
	if p.Sum != nil {
		clear(p.Sum[from:to])
	} else {
		clear(p.Grad[from:to])
	}
}

// move cuts storage without dead pieces by length, and the others by runs.
func move[T, S tensor.Real](p *Param[T], storage []S, packed []float64, part, parts int, one func(stored []S, packed []float64)) {
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
