package autoregressive

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// chunk is n samples of a batch with all that the network computed for them.
type chunk[T tensor.Real] struct {
	n int
	// pass[0] holds a configuration s, pass[1], with z2, its negative; head has the
	// first layers of both.
	pass []*Pass[T]
	head grad.Tape[T]
	lnQ  [2][]float64 // ln q(s) and ln q(-s)
	w    [2][]float64 // weights of grad ln q(s) and grad ln q(-s)

	conditional[T]
	name   string // of the model, in errors
	stream []rand.PCG
	u      []float64 // random numbers of a site
	sign   []float64 // x = sign * s
	turned []T       // s sample by sample
}

func newChunk[T tensor.Real](o Options[T], n int) *chunk[T] {
	c := &chunk[T]{n: n, name: o.Name, conditional: newConditional[T](o.Space, n), stream: make([]rand.PCG, n),
		u: make([]float64, n), sign: make([]float64, n), turned: make([]T, n*o.Space.Size())}
	c.pass = append(c.pass, o.Network.Pass(&c.head, n, nil))
	if o.Z2 {
		c.pass = append(c.pass, o.Network.Pass(&c.head, n, c.pass[0]))
	}
	for k := range c.pass {
		c.lnQ[k], c.w[k] = make([]float64, n), make([]float64, n)
	}
	return c
}

// bytes is the memory of the chunk's hidden states and adjoints.
func (c *chunk[T]) bytes() int {
	sum := c.head.Bytes()
	for _, p := range c.pass {
		sum += p.Tape.Bytes()
	}
	return sum
}

// sample draws s from q site by site, with what is given of it. first is the number of the
// chunk's first sample, at its place in the batch.
func (c *chunk[T]) sample(block int, seed uint64, first, at int, g given) {
	for j := range c.stream {
		core.SeedStream(&c.stream[j], seed, uint64(first+j))
	}
	p := c.pass[0]
	for lo := 0; lo < p.X.Rows; lo += block {
		hi := min(lo+block, p.X.Rows)
		p.begin(lo, hi)
		for i := lo; i < hi; i++ {
			p.site(i)
			c.draw(p.X.Row(i), p.logits(i), c.uniform(g, i, at))
			if g.x != nil {
				c.put(g, i, at)
			}
		}
	}
	for j := range c.sign {
		c.sign[j] = 1
		if len(c.pass) == 2 && c.stream[j].Uint64()>>63 == 1 {
			c.sign[j] = -1
		}
	}
}

// finish evaluates -s, if needed, and computes ln q of both from the logits; it
// writes ln p to logP unless that is nil.
func (c *chunk[T]) finish(logP []float64) error {
	if len(c.pass) == 2 {
		for i, v := range c.pass[0].X.Val {
			c.pass[1].X.Val[i] = -v
		}
		c.pass[1].forward()
	}
	for k, p := range c.pass {
		clear(c.lnQ[k])
		c.add(c.lnQ[k], p.A.Val, p.X.Val)
	}
	for j := range logP {
		logP[j] = c.lnQ[0][j]
		if len(c.pass) == 2 {
			logP[j] = logMeanExp(c.lnQ[0][j], c.lnQ[1][j])
		}
		if math.IsNaN(logP[j]) || math.IsInf(logP[j], 0) {
			return &core.Error{Kind: core.Numeric, Op: "evaluate ln p", Subject: c.name,
				Err: fmt.Errorf("ln p is %v", logP[j]), Hint: "a parameter is not finite: try a smaller learning rate"}
		}
	}
	return nil
}

// store writes x = sign * s, sample by sample.
func (c *chunk[T]) store(x []float64) {
	s := c.pass[0].X
	tensor.Transpose(c.turned, s.Rows, s.Val, s.Rows, s.Cols, s.Cols)
	for j, sign := range c.sign {
		row := x[j*s.Rows : (j+1)*s.Rows]
		for i, v := range c.turned[j*s.Rows:][:len(row)] {
			row[i] = sign * float64(v)
		}
	}
}

// load takes s from x, sample by sample; first numbers them in error messages.
func (c *chunk[T]) load(x []float64, first int) error {
	s := c.pass[0].X
	if k := c.illegal(x[:len(s.Val)]); k >= 0 {
		return core.Errorf(core.Invalid, "evaluate ln p", c.name, "site %d of configuration %d is %v, not %s", k%s.Rows, first+k/s.Rows, x[k], c.legal())
	}
	for k, v := range x[:len(c.turned)] {
		c.turned[k] = T(v)
	}
	tensor.Transpose(s.Val, s.Cols, c.turned, s.Cols, s.Rows, s.Rows)
	return nil
}

// backward computes the adjoints of pass k for sum_j w_j ln p(s_j), which other threads
// may do for other passes; head goes back when all have. With z2,
//
//	grad ln p = r grad ln q(s) + (1-r) grad ln q(-s),  r = q(s) / [q(s) + q(-s)]
//
// w are the weights of samples from number first on; others have none.
func (c *chunk[T]) backward(k int, w []float64, first int) {
	p, v := c.pass[k], c.w[k]
	clear(v)
	copy(v[max(first, 0):], w[max(-first, 0):])
	if len(c.pass) == 2 {
		for j := range v {
			v[j] /= 1 + math.Exp(c.lnQ[1-k][j]-c.lnQ[k][j])
		}
	}
	c.conditional.backward(p.A.Adj, p.A.Val, p.X.Val, v)
	p.Tape.Backward()
}

// tile is one tile of the gradient of one op of the tape, with its size.
type tile struct{ op, tile, size int }

// tiles lists those of all gradients, which are the same for every chunk, those of
// the last op first: a first layer sees one channel, and its small tiles fill the
// processors evenly at the end.
func (c *chunk[T]) tiles() []tile {
	var all []tile
	for i, op := range slices.Backward(c.pass[0].layers) {
		if w, ok := op.(grad.Weighted[T]); ok {
			for t := range w.Tiles() {
				all = append(all, tile{i, t, w.TileSize(t)})
			}
		}
	}
	return all
}

// accumulate adds what a segment of the chunk adds to one tile, that of a layer in
// all passes.
func (c *chunk[T]) accumulate(t tile, segment int, sum []T) {
	for _, p := range c.pass {
		p.layers[t.op].(grad.Weighted[T]).Accumulate(t.tile, segment, sum)
	}
}

// segment tells the layers of a pass where the segments of the chunk begin and end.
func (p *Pass[T]) segment(all []par.Segment) {
	p.bounds = append(p.bounds[:0], 0)
	for _, s := range all {
		p.bounds = append(p.bounds, s.From+s.N)
	}
	for _, l := range p.layers {
		if w, ok := l.(grad.Weighted[T]); ok {
			w.Segment(p.bounds)
		}
	}
}

// addTile adds a tile to the gradient of the parameters, which all chunks share.
func (c *chunk[T]) addTile(t tile, sum []float64) {
	c.pass[0].layers[t.op].(grad.Weighted[T]).AddTile(t.tile, sum)
}
