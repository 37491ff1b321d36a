package grad

import (
	"fmt"
	"math/rand/v2"
)

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
	// Start draws the starting values; nil leaves zeros.
	Start func(values []float64, r *rand.Rand)

	off int // in theta, set by NewParams
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

// In is the place of the parameters in a flat theta or gradient of the Params that
// the Param belongs to.
func (p *Param) In(flat []float64) []float64 { return flat[p.off : p.off+p.Size()] }

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
