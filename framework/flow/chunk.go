package flow

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// chunk is n configurations with all their images. In a draw, view[0] is y = f(z)
// by Forward and view[k] its image g_k y by Inverse; of given configurations all
// views are by Inverse.
type chunk[T tensor.Real] struct {
	n, d  int
	views []*view[T]
	image []int // the configuration drawn is g^-1 y with this g
	logP  []float64

	pcg    rand.PCG
	random *rand.Rand // reads pcg
}

// view is a workspace with what goes in and comes out of it: d x n matrices and
// rows of n numbers.
type view[T tensor.Real] struct {
	base       *core.Base
	work       Workspace[T]
	grads      []*grad.Param[T]
	x, z       []T
	u          []float64 // memory for white, or nil
	l, lnQ     []float64
	xbar, zbar []T
	lbar       []float64
	share      []float64 // q(g_k x) / sum_k q(g_k x)
}

func (m *Model[T]) newChunk(n int) *chunk[T] {
	d := m.spec.Space.Size()
	c := &chunk[T]{n: n, d: d, image: make([]int, n), logP: make([]float64, n)}
	c.random = rand.New(&c.pcg)
	for range m.images {
		v := &view[T]{base: m.spec.Base, work: m.bijection.On(n), u: newWhite[T](m.spec.Base, d*n)}
		v.grads = v.work.Grads()
		for _, s := range []*[]T{&v.x, &v.z, &v.xbar, &v.zbar} {
			*s = make([]T, d*n)
		}
		for _, s := range []*[]float64{&v.l, &v.lnQ, &v.lbar, &v.share} {
			*s = make([]float64, n)
		}
		c.views = append(c.views, v)
	}
	return c
}

// noise draws z and the images of all configurations; first is the number of
// the chunk's first one. A configuration has a stream of its own:
// its z in order, and with more than one image a number for that.
func (c *chunk[T]) noise(seed uint64, first int) {
	v := c.views[0]
	u, direct := any(v.z).([]float64)
	if !direct {
		u = v.u
	}
	for j := range c.n {
		core.SeedStream(&c.pcg, seed, uint64(first+j))
		for i := range c.d {
			u[i*c.n+j] = c.random.NormFloat64()
		}
		if len(c.views) > 1 {
			c.image[j] = c.random.IntN(len(c.views))
		}
	}
	v.base.Color(u, c.n)
	if !direct {
		round(v.z, u)
	}
}

// density sets ln q = ln p_0(z) - l after Forward or Inverse, whose error it returns with
// the chunk's place.
func (v *view[T]) density(err error, at int) error {
	n := len(v.l)
	if err != nil {
		return fmt.Errorf("configurations %d to %d: %w", at, at+n-1, err)
	}
	clear(v.lnQ)
	white := v.white()
	for i := 0; i < len(white); i += n {
		for j, u := range white[i : i+n] {
			v.lnQ[j] += u * u
		}
	}
	norm := float64(len(v.z)/n)*0.5*math.Log(2*math.Pi) + v.base.LogDet()
	for j, square := range v.lnQ {
		v.lnQ[j] = -0.5*square - norm - v.l[j]
	}
	return nil
}

// white is u of z = m + L u. The caller may not change it where it is z itself.
func (v *view[T]) white() []float64 {
	if z, ok := any(v.z).([]float64); ok && v.base == nil {
		return z
	}
	round(v.u, v.z)
	v.base.Whiten(v.u, len(v.l))
	return v.u
}

// newWhite is the memory for u of so many numbers, nil where it is z itself.
func newWhite[T tensor.Real](base *core.Base, size int) []float64 {
	if base == nil && grad.Bytes[T]() == grad.Bytes[float64]() {
		return nil
	}
	return make([]float64, size)
}

// negligible is the share of an image that is set to zero: far below rounding,
// and far above the numbers that processors are slow with (below 1e-308), which
// its cotangents would be.
const negligible = 1e-60

// mix sets ln p = ln[1/G sum_k q(g_k x)] and each view's share of the sum.
func (c *chunk[T]) mix() {
	for j := range c.n {
		high := math.Inf(-1)
		for _, v := range c.views {
			high = max(high, v.lnQ[j])
		}
		sum := 0.0
		for _, v := range c.views {
			v.share[j] = math.Exp(v.lnQ[j] - high)
			sum += v.share[j]
		}
		for _, v := range c.views {
			if v.share[j] /= sum; v.share[j] < negligible {
				v.share[j] = 0
			}
		}
		c.logP[j] = high + math.Log(sum/float64(len(c.views)))
	}
}

// finite returns an error that names the first configuration whose ln p is not
// finite.
func (c *chunk[T]) finite(first int) error {
	for j, l := range c.logP {
		if math.IsNaN(l) || math.IsInf(l, 0) {
			return fmt.Errorf("ln p of configuration %d is %v", first+j, l)
		}
	}
	return nil
}

// store writes x = g^-1 y, configuration by configuration.
func (c *chunk[T]) store(x []float64, images []Image, first int) error {
	y := c.views[0].x
	for i, v := range y {
		if v-v != 0 {
			return fmt.Errorf("a component of configuration %d is %v", first+i%c.n, v)
		}
	}
	if len(images) == 1 {
		transpose(x, c.d, y, c.d, c.n, c.n)
		return nil
	}
	for j, k := range c.image {
		g, row := images[k], x[j*c.d:(j+1)*c.d]
		for i, at := range g.Perm {
			row[at] = g.Sign * float64(y[i*c.n+j])
		}
	}
	return nil
}

// loadCotangent is the reverse of store: it writes the cotangent of y for that
// of x.
func (c *chunk[T]) loadCotangent(ybar []T, xbar []float64, images []Image) {
	if len(images) == 1 {
		transpose(ybar, c.n, xbar, c.n, c.d, c.d)
		return
	}
	for j, k := range c.image {
		g, row := images[k], xbar[j*c.d:(j+1)*c.d]
		for i, at := range g.Perm {
			ybar[i*c.n+j] = T(g.Sign * row[at])
		}
	}
}

// pullDensity writes the derivative of sum_j w_j share_j ln q(x_j) in x to xbar
// and, with theta, adds that in theta at fixed x to the gradient; w = nil stands
// for ones. It follows Inverse.
func (v *view[T]) pullDensity(w []float64, theta bool) {
	n := len(v.l)
	for j, s := range v.share {
		if w != nil {
			s *= w[j]
		}
		v.lbar[j] = -s
	}
	u := v.white()
	if v.base != nil {
		v.base.Slope(u, n)
	}
	for i := 0; i < len(u); i += n {
		for j, l := range v.lbar {
			v.zbar[i+j] = T(u[i+j] * l)
		}
	}
	v.work.PullInverse(v.xbar, v.zbar, v.lbar, theta)
}
