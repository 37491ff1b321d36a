package mps

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// pair is two neighbouring sites as one tensor M^(st)_ab of length 1: numbers in the order
// a, s, t, b. Configurations in the states s and t are group s q + t.
type pair struct {
	at, q       int
	left, right int // dimensions of a and b
	m, trial    []float64
	slopes      []float64

	groups []group
	sums   []float64 // of the groups
}

// group has its configurations, with the row before and the column after each.
type group struct {
	order     []int
	l, r      []float64
	half, psi []float64
	w         []float64
}

// gather takes what belongs to a group from the sweep.
func (p *pair) gather(s *sweep, t *group) {
	n := len(t.order)
	t.l, t.r = core.Resize(t.l, n*p.left), core.Resize(t.r, n*p.right)
	t.half, t.psi, t.w = core.Resize(t.half, n*p.right), core.Resize(t.psi, n), core.Resize(t.w, n)
	for j, i := range t.order {
		copy(t.l[j*p.left:], s.left[p.at][i*p.left:(i+1)*p.left])
		copy(t.r[j*p.right:], s.right[p.at+2][i*p.right:(i+1)*p.right])
		t.w[j] = s.w[i]
	}
}

// open merges the sites k and k+1 of a sweep.
func (p *pair) open(s *sweep, k int) {
	a, b := s.cores[k], s.cores[k+1]
	p.at, p.q, p.left, p.right = k, s.q, a.left, b.right
	p.m = core.Resize(p.m, a.left*s.q*s.q*b.right)
	p.trial, p.slopes = core.Resize(p.trial, len(p.m)), core.Resize(p.slopes, len(p.m))
	tensor.Gemm(false, false, a.left*s.q, s.q*b.right, a.right, 1, a.a, a.right, b.a, s.q*b.right, 0, p.m, s.q*b.right)
	normalise(p.m)
	if p.groups == nil {
		p.groups, p.sums = make([]group, s.q*s.q), make([]float64, s.q*s.q)
	}
	for g := range p.groups {
		p.groups[g].order = p.groups[g].order[:0]
	}
	sites := len(s.cores)
	for i := range s.n {
		x := s.states[i*sites+k:]
		g := &p.groups[int(x[0])*s.q+int(x[1])]
		g.order = append(g.order, i)
	}
	par.For(len(p.groups), func(g int) { p.gather(s, &p.groups[g]) })
}

// normalise divides by the length.
func normalise(m []float64) {
	unit(m) // so that no square is lost
	sum := 0.0
	for _, v := range m {
		sum += v * v
	}
	length := math.Sqrt(sum)
	for i := range m {
		m[i] /= length
	}
}

// value is sum_i w_i ln Psi(x_i)^2 of the tensor m, up to a constant, +Inf if some Psi with w < 0 is 0.
// It leaves every Psi in its group.
func (p *pair) value(m []float64) (sum float64) {
	wide := p.q * p.q * p.right
	par.For(len(p.groups), func(g int) {
		t := &p.groups[g]
		p.sums[g] = 0
		n := len(t.order)
		if n == 0 {
			return
		}
		tensor.Gemm(false, false, n, p.right, p.left, 1, t.l, p.left, m[g*p.right:], wide, 0, t.half, p.right)
		for j := range n {
			t.psi[j] = dot(t.half[j*p.right:(j+1)*p.right], t.r[j*p.right:])
		}
		p.sums[g] = 2 * logSum(t.w, t.psi)
	})
	for _, v := range p.sums {
		sum += v
	}
	return sum
}

// logSum is sum_i w_i ln|v_i|. Of equal weights it takes one logarithm, of the product.
func logSum(w, v []float64) (sum float64) {
	product, power := 1.0, 0
	for i, x := range v {
		if w[i] != w[0] {
			sum += (w[i] - w[0]) * math.Log(math.Abs(x))
		}
		if product *= math.Abs(x); product < 0x1p-500 || product > 0x1p500 {
			fraction, exponent := math.Frexp(product)
			product, power = fraction, power+exponent
		}
	}
	return sum + w[0]*(math.Log(product)+float64(power)*math.Ln2)
}

