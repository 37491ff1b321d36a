package vae

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Model is the autoencoder.
type Model struct {
	spec             core.ModelSpec
	d, latents       int
	encoder, decoder *nn.Perceptron[float64]
	visible          visible
	params           *grad.Params[float64]

	pool   par.Pool[*workspace]
	shares [][]*grad.Param[float64] // of a slab
	call   call

	// Tasks.
	bound, pull, encode, draw par.Task[*workspace]
}

var (
	_ core.Model   = (*Model)(nil)
	_ core.Bounder = (*Model)(nil)
)

// call has the slices of the caller.
type call struct {
	x, eps, dst, bar, deviation []float64
	seed                        uint64
	first                       int
}

const (
	// chunk is how many configurations go through a layer at a time: more than make its
	// products fast, and few enough to stay in the cache.
	chunk = 128
	// slab is how many chunks have gradients of their own at a time.
	slab = 16
)

func newModel(c config, space core.Space, encoder, decoder []int, v visible, bytes float64) *Model {
	f := activations[c.Activation]
	m := &Model{d: space.Size(), latents: c.Latents, visible: v,
		encoder: nn.NewPerceptron[float64]("encoder", f, encoder...), decoder: nn.NewPerceptron[float64]("decoder", f, decoder...)}
	last := m.encoder.Layers[len(m.encoder.Layers)-1]
	last.W.Start, last.B.Start = m.narrow(last.W.Start), m.narrow(last.B.Start)
	m.params = grad.NewParams(slices.Concat(m.encoder.Params(), m.decoder.Params(), v.params(c.Sigma))...)
	m.spec = core.ModelSpec{Space: space, Parameters: m.params.Size(), Latents: c.Latents, Powers: powers,
		Memory: core.Memory{Fixed: bytes + 8*chunk*slab*m.columns()}}
	for _, p := range m.params.Blocks() {
		m.spec.Blocks = append(m.spec.Blocks, core.Block{Name: p.Name, Shape: p.Shape})
	}
	m.pool.Open, m.pool.Slab, m.pool.Padded = m.open, slab, true
	m.bound, m.pull, m.encode, m.draw = m.boundChunk, m.pullChunk, m.encodeChunk, m.drawChunk
	return m
}

// narrow is a starting rule with zeros for l, so that s = 1 at the start.
func (m *Model) narrow(start func([]float64, *rand.Rand)) func([]float64, *rand.Rand) {
	return func(values []float64, r *rand.Rand) {
		start(values, r)
		clear(values[len(values)/2:])
	}
}

// columns is about how many numbers a workspace has of a configuration.
func (m *Model) columns() float64 {
	numbers := m.d + 4*m.latents
	for _, y := range slices.Concat(m.encoder.Layers, m.decoder.Layers) {
		numbers += 3 * (y.In + y.Out)
	}
	return float64(numbers)
}

// workspace is for a chunk of configurations, whose numbers stand side by side in rows at the
// distance ld.
type workspace struct {
	ld               int
	encoder, decoder *nn.PerceptronOn[float64]
	visible          visible
	grads            []*grad.Param[float64]
	x, eps, s, y     []float64 // x as p(x|z) reads it, y of the decoder
	lnW, bar         []float64
}

func (m *Model) open(n int) *workspace {
	w := &workspace{encoder: m.encoder.On(n), decoder: m.decoder.On(n)}
	w.ld = w.encoder.Stride
	var own []*grad.Param[float64]
	w.visible, own = m.visible.share()
	w.grads = slices.Concat(w.encoder.Params(), w.decoder.Params(), own)
	w.x, w.eps, w.s = make([]float64, m.d*w.ld), make([]float64, m.latents*w.ld), make([]float64, m.latents*w.ld)
	w.lnW, w.bar = make([]float64, w.ld), make([]float64, w.ld)
	return w
}

// Spec implements core.Model.
func (m *Model) Spec() core.ModelSpec { return m.spec }

// Init implements core.Model.
func (m *Model) Init(theta []float64, seed uint64) error {
	m.params.Start(theta, core.Streams(seed))
	return nil
}

// Load implements core.Model.
func (m *Model) Load(theta []float64) error {
	m.params.Load(theta)
	return nil
}

// LogProb implements core.Density: ln p is an integral over z.
func (m *Model) LogProb([]float64, []float64) error { return core.RowLogProb.Lacks(name) }

// Pull implements core.Model, likewise.
func (m *Model) Pull([]float64, *core.Batch, []float64) error { return core.RowPull.Lacks(name) }

// each runs a task on all chunks of n configurations.
func (m *Model) each(c call, n int, task par.Task[*workspace]) error {
	m.call = c
	defer func() { m.call = call{} }()
	return m.pool.Each(par.CutBy(par.All(n), chunk), task)
}

// columnsOf puts the rows of a chunk side by side.
func columnsOf(dst []float64, ld int, rows []float64, at par.Span, each int) {
	tensor.Transpose(dst, ld, rows[at.From*each:], at.N, each, each)
}

