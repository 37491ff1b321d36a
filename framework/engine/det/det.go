// Package det computes Slater determinants and their derivatives. Orbital j at
// the coordinates z_i of particle i, d of them, is
//
//	A_ij = phi_j(z_i),
//
// and with the matrices G^a of one coordinate a each, whose row i depends on
// particle i alone,
//
//	G^a_ik = sum_j d_a phi_j(z_i) A^-1_jk,
//	d/dz_ia ln det A = G^a_ii,
//	d2/dz_ia dz_kb ln det A = delta_ik sum_j d_ab phi_j(z_i) A^-1_ji - G^a_ik G^b_ki,
//
// the last because d A^-1 = -A^-1 (dA) A^-1. Matrices are row-major, n x n.
package det

import (
	"fmt"
	"math"
	"math/cmplx"
)

// Number is what orbitals can be.
type Number interface{ float64 | complex128 }

// Slater is the determinant of one configuration at a time. It is used by one
// goroutine, and allocates nothing after New.
type Slater[T Number] struct {
	n, d     int
	lu       []T // P A = L U: U and, below the diagonal, L, whose own diagonal is 1
	order    []int
	even     bool // P
	inverse  []T
	inverted bool
	g        []T // d matrices
}

// New returns a determinant of n particles in d dimensions.
func New[T Number](n, d int) *Slater[T] {
	return &Slater[T]{n: n, d: d, lu: make([]T, n*n), order: make([]int, n), inverse: make([]T, n*n), g: make([]T, d*n*n)}
}

// Factor takes the matrix A, of which it keeps its own copy, and factors it by
// elimination with partial pivoting. It reports whether A is regular: false if U
// has a zero on its diagonal. Only LogDet may follow then.
func (s *Slater[T]) Factor(a []T) (regular bool) {
	need("A", len(a), s.n*s.n)
	copy(s.lu, a)
	for i := range s.order {
		s.order[i] = i
	}
	s.even, s.inverted, regular = true, false, true
	for k := range s.n {
		s.pivot(k)
		top := s.row(s.lu, k)
		if top[k] == 0 {
			regular = false
			continue
		}
		for i := k + 1; i < s.n; i++ {
			row := s.row(s.lu, i)
			row[k] /= top[k]
			sub(row[k+1:], row[k], top[k+1:])
		}
	}
	return regular
}

// pivot brings the largest element on and below the diagonal of column k there.
func (s *Slater[T]) pivot(k int) {
	best, most := k, square(s.lu[k*s.n+k])
	for i := k + 1; i < s.n; i++ {
		if x := square(s.lu[i*s.n+k]); x > most {
			best, most = i, x
		}
	}
	if best == k {
		return
	}
	a, b := s.row(s.lu, k), s.row(s.lu, best)
	for j, x := range a {
		a[j], b[j] = b[j], x
	}
	s.order[k], s.order[best] = s.order[best], s.order[k]
	s.even = !s.even
}

// LogDet returns ln|det A| and det A/|det A|: -Inf and 0 if A is singular.
func (s *Slater[T]) LogDet() (logAbs float64, phase T) {
	phase = 1
	if !s.even {
		phase = -1
	}
	for k := range s.n {
		abs, p := polar(s.lu[k*s.n+k])
		logAbs += math.Log(abs)
		phase *= p
	}
	return logAbs, phase
}

// Inverse returns A^-1, which stays until the next Factor.
func (s *Slater[T]) Inverse() []T {
	if s.inverted {
		return s.inverse
	}
	s.inverted = true
	clear(s.inverse)
	for i, from := range s.order {
		x := s.row(s.inverse, i)
		x[from] = 1
		for k, l := range s.row(s.lu, i)[:i] {
			sub(x, l, s.row(s.inverse, k))
		}
	}
	for i := s.n - 1; i >= 0; i-- {
		x, u := s.row(s.inverse, i), s.row(s.lu, i)
		for k := i + 1; k < s.n; k++ {
			sub(x, u[k], s.row(s.inverse, k))
		}
		scale := 1 / u[i]
		for j := range x {
			x[j] *= scale
		}
	}
	return s.inverse
}

func (s *Slater[T]) row(a []T, i int) []T { return a[i*s.n : (i+1)*s.n] }

// sub is y -= alpha x.
func sub[T Number](y []T, alpha T, x []T) {
	x = x[:len(y)]
	for j := range y {
		y[j] -= alpha * x[j]
	}
}

// square is |x|^2.
func square[T Number](x T) float64 {
	switch x := any(x).(type) {
	case complex128:
		return real(x)*real(x) + imag(x)*imag(x)
	case float64:
		return x * x
	}
	panic("unreachable")
}

// polar returns |x| and x/|x|, or 0 where x is 0.
func polar[T Number](x T) (abs float64, phase T) {
	switch x := any(x).(type) {
	case complex128:
		if abs = cmplx.Abs(x); abs > 0 {
			phase = any(x / complex(abs, 0)).(T)
		}
	case float64:
		if abs = math.Abs(x); abs > 0 {
			phase = any(x / abs).(T)
		}
	}
	return abs, phase
}

func need(what string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("det: %s has length %d, want %d", what, got, want))
	}
}
