package van

import (
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
)

// A network turns spins s into logits a: a_i depends on the sites before i in
// raster order, and q(s_i = +1 | s_<i) = sigmoid(a_i). It knows nothing of
// probabilities, sampling or symmetry: model.go is the same for all.
type network interface {
	// weights lists the parameters in the order in which theta holds them, with
	// their starting rules.
	weights() []*grad.Param
	// block is the number of sites per Begin; the last block may be shorter.
	block() int
	// chunk is the largest number of samples that one pass should hold, for
	// speed alone, and tells whether its gradients may be asked for in segments.
	chunk() (samples int, segments bool)
	// pass makes a pass of n samples with the shared parameters, whose first layer
	// is on head. Where twin is not nil, head has twin's, and the spins will be the
	// negative of twin's.
	pass(head *grad.Tape, n int, twin *pass) *pass
}

// within is the starting rule U(-bound, bound).
func within(bound float64) func([]float64, *rand.Rand) {
	return func(values []float64, r *rand.Rand) {
		for i := range values {
			values[i] = bound * (2*unit(r.Uint64()) - 1)
		}
	}
}

// slope is the starting rule of PReLU's slopes.
func slope(values []float64, _ *rand.Rand) {
	for i := range values {
		values[i] = 0.5
	}
}

// pass is the network applied to one chunk of n samples.
type pass struct {
	// head has the first layers of all passes of the chunk, one of which may read
	// another's output; tape has the other layers. All tapes go back before head does.
	head *grad.Tape
	tape grad.Tape
	// s are the spins, a the logits: sites x n matrices, sites in raster order.
	s, a *grad.Var
	// layers are the pass's ops, in order.
	layers []nn.Causal
	bounds []int // of the segments
}

// add appends a layer to the tape.
func (p *pass) add(layer nn.Causal) {
	p.tape.Add(layer)
	p.layers = append(p.layers, layer)
}

// addFirst appends the first layer l, from the spins to y, or what it amounts to
// where the spins are the negative of twin's. Not so where y are the logits:
// their adjoints are given, so no op may read them.
func (p *pass) addFirst(l interface{ On(x, y nn.Map) nn.Affine }, s, y nn.Map, twin *pass, logits bool) {
	first := l.On(s, y)
	if twin != nil && !logits {
		first = nn.Mirror(twin.layers[0].(nn.Affine), y)
	}
	p.head.Add(first)
	p.head.Given(y.Var)
	p.layers = append(p.layers, first)
}

// forward evaluates all layers.
func (p *pass) forward() {
	for _, l := range p.layers {
		l.Forward()
	}
}

// begin and site evaluate all layers on a block and at one site: see
// nn.Causal. site(i) needs s at sites below i and gives a at site i.
func (p *pass) begin(lo, hi int) {
	for _, l := range p.layers {
		l.Begin(lo, hi)
	}
}

func (p *pass) site(i int) {
	for _, l := range p.layers {
		l.Site(i)
	}
}
