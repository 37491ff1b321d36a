package mongeampere

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// circulant has all translations of its filters as rows,
//
//	u_f(r) = sum_i w_f(i) x(i + r)
//
// on a periodic lattice. In the basis of products over the axes of
//
//	cas(k r) = cos(k r) + sin(k r),   k = 2 pi/L (0, ..., L-1),
//
// which is real and, over sqrt(L), its own inverse (Hartley 1942), it mixes only
// the wave vectors that differ in signs: with cas(k i + k r) = cos(k i) cas(k r) +
// sin(k i) cas(-k r) on each axis,
//
//	u^(k) = sum_s e_s(k) x^(s k),   e_s(k) = sum_i w(i) prod_axes [cos k i or, where s = -1, -sin k i]
//
// Transforms go axis by axis, sum_axes L/2 multiply-adds for a number instead of N.
type circulant[T tensor.Real] struct {
	shape       []int
	sites       int
	n, ld       int
	w, wbar     []T // the filters
	cas         *kernels.Hartley[T]
	spectra     [][][]T          // of each s and axis: the cosines or -sines in e_s
	mix         tensor.Sparse[T] // s k for each k and s
	turn        []int            // where e has the numbers of its transpose eT
	e, eT, ebar [][]T            // of each filter
	sum         []T              // sites x ld
	column      []T
	spare       []T // as column
}

func newCirculant[T tensor.Real](shape []int, filters, n, ld int) *circulant[T] {
	m := &circulant[T]{shape: shape, sites: core.Space{Shape: shape}.Size(), n: n, ld: ld, spectra: make([][][]T, 1<<len(shape)), cas: kernels.NewHartley[T](shape)}
	for a, l := range shape {
		parts := [2][]T{make([]T, l*l), make([]T, l*l)}
		for i := range l * l {
			sine, cosine := math.Sincos(2 * math.Pi * float64(i/l*(i%l)%l) / float64(l))
			parts[0][i], parts[1][i] = T(cosine), T(-sine)
		}
		for s := range m.spectra {
			m.spectra[s] = append(m.spectra[s], parts[s>>a&1])
		}
	}
	m.pairUp()
	for _, e := range []*[][]T{&m.e, &m.eT, &m.ebar} {
		for range filters {
			*e = append(*e, make([]T, len(m.turn)))
		}
	}
	m.sum, m.column, m.spare = make([]T, m.sites*ld), make([]T, m.sites), make([]T, m.sites)
	return m
}

// pairUp finds the wave vectors s k of all k and s; bit a of s is the sign on
// axis a.
func (m *circulant[T]) pairUp() {
	terms := 1 << len(m.shape)
	m.mix = tensor.Sparse[T]{Rows: m.sites, Terms: terms}
	for k := range m.sites {
		for s := range terms {
			at, step, rest := 0, 1, k
			for a := len(m.shape) - 1; a >= 0; a-- {
				l := m.shape[a]
				q := rest % l
				if rest /= l; s>>a&1 == 1 {
					q = (l - q) % l
				}
				at, step = at+step*q, step*l
			}
			m.mix.At = append(m.mix.At, int64(at))
			m.turn = append(m.turn, at*terms+s)
		}
	}
}

// begin computes e from the filters.
func (m *circulant[T]) begin() {
	for s, matrices := range m.spectra {
		for f, e := range m.e {
			copy(m.column, m.w[f*m.sites:(f+1)*m.sites])
			m.along(matrices)
			for k, v := range m.column {
				e[k*m.mix.Terms+s] = v
			}
		}
	}
	for f, e := range m.e {
		for i, at := range m.turn {
			m.eT[f][i] = e[at]
		}
	}
}

// end is the adjoint of begin: the matrices are symmetric.
func (m *circulant[T]) end() {
	for s, matrices := range m.spectra {
		for f, ebar := range m.ebar {
			for k := range m.column {
				m.column[k] = ebar[k*m.mix.Terms+s]
			}
			m.along(matrices)
			tensor.Axpy(1, m.column, m.wbar[f*m.sites:(f+1)*m.sites])
		}
	}
	for _, ebar := range m.ebar {
		clear(ebar)
	}
}

// mul leaves x^ in x.
func (m *circulant[T]) mul(u, x, b []T) {
	m.cas.Transform(x, m.n, m.ld)
	for f := range m.e {
		part := m.filter(u, f)
		m.mix.Mul(true, part, m.e[f], x, m.n, m.ld)
		if len(b) > 1 {
			constant := b[f*m.sites] * T(math.Sqrt(float64(m.sites))) // of k = 0
			for j := range m.n {
				part[j] += constant
			}
		}
		m.cas.Transform(part, m.n, m.ld)
	}
}

// mulT leaves g^ in g.
func (m *circulant[T]) mulT(y, g []T) {
	m.hold(g)
	for f := range m.eT {
		m.mix.Mul(f == 0, m.sum, m.eT[f], m.filter(g, f), m.n, m.ld)
	}
	m.cas.Transform(m.sum, m.n, m.ld)
	copyRows(y, m.n, m.sum, m.ld, m.n)
}

// hold makes g^ of g.
func (m *circulant[T]) hold(g []T) {
	for f := range m.eT {
		m.cas.Transform(m.filter(g, f), m.n, m.ld)
	}
}

// gradient is summed in e: u^ = e x^ and, of the velocity, v^ = e^T g^.
func (m *circulant[T]) gradient(ubar, x, g, vbar []T, columns int) {
	for f, ebar := range m.ebar {
		m.mix.Dots(ebar, m.filter(ubar, f), x, columns, m.ld)
		m.mix.Dots(ebar, m.filter(g, f), vbar, columns, m.ld)
	}
}

// filter is what belongs to filter f in a matrix of all rows.
func (m *circulant[T]) filter(u []T, f int) []T { return u[f*m.sites*m.ld:] }

// along applies a symmetric matrix along each axis of column.
func (m *circulant[T]) along(matrices [][]T) {
	from, to, inner := m.column, m.spare, m.sites
	for a, l := range m.shape {
		inner /= l
		for outer := 0; outer < m.sites; outer += l * inner {
			tensor.MulSet(false, l, inner, l, matrices[a], l, from[outer:], inner, to[outer:], inner, zero[T]())
		}
		from, to = to, from
	}
	if len(m.shape)%2 == 1 {
		copy(m.column, m.spare)
	}
}
