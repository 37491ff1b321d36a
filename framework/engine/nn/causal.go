package nn

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Causal is an op whose output at site i depends on its input at sites up to
// i only, or before i only. It can be evaluated site by site, for sampling:
//
//	for each block lo..hi-1 of sites, in order:
//		for each layer: Begin(lo, hi)
//		for each site i in lo..hi-1:
//			for each layer: Site(i)
//
// Afterwards every Var holds what Forward would have written, bit for bit, so
// that Backward can follow, and what is drawn has the ln p of the same configuration given. Which blocks a layer accepts is its own choice: a
// dense layer any, a convolution one image row.
type Causal[T tensor.Real] interface {
	grad.Op[T]
	// Begin sets the outputs of sites lo..hi-1 to what inputs at sites below
	// lo contribute, biases included.
	Begin(lo, hi int)
	// Site completes the output of site i, given the inputs of sites lo..i
	// (lo..i-1 where the layer is exclusive).
	Site(i int)
}

// Map is a Var over the sites of a lattice. Site i = y*Width + x has its
// channels in rows y*Channels .. (y+1)*Channels-1 and its N samples in columns
// x*N .. (x+1)*N-1: memory is [y][channel][x][sample]. Width = 1 gives the
// plain [site][channel][sample] of dense networks; Width = Lx lets a
// convolution shift whole image rows. With one channel both are
// [site][sample].
type Map[T tensor.Real] struct {
	*grad.Var[T]
	Sites, Channels, Width, N int
}

// NewMap makes a Map on the tape. Width must divide sites.
func NewMap[T tensor.Real](t *grad.Tape[T], sites, channels, width, n int) Map[T] {
	if width < 1 || sites%width != 0 {
		panic(fmt.Sprintf("nn: %d sites in rows of %d", sites, width))
	}
	return Map[T]{t.Var(sites/width*channels, width*n), sites, channels, width, n}
}

// Like makes a Map of the same geometry with another number of channels.
func (m Map[T]) Like(t *grad.Tape[T], channels int) Map[T] {
	return NewMap(t, m.Sites, channels, m.Width, m.N)
}

// At is the offset in Val and Adj of site i's first channel and first sample.
// The site is a Channels x N matrix with row stride Cols from there.
func (m Map[T]) At(i int) int {
	return i/m.Width*m.Channels*m.Cols + i%m.Width*m.N
}

// site and siteAdj are the matrices of site i in Val and in Adj, channels x samples, of a Map
// with Width 1.
func (m Map[T]) site(i int) []T {
	size := m.Channels * m.N
	return m.Val[i*size : (i+1)*size]
}

func (m Map[T]) siteAdj(i int) []T {
	size := m.Channels * m.N
	return m.Adj[i*size : (i+1)*size]
}

// zero stands for the biases of layers that have none.
func zero[T tensor.Real]() (z []T) {
	switch z := any(&z).(type) {
	case *[]float64:
		*z = zero64
	case *[]float32:
		*z = zero32
	}
	return z
}

var (
	zero64 = []float64{0}
	zero32 = []float32{0}
)
