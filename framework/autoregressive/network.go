package autoregressive

import (
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Network turns configurations into logits: those of site i depend on the sites before i
// in raster order. It knows nothing of probabilities, sampling or symmetry.
type Network[T tensor.Real] interface {
	// Params lists the parameters in the order in which theta holds them, with
	// their starting rules.
	Params() []*grad.Param[T]
	// Block is the number of sites per nn.Causal's Begin; the last block may be shorter.
	Block() int
	// Chunk is the largest number of samples that one pass should hold, for
	// speed alone, and tells whether its gradients may be asked for in segments.
	Chunk() (samples int, segments bool)
	// Pass makes a pass of n samples with the shared parameters. Ops that other passes
	// of the chunk read are on head. Where twin is not nil, head has twin's, and the
	// spins will be the negative of twin's: a network may make use of it.
	Pass(head *grad.Tape[T], n int, twin *Pass[T]) *Pass[T]
}

// Pass is the network applied to one chunk of n samples.
type Pass[T tensor.Real] struct {
	// Head has the first layers of all passes of the chunk, one of which may read
	// another's output; Tape has the other layers. All tapes go back before Head does.
	Head *grad.Tape[T]
	Tape grad.Tape[T]
	// X are the configurations, of n columns, sites in raster order, without adjoint; A are
	// the logits, so many rows for each site.
	X, A *grad.Var[T]

	layers []nn.Causal[T] // in order
	bounds []int          // of the segments
}

// Add appends a layer to Tape.
func (p *Pass[T]) Add(layer nn.Causal[T]) {
	p.Tape.Add(layer)
	p.layers = append(p.layers, layer)
}

// AddFirst appends the first layer l to Head, from the spins to y, or what it amounts to
// where the spins are the negative of twin's. Not so where y are the logits:
// their adjoints are given, so no op may read them.
func (p *Pass[T]) AddFirst(l interface {
	On(x, y nn.Map[T]) nn.Affine[T]
}, x, y nn.Map[T], twin *Pass[T], logits bool) {
	first := l.On(x, y)
	if twin != nil && !logits {
		first = nn.Mirror(twin.layers[0].(nn.Affine[T]), y)
	}
	p.Head.Add(first)
	p.Head.Given(y.Var)
	p.layers = append(p.layers, first)
}

// forward evaluates all layers.
func (p *Pass[T]) forward() {
	for _, l := range p.layers {
		l.Forward()
	}
}

// begin and site evaluate all layers on a block and at one site: see
// nn.Causal. site(i) needs X at sites below i and gives A at site i.
func (p *Pass[T]) begin(lo, hi int) {
	for _, l := range p.layers {
		l.Begin(lo, hi)
	}
}

func (p *Pass[T]) site(i int) {
	for _, l := range p.layers {
		l.Site(i)
	}
}

// logits are the rows of A of site i.
func (p *Pass[T]) logits(i int) []T {
	size := len(p.A.Val) / p.X.Rows
	return p.A.Val[i*size : (i+1)*size]
}