// slope is the derivative in M, with the Psi that value left.
func (p *pair) slope(s *sweep) {
	wide := p.q * p.q * p.right
	par.For(len(p.groups), func(g int) {
		t := &p.groups[g]
		for j := range t.order {
			c := 0.0
			if t.psi[j] != 0 {
				c = 2 * t.w[j] / t.psi[j]
			}
			row, r := t.half[j*p.right:(j+1)*p.right], t.r[j*p.right:]
			for b := range row {
				row[b] = c * r[b]
			}
		}
		if len(t.order) == 0 {
			for a := range p.left {
				clear(p.slopes[a*wide+g*p.right:][:p.right])
			}
			return
		}
		tensor.Gemm(true, false, p.left, p.right, len(t.order), 1, t.l, p.left, t.half, p.right, 0, p.slopes[g*p.right:], wide)
	})
	tensor.Axpy(-2*s.total, p.m, p.slopes)
}

// descend takes a step of M down the slope if the value becomes smaller, and changes the value with it.
func (p *pair) descend(value *float64, rate float64) bool {
	copy(p.trial, p.m)
	tensor.Axpy(-rate, p.slopes, p.trial)
	normalise(p.trial)
	next := p.value(p.trial)
	if !(next < *value) {
		return false
	}
	*value = next
	p.m, p.trial = p.trial, p.m
	return true
}

// cut makes two sites of M by its singular values, at most so many and none below the
// share cutoff of the largest. The one that the sweep leaves is orthonormal: the
// first if it goes on.
func (p *pair) cut(most int, cutoff float64, on bool) (first, second small) {
	m, n := p.left*p.q, p.q*p.right
	k := min(m, n)
	sv, u, vt := make([]float64, k), make([]float64, m*k), make([]float64, k*n)
	if !tensor.SVD(m, n, p.m, sv, u, vt) {
		panic("mps: a tensor that is finite has no singular values")
	}
	keep := 1
	for keep < min(k, most) && sv[keep] > cutoff*sv[0] {
		keep++
	}
	first, second = small{p.left, keep, make([]float64, m*keep)}, small{keep, p.right, vt[:keep*n]}
	for i := range m {
		copy(first.a[i*keep:(i+1)*keep], u[i*k:])
	}
	for j, v := range sv[:keep] {
		if on {
			for i := range n {
				second.a[j*n+i] *= v
			}
			continue
		}
		for i := range m {
			first.a[i*keep+j] *= v
		}
	}
	return first, second
}

// passLeft writes the rows after the first site, which is now c, to dst, and passRight the
// columns before the second.
func (p *pair) passLeft(dst []float64, c small) {
	par.For(len(p.groups), func(g int) {
		t := &p.groups[g]
		if n := len(t.order); n > 0 {
			t.half = core.Resize(t.half, n*c.right)
			tensor.Gemm(false, false, n, c.right, c.left, 1, t.l, c.left, c.a[g/p.q*c.right:], p.q*c.right, 0, t.half, c.right)
		}
		t.scatter(dst, c.right)
	})
}

func (p *pair) passRight(dst []float64, c small) {
	par.For(len(p.groups), func(g int) {
		t := &p.groups[g]
		if n := len(t.order); n > 0 {
			t.half = core.Resize(t.half, n*c.left)
			tensor.Gemm(false, true, n, c.left, c.right, 1, t.r, c.right, c.a[g%p.q*c.right:], p.q*c.right, 0, t.half, c.left)
		}
		t.scatter(dst, c.left)
	})
}

// scatter writes rows of length d, each in units of its largest number, to their places.
func (t *group) scatter(dst []float64, d int) {
	for j, i := range t.order {
		row := dst[i*d : (i+1)*d]
		copy(row, t.half[j*d:])
		unit(row)
	}
}
