package flow

import (
	"fmt"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Options of a flow; the zero value but for Subject fits a bijection without
// symmetries of its own.
type Options struct {
	// Subject is the plugin's name, for errors.
	Subject string
	// Images is empty, or a group with the identity first: p is the mean of q
	// over them.
	Images []Image
	// Symmetries that p has, by its bijection or by its images.
	Symmetries []core.Symmetry
	// LatentScale is core.ModelSpec.LatentScale.
	LatentScale []int
	// Base is the density of z, nil for independent normal variables. BaseKeys makes one.
	Base *core.Base
	// Scratch is about how many bytes the bijection takes for each configuration
	// that a workspace holds, beside its shares of the gradient; 0 says nothing.
	Scratch float64
	// Kept is about how many bytes it keeps for each of them, where all workspaces have no
	// more than KeptAtMost together.
	Kept, KeptAtMost float64
}

// chunks are those that a batch goes through.
type chunks[T tensor.Real] = par.Pool[*chunk[T]]

// A batch goes through chunks slab by slab. Both sizes count workspaces: chunks
// times images. They are constants, because the order of sums, and so the last
// digits, depend on them.
const (
	// drawnSlab is how many workspaces keep a draw for its pull-back through the
	// sample; larger batches are drawn a second time.
	drawnSlab = 64
	// passingSlab is for all else: enough for the processors of one machine.
	passingSlab = 32
)

// Model is a bijection as a density. It cuts batches into chunks of
// configurations, and the work on a chunk into its images. Draws have chunks of
// their own, which keep them for the pull-back through the sample, whatever is
// called in between. What it gives and takes is float64, whatever T is: it rounds what goes
// into the bijection.
type Model[T tensor.Real] struct {
	bijection Bijection[T]
	params    *grad.Params[T]
	images    []Image
	subject   string
	spec      core.ModelSpec

	drawn, passing chunks[T]
	last           draw
	mapped         int // configurations whose Map the passing chunks hold, or 0
	moving         movement[T]
	turns          turns[T]

	// The call in progress: what the parallel tasks read and write.
	call  call
	do    phases[T]
	phase phase[T]
	grads [][]*grad.Param[T] // memory of shares
	part  par.Layout         // of some of the batch drawn last

	task par.Task[*chunk[T]] // runs the phase; made once, so that a step does not allocate
}

// draw remembers the last draw, of which PathPull needs the noise. held tells
// that the chunks still have what Forward and Inverse kept.
type draw struct {
	id, seed uint64
	first    int
	rows     par.Rows
	held     bool
}

// call has the slices of the caller; those that a method does not have are nil.
type call struct {
	seed        uint64
	first       int // number of the batch's first draw
	x, z        []float64
	logP, lnDet []float64
	xbar, zbar  []float64
	w, lbar     []float64
	held        bool // the chunks have mapped as many configurations
	sum         bool // gradients are summed
	skip        int  // configurations of the chunks before the batch
}

var (
	_ core.Model         = (*Model[float64])(nil)
	_ core.PathPuller    = (*Model[float64])(nil)
	_ core.ModelSloper   = (*Model[float64])(nil)
	_ core.Mapper        = (*Model[float64])(nil)
	_ core.VelocityField = (*Model[float64])(nil)
	_ core.WeakDeriver   = (*Model[float64])(nil)
)

// New makes a model of configurations in space from a bijection of their
// space.Size() components. That of a Continuous has the power velocity, and that of a
// Pairer without images the power weak.
func New[T tensor.Real](b Bijection[T], space core.Space, o Options) *Model[T] {
	m := &Model[T]{bijection: b, do: newPhases[T](), params: grad.NewParams(b.Params()...), images: checked(o.Images, space.Size()), subject: o.Subject}
	m.spec = core.ModelSpec{Space: space, Symmetries: o.Symmetries, LatentScale: o.LatentScale, Base: o.Base, Parameters: m.params.Size(),
		Powers: []core.Power{core.PowerPath, core.PowerSlope, core.PowerMap}}
	for _, p := range m.params.Blocks() {
		m.spec.Blocks = append(m.spec.Blocks, core.Block{Name: p.Name, Shape: p.Shape})
	}
	if _, ok := b.(Pairer[T]); ok && len(m.images) == 1 {
		m.spec.Powers = append(m.spec.Powers, core.PowerWeak)
	}
	if c, ok := carries(b); ok {
		m.spec.Powers = append(m.spec.Powers, core.PowerVelocity)
		m.openMovement(c)
	}
	if grad.Bytes[T]() == grad.Bytes[float32]() {
		m.spec.Precision = singlePrecision
	}
	m.spec.Memory = m.memory(o)
	m.drawn = chunks[T]{Open: m.newChunk, Slab: max(1, drawnSlab/len(m.images))}
	m.passing = chunks[T]{Open: m.newChunk, Slab: max(1, passingSlab/len(m.images))}
	m.task = m.runTask
	return m
}

// singlePrecision is that of ln p and its derivatives in float32, with some hundred terms of
// both signs.
const singlePrecision = 1e-3

// memory estimates what the model takes: parameters with their gradient, and for
// the workspaces of both slabs, of all images, and of velocities a gradient and four
// numbers for each component.
func (m *Model[T]) memory(o Options) core.Memory {
	const wide = 8 // bytes of what is float64 whatever T is
	number := float64(grad.Bytes[T]())
	theta, images, chunk := number*float64(m.spec.Parameters), float64(max(1, len(m.images))), float64(m.bijection.Chunk())
	component := 4 * number * float64(m.size())
	fixed := theta + wide*float64(m.spec.Parameters)
	if newWhite[T](m.spec.Base, 1) != nil {
		component += wide * float64(m.size())
	}
	if base := m.spec.Base; base != nil {
		fixed += wide * float64(len(base.Mean)+len(base.Factor))
	}
	each := images * (theta/chunk + o.Scratch + component)
	most := (max(drawnSlab, images) + max(passingSlab, images)) * chunk * each / images
	if m.moving.pool.Open != nil {
		most += movingSlab * (theta + movingWidth*component)
	}
	return core.Memory{Fixed: fixed, PerConfiguration: each + images*o.Kept, Most: most + o.KeptAtMost}
}

// Spec implements core.Model.
func (m *Model[T]) Spec() core.ModelSpec { return m.spec }

// Init draws every parameter from its starting rule.
func (m *Model[T]) Init(theta []float64, seed uint64) error {
	mustLen("theta", len(theta), m.spec.Parameters)
	m.params.Start(theta, core.Streams(seed))
	return nil
}

// Load implements core.Model.
func (m *Model[T]) Load(theta []float64) error {
	mustLen("theta", len(theta), m.spec.Parameters)
	m.last, m.mapped = draw{}, 0
	m.moving.loaded++
	m.params.Load(theta)
	return nil
}

// Sample implements core.Density. Configuration i reads its own stream: z in
// order, and with images one number for the image.
func (m *Model[T]) Sample(dst *core.Batch, seed uint64, n int) error {
	m.last = draw{}
	dst.Reset(n, m.size())
	m.call = call{seed: seed, first: dst.From, x: dst.X, logP: dst.LogP}
	rows := par.RowsOf(dst.Place())
	if err := m.run(&m.drawn, "draw", rows, m.do.drawFirst, m.do.invertOthers, m.do.finish, m.do.storeDraw); err != nil {
		return err
	}
	// The ID is a name, no result depends on it; random, so that two models do
	// not take each other's batches for their own.
	dst.ID = rand.Uint64() | 1
	m.last = draw{id: dst.ID, seed: seed, first: dst.From, rows: rows, held: m.drawn.Slabs() <= 1}
	return nil
}

// LogProb implements core.Density.
func (m *Model[T]) LogProb(dst, x []float64) error {
	mustLen("x", len(x), len(dst)*m.size())
	m.call = call{x: x, logP: dst}
	return m.run(&m.passing, "evaluate ln p", par.All(len(dst)), m.do.invertAll, m.do.finish)
}

// Pull implements core.Model. It inverts b.X whoever drew it: what a draw left
// behind has derivatives at fixed z, and here x is fixed.
func (m *Model[T]) Pull(dst []float64, b *core.Batch, w []float64) error {
	m.mustFit(dst, b, w)
	m.call = call{x: b.X, w: w, sum: true}
	if err := m.run(&m.passing, "differentiate ln p", par.RowsOf(b.Place()), m.do.invertAll, m.do.finish, m.do.pullAll); err != nil {
		m.params.Sum() // of some chunks, which nobody wants
		return err
	}
	m.takeSum(dst)
	return nil
}

// Slope implements core.ModelSloper. What is not finite is passed on.
func (m *Model[T]) Slope(slope, logP, x []float64) error {
	mustLen("x", len(x), len(logP)*m.size())
	mustLen("the slope", len(slope), len(x))
	m.call = call{x: x, logP: logP, xbar: slope}
	return m.run(&m.passing, "differentiate ln p", par.All(len(logP)), m.do.invertAll, m.do.mixture, m.do.slopeAll, m.do.storeSlope)
}

// PathPull implements core.PathPuller. With y = f(z), x = g^-1 y and images y_k
// = g_k y,
//
//	ln p(x) = ln 1/G sum_k q(y_k),   d ln p = sum_k r_k d ln q(y_k),
//
// r_k = q(y_k) / sum_k q(y_k). Where y_k is not drawn, ln q(y_k) is pulled back
// through the inverse, to theta and to y, unless all lbar are zero; ln q(y_1) =
// ln p_0(z) - l and all cotangents of y through the draw.
func (m *Model[T]) PathPull(dst []float64, b *core.Batch, xbar, lbar []float64) error {
	m.mustFit(dst, b, lbar)
	mustLen("xbar", len(xbar), len(b.X))
	const op = "differentiate through the sample"
	if b.ID == 0 || b.ID != m.last.id {
		return &core.Error{Kind: core.Invalid, Op: op, Subject: m.subject,
			Err:  fmt.Errorf("the batch is not the last one drawn with these parameters"),
			Hint: "its noise is lost: draw again"}
	}
	rows := par.RowsOf(b.Place())
	m.call = call{seed: m.last.seed, first: m.last.first + rows.From - m.last.rows.From, xbar: xbar, w: lbar, sum: true}
	held, err := m.runHeld(op, rows, m.do.pullOthers, m.do.pullFirst)
	if !held {
		err = m.run(&m.drawn, op, rows, m.do.drawFirst, m.do.invertOthers, m.do.finish, m.do.pullOthers, m.do.pullFirst)
	}
	if err != nil {
		m.params.Sum() // of some chunks, which nobody wants
		return err
	}
	m.takeSum(dst)
	return nil
}

func (m *Model[T]) size() int { return m.spec.Space.Size() }

func (m *Model[T]) mustFit(dst []float64, b *core.Batch, w []float64) {
	mustLen("the gradient", len(dst), m.spec.Parameters)
	mustLen("x", len(b.X), b.N*m.size())
	mustLen("the weights", len(w), b.N)
}

func mustLen(what string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("flow: %s has length %d, want %d", what, got, want))
	}
}