// Bound implements core.Bounder.
func (m *Model) Bound(dst, x, eps []float64) error {
	return m.each(call{x: x, eps: eps, dst: dst}, len(dst), m.bound)
}

func (m *Model) boundChunk(w *workspace, at par.Span) error {
	m.forward(w, at)
	copy(m.call.dst[at.From:at.From+at.N], w.lnW)
	return nil
}

// read makes mu and l, one below the other, of the configurations of a chunk.
func (m *Model) read(w *workspace, at par.Span) []float64 {
	columnsOf(w.encoder.Inputs(), w.ld, m.call.x, at, m.d)
	return w.encoder.Forward(at.N)
}

// forward makes ln w.
func (m *Model) forward(w *workspace, at par.Span) {
	mu := m.read(w, at)
	l := mu[m.latents*w.ld:]
	columnsOf(w.eps, w.ld, m.call.eps, at, m.latents)
	z := w.decoder.Inputs()
	clear(w.lnW)
	for from := 0; from < len(w.eps); from += w.ld {
		for i := range at.N {
			k := from + i
			eps := w.eps[k]
			w.s[k] = math.Exp(l[k])
			z[k] = mu[k] + w.s[k]*eps
			w.lnW[i] += (eps*eps-z[k]*z[k])/2 + l[k]
		}
	}
	copy(w.x, w.encoder.Inputs())
	w.visible.read(w.x)
	w.y = w.decoder.Forward(at.N)
	w.visible.logP(w.lnW, w.y, w.x, at.N, w.ld)
}

// BoundPull implements core.Bounder.
func (m *Model) BoundPull(dst []float64, b *core.Batch, bar []float64) error {
	m.call = call{x: b.X, eps: core.LatentNoise.Of(b), bar: bar}
	defer func() { m.call = call{} }()
	m.pool.Prepare(par.CutBy(par.RowsOf(b.Place()), chunk))
	for s := range m.pool.Slabs() {
		if err := m.pool.Run(s, 1, m.pull); err != nil {
			return err
		}
		_, segments := m.pool.Of(s)
		m.shares = m.shares[:0]
		for _, k := range segments {
			m.shares = append(m.shares, m.pool.Work(k.Chunk).grads)
		}
		m.params.Add(segments, m.shares...)
	}
	m.params.Sum()
	m.params.Unload(dst)
	return nil
}

func (m *Model) pullChunk(w *workspace, at par.Span) error {
	for _, p := range w.grads {
		clear(p.Grad)
	}
	m.forward(w, at)
	copy(w.bar, m.call.bar[at.From:at.From+at.N])
	w.visible.pull(w.decoder.Cotangents(), w.bar, w.y, w.x, at.N, w.ld)
	zbar, z, mubar := w.decoder.Backward(at.N, true), w.decoder.Inputs(), w.encoder.Cotangents()
	lbar := mubar[m.latents*w.ld:]
	for from := 0; from < len(w.eps); from += w.ld {
		for i, bar := range w.bar[:at.N] {
			k := from + i
			mubar[k] = zbar[k] - bar*z[k]
			lbar[k] = mubar[k]*w.s[k]*w.eps[k] + bar
		}
	}
	w.encoder.Backward(at.N, false)
	return nil
}

// Encode implements core.Bounder.
func (m *Model) Encode(mean, deviation, x []float64) error {
	return m.each(call{x: x, dst: mean, deviation: deviation}, len(x)/m.d, m.encode)
}

func (m *Model) encodeChunk(w *workspace, at par.Span) error {
	mu := m.read(w, at)
	l := mu[m.latents*w.ld:]
	for i := range at.N {
		for k := range m.latents {
			at := (at.From+i)*m.latents + k
			m.call.dst[at], m.call.deviation[at] = mu[k*w.ld+i], math.Exp(l[k*w.ld+i])
		}
	}
	return nil
}

// Sample implements core.Density: z ~ p(z), x ~ p(x|z).
func (m *Model) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, m.d)
	dst.ID, dst.LogP = rand.Uint64()|1, dst.LogP[:0]
	return m.each(call{dst: dst.X, seed: seed, first: dst.From}, n, m.draw)
}

func (m *Model) drawChunk(w *workspace, at par.Span) error {
	z, streams := w.decoder.Inputs(), make([]rand.PCG, at.N)
	for i := range at.N {
		core.SeedStream(&streams[i], m.call.seed, uint64(m.call.first+at.From+i))
		random := rand.New(&streams[i])
		for k := range m.latents {
			z[k*w.ld+i] = random.NormFloat64()
		}
	}
	y := w.decoder.Forward(at.N)
	for i := range at.N {
		random := rand.New(&streams[i])
		for j := range m.d {
			m.call.dst[(at.From+i)*m.d+j] = w.visible.draw(y[j*w.ld+i], random)
		}
	}
	return nil
}
