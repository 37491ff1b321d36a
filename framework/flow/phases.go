package flow

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// phase is one parallel step of a call: a task for some of the views of every
// chunk. at is the chunk's first configuration.
type phase[T tensor.Real] struct {
	views views
	run   func(m *Model[T], c *chunk[T], k, at int) error
}

type views int

const (
	firstView views = iota
	otherViews
	allViews
)

// phases are all there are, made once, so that a step does not allocate.
type phases[T tensor.Real] struct {
	drawFirst, invertOthers, invertAll, mixture, finish, storeDraw phase[T]
	pullAll, slopeAll, storeSlope, pullOthers, pullFirst           phase[T]
	mapForward, storeX, mapInverse, mapPull                        phase[T]
}

func newPhases[T tensor.Real]() phases[T] {
	return phases[T]{
		drawFirst:    phase[T]{firstView, (*Model[T]).drawFirst},
		invertOthers: phase[T]{otherViews, (*Model[T]).invertOthers},
		invertAll:    phase[T]{allViews, (*Model[T]).invertAll},
		mixture:      phase[T]{firstView, (*Model[T]).mixture},
		finish:       phase[T]{firstView, (*Model[T]).finish},
		storeDraw:    phase[T]{firstView, (*Model[T]).storeDraw},
		pullAll:      phase[T]{allViews, (*Model[T]).pullAll},
		slopeAll:     phase[T]{allViews, (*Model[T]).slopeAll},
		storeSlope:   phase[T]{firstView, (*Model[T]).storeSlope},
		pullOthers:   phase[T]{otherViews, (*Model[T]).pullOthers},
		pullFirst:    phase[T]{firstView, (*Model[T]).pullFirst},
		mapForward:   phase[T]{firstView, (*Model[T]).mapForward},
		storeX:       phase[T]{firstView, (*Model[T]).storeX},
		mapInverse:   phase[T]{firstView, (*Model[T]).mapInverse},
		mapPull:      phase[T]{firstView, (*Model[T]).mapPull},
	}
}

// drawFirst draws z and maps it to y.
func (m *Model[T]) drawFirst(c *chunk[T], _, at int) error {
	c.noise(m.call.seed, m.call.first+at)
	v := c.views[0]
	return v.density(v.work.Forward(v.x, v.l, v.z), at)
}

// invertOthers evaluates ln q at the images of y.
func (m *Model[T]) invertOthers(c *chunk[T], k, at int) error {
	v := c.views[k]
	applyImage(m.images[k], v.x, c.views[0].x, c.n)
	return v.density(v.work.Inverse(v.z, v.l, v.x), at)
}

// invertAll evaluates ln q at the images of given x.
func (m *Model[T]) invertAll(c *chunk[T], k, at int) error {
	v := c.views[k]
	transpose(v.xbar, c.n, m.call.x[at*c.d:], c.n, c.d, c.d)
	applyImage(m.images[k], v.x, v.xbar, c.n)
	return v.density(v.work.Inverse(v.z, v.l, v.x), at)
}

// mixture computes ln p and the shares of the images.
func (m *Model[T]) mixture(c *chunk[T], _, at int) error {
	c.mix()
	if m.call.logP != nil {
		copy(m.call.logP[at:], c.logP)
	}
	return nil
}

// finish is mixture where ln p has to be finite.
func (m *Model[T]) finish(c *chunk[T], k, at int) error {
	_ = m.mixture(c, k, at) // has no errors
	return c.finite(at)
}

// storeDraw writes x = g^-1 y.
func (m *Model[T]) storeDraw(c *chunk[T], _, at int) error {
	return c.store(m.call.x[at*c.d:], m.images, at)
}

// pullAll pulls sum_j w_j ln p(x_j) back through all inverses, at fixed x.
func (m *Model[T]) pullAll(c *chunk[T], k, at int) error {
	c.views[k].pullDensity(m.weights(c, at), true)
	return nil
}

// slopeAll is pullAll of sum_j ln p(x_j), in x alone.
func (m *Model[T]) slopeAll(c *chunk[T], k, _ int) error {
	c.views[k].pullDensity(nil, false)
	return nil
}

// storeSlope sums the slopes of the images.
func (m *Model[T]) storeSlope(c *chunk[T], _, at int) error {
	v := c.views[0]
	for k := 1; k < len(c.views); k++ {
		addImage(m.images[k], v.xbar, c.views[k].xbar, c.n)
	}
	transpose(m.call.xbar[at*c.d:], c.d, v.xbar, c.d, c.n, c.n)
	return nil
}

// pullOthers is pullAll for the images that were not drawn. They have no part
// in a path gradient, whose weights are zero.
func (m *Model[T]) pullOthers(c *chunk[T], k, at int) error {
	if slices.ContainsFunc(m.weights(c, at), func(w float64) bool { return w != 0 }) {
		return m.pullAll(c, k, at)
	}
	clear(c.views[k].xbar)
	return nil
}

// pullFirst collects the cotangents of y and pulls them through the draw.
func (m *Model[T]) pullFirst(c *chunk[T], _, at int) error {
	v := c.views[0]
	c.loadCotangent(v.xbar, m.call.xbar[at*c.d:], m.images)
	for k := 1; k < len(c.views); k++ {
		addImage(m.images[k], v.xbar, c.views[k].xbar, c.n)
	}
	for j, w := range m.weights(c, at) {
		v.lbar[j] = -w * v.share[j]
	}
	v.work.PullForward(v.zbar, v.xbar, v.lbar, true)
	return nil
}
