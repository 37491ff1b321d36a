package mps

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// A sweep fits two neighbouring matrices at a time, from the first bond to the last and
// back (Han et al., section III). All sites before them are left orthonormal and all
// after right orthonormal, so that with M^(st) = A_k^(s) A_(k+1)^(t), of length 1,
//
//	Psi(x) = l M^(st) r,   Z = 1,   d/dM sum_i w_i ln p(x_i) = sum_i 2 w_i l_i r_i^T/Psi(x_i) - 2 M sum_i w_i.
//
// After some descents M is cut by its singular values, and the bond between the two sites
// is as large as they are many.

var _ core.Sweeper = (*Model)(nil)

// Sweep implements core.Sweeper.
func (m *Model) Sweep(grad, step []float64, b *core.Batch, w []float64) error {
	if err := m.Pull(grad, b, w); err != nil {
		return err
	}
	if err := m.prepare(made{norm: true, canonical: true}); err != nil {
		return err
	}
	s, err := m.openSweep(b, w)
	if err != nil {
		return err
	}
	for k := range s.last() {
		s.bond(k, true)
	}
	for k := s.last() - 1; k >= 0; k-- {
		s.bond(k, false)
	}
	for k, c := range m.cores {
		s.cores[k].pad(c.In(step), c)
		for i, v := range c.Val {
			c.In(step)[i] = v - c.In(step)[i]
		}
	}
	return nil
}

// sweep is the state on its way, for n configurations.
type sweep struct {
	config
	q, n   int
	bonds  []int // largest
	states []int32
	w      []float64
	total  float64 // of w

	cores []small
	// left and right are the rows before a site and the columns after it, of each
	// configuration, up to a factor of its own.
	left, right [][]float64

	two pair
}

// small is a core of the dimensions that it needs.
type small struct {
	left, right int
	a           []float64
}

// pad writes it to dst, a core of the largest dimensions.
func (s small) pad(dst []float64, c site) {
	clear(dst)
	q := len(s.a) / (s.left * s.right)
	for row := range s.left * q {
		copy(dst[row*c.right:], s.a[row*s.right:(row+1)*s.right])
	}
}

func (m *Model) openSweep(b *core.Batch, w []float64) (*sweep, error) {
	sites := len(m.cores)
	s := &sweep{config: m.config, q: len(m.states), n: b.N, w: w, states: make([]int32, b.N*sites), left: make([][]float64, sites+1), right: make([][]float64, sites+1)}
	m.call.op = "sweep"
	if err := m.read(s.states, b.X, 0); err != nil {
		return nil, err
	}
	for _, v := range w {
		s.total += v
	}
	for k, c := range m.cores {
		s.bonds = append(s.bonds, c.left)
		s.cores = append(s.cores, small{c.left, c.right, append([]float64(nil), m.canonical[k]...)})
	}
	one := slices.Repeat([]float64{1}, b.N)
	s.left[0], s.right[sites] = one, one
	for k := sites - 1; k > 1; k-- {
		s.passRight(k)
	}
	return s, nil
}

// last is the number of bonds.
func (s *sweep) last() int { return len(s.cores) - 1 }

// bond fits sites k and k+1, and goes on to the next bond, or the one before.
func (s *sweep) bond(k int, on bool) {
	p := &s.two
	p.open(s, k)
	value, rate := p.value(p.m), s.Rate
	for range s.Descents {
		p.slope(s)
		for !p.descend(&value, rate) {
			if rate *= 0.5; rate < 1e-6*s.Rate {
				break
			}
		}
	}
	s.cores[k], s.cores[k+1] = p.cut(s.bonds[k+1], s.Cutoff, on)
	if on {
		s.left[k+1] = core.Resize(s.left[k+1], s.n*s.cores[k].right)
		p.passLeft(s.left[k+1], s.cores[k])
	} else {
		s.right[k+1] = core.Resize(s.right[k+1], s.n*s.cores[k+1].left)
		p.passRight(s.right[k+1], s.cores[k+1])
	}
}

// passRight makes right[k] of right[k+1], before any two sites are at hand.
func (s *sweep) passRight(k int) {
	c := s.cores[k]
	from, to := s.right[k+1], make([]float64, s.n*c.left)
	s.right[k] = to
	par.For((s.n+rows-1)/rows, func(block int) {
		for i := block * rows; i < min(s.n, (block+1)*rows); i++ {
			x := int(s.states[i*len(s.cores)+k])
			row, r := to[i*c.left:(i+1)*c.left], from[i*c.right:(i+1)*c.right]
			for a := range row {
				row[a] = dot(c.a[(a*s.q+x)*c.right:][:c.right], r)
			}
			unit(row)
		}
	})
}

// rows of configurations that a task works on.
const rows = 64

// dot adds four sums, since an addition waits for the one before it.
func dot(x, y []float64) float64 {
	var a, b, c, d float64
	for len(x) >= 4 && len(y) >= 4 {
		a += x[0] * y[0]
		b += x[1] * y[1]
		c += x[2] * y[2]
		d += x[3] * y[3]
		x, y = x[4:], y[4:]
	}
	for i, v := range x {
		a += v * y[i]
	}
	return (a + b) + (c + d)
}
