package mps

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// chain is the product of matrices for n configurations. Those with one state at a site
// stand side by side in what belongs to the site, so that one product serves them:
// position j at site k is configuration order[k][j], and those of state s are from
// start[k][s] on.
type chain struct {
	q, n  int
	cores []site // with gradients of its own
	order [][]int
	start [][]int
	place []int // of a configuration at the site before

	// left[k] has the rows A_1 ... A_k, each relative to its largest number, of
	// which the product is exp(log).
	left  [][]float64
	scale [][]float64
	log   []float64

	row, bar, next []float64 // memory
	stream         []rand.PCG
}

func newChain(q, n int, cores []site) *chain {
	c := &chain{q: q, n: n, place: make([]int, n), log: make([]float64, n), stream: make([]rand.PCG, n)}
	widest := 1
	for _, a := range cores {
		c.cores = append(c.cores, site{a.Share(), a.left, a.right})
		c.order = append(c.order, make([]int, n))
		c.start = append(c.start, make([]int, q+1))
		c.left = append(c.left, make([]float64, n*a.right))
		c.scale = append(c.scale, make([]float64, n))
		widest = max(widest, a.right)
	}
	c.row, c.bar, c.next = make([]float64, n*widest), make([]float64, n*widest), make([]float64, n*widest)
	return c
}

// grads are the chain's parameters.
func (c *chain) grads() (all []*grad.Param[float64]) {
	for _, a := range c.cores {
		all = append(all, a.Param)
	}
	return all
}

// sort orders the configurations of site k by their states there.
func (c *chain) sort(k int, states []int32) {
	sites, start := len(c.cores), c.start[k]
	clear(start)
	for i := range c.n {
		start[states[i*sites+k]+1]++
	}
	for s := range c.q {
		start[s+1] += start[s]
	}
	for i := range c.n {
		s := states[i*sites+k]
		c.order[k][start[s]] = i
		start[s]++
	}
	copy(start[1:], start[:c.q])
	start[0] = 0
}

// before gathers the rows of left[k-1] for configurations from, ..., to-1 of site k.
func (c *chain) before(k, from, to int) []float64 {
	d := c.cores[k].left
	rows := c.row[:(to-from)*d]
	if k == 0 {
		fill(rows, 1)
		return rows
	}
	for j, i := range c.order[k][from:to] {
		copy(rows[j*d:(j+1)*d], c.left[k-1][c.place[i]*d:][:d])
	}
	return rows
}

func fill(v []float64, with float64) {
	for i := range v {
		v[i] = with
	}
}

// standing notes where the configurations are at site k - 1.
func (c *chain) standing(k int) {
	if k > 0 {
		for j, i := range c.order[k-1] {
			c.place[i] = j
		}
	}
}

// forward makes the products, and ln|Psi| of the configurations in log: -Inf where Psi is 0.
func (c *chain) forward(states []int32) {
	clear(c.log)
	for k, a := range c.cores {
		c.sort(k, states)
		c.standing(k)
		for s := range c.q {
			from, to := c.start[k][s], c.start[k][s+1]
			if from == to {
				continue
			}
			tensor.Gemm(false, false, to-from, a.right, a.left, 1, c.before(k, from, to), a.left, a.Val[s*a.right:], c.q*a.right, 0, c.left[k][from*a.right:], a.right)
		}
		for j, i := range c.order[k] {
			size := unit(c.left[k][j*a.right : (j+1)*a.right])
			c.scale[k][j] = size
			c.log[i] += math.Log(size)
		}
	}
}

// pull adds the gradient of sum_i w_i ln Psi(x_i)^2. With l the row before site k, r the
// column after it and l A^(s) r = Psi, each number of A^(s) gets sum_i 2 w_i l_i r_i^T/Psi_i
// over the configurations in s there. Where Psi is 0, it gets nothing.
func (c *chain) pull(w []float64) {
	last := len(c.cores) - 1
	for j, i := range c.order[last] {
		c.bar[j] = 0
		if psi := c.left[last][j]; psi != 0 {
			c.bar[j] = 2 * w[i] / psi // psi is 1 or -1: the scale is in the one of its site
		}
	}
	for k := last; k >= 0; k-- {
		a := c.cores[k]
		c.standing(k)
		for j, size := range c.scale[k] {
			row := c.bar[j*a.right : (j+1)*a.right]
			for b := range row {
				if row[b] != 0 {
					row[b] /= size
				}
			}
		}
		for s := range c.q {
			from, to := c.start[k][s], c.start[k][s+1]
			if from == to {
				continue
			}
			bar := c.bar[from*a.right:]
			rows := c.before(k, from, to)
			tensor.Gemm(true, false, a.left, a.right, to-from, 1, rows, a.left, bar, a.right, 1, a.Grad[s*a.right:], c.q*a.right)
			if k == 0 {
				continue
			}
			tensor.Gemm(false, true, to-from, a.left, a.right, 1, bar, a.right, a.Val[s*a.right:], c.q*a.right, 0, rows, a.left)
			for j, i := range c.order[k][from:to] {
				copy(c.next[c.place[i]*a.left:][:a.left], rows[j*a.left:(j+1)*a.left])
			}
		}
		c.bar, c.next = c.next, c.bar
	}
}

// draw writes states site by site, and ln p: with matrices b that are right orthonormal,
//
//	p(x_k = s | x_<k) = |l B_k^(s)|^2/|l|^2.
//
// Configuration i reads its own stream, a number for each site.
func (c *chain) draw(states []int32, logP []float64, b [][]float64, seed uint64, first int) {
	sites := len(c.cores)
	for i := range c.n {
		core.SeedStream(&c.stream[i], seed, uint64(first+i))
	}
	clear(logP)
	wide, square := make([]float64, 0, c.n*c.q), make([]float64, c.q)
	for k, a := range c.cores {
		before := c.row[:c.n*a.left]
		if k == 0 {
			fill(before, 1)
		}
		wide = core.Resize(wide, c.n*c.q*a.right)
		tensor.Gemm(false, false, c.n, c.q*a.right, a.left, 1, before, a.left, b[k], c.q*a.right, 0, wide, c.q*a.right)
		for i := range c.n {
			rows := wide[i*c.q*a.right : (i+1)*c.q*a.right]
			s, p := choose(rows, a.right, square, rand.New(&c.stream[i]).Float64())
			states[i*sites+k] = s
			logP[i] += math.Log(p)
			next := c.next[i*a.right : (i+1)*a.right]
			copy(next, rows[int(s)*a.right:])
			unit(next)
		}
		c.row, c.next = c.next, c.row
	}
}

// choose takes one of the rows of length d with the probability that is its share of the
// sum of squares, by a number u in [0, 1).
func choose(rows []float64, d int, square []float64, u float64) (s int32, p float64) {
	total := 0.0
	for k := range square {
		row := rows[k*d : (k+1)*d]
		square[k] = dot(row, row)
		total += square[k]
	}
	s = pick(square, u)
	return s, square[s] / total
}
