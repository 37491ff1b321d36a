package det

import (
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

func normal(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	return x
}

// The slow twin: LAPACK's LU.
func TestFactorIsThatOfLAPACK(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := 1; n <= 60; n = n*2 + n%3 {
		a := normal(r, n*n)
		s, c, lu := New[float64](n, 2), New[complex128](n, 2), tensor.LU{}
		same := make([]complex128, n*n)
		for i, x := range a {
			same[i] = complex(0, x) // det(iA) = i^n det A
		}
		if !s.Factor(a) || !c.Factor(same) || !lu.Factor(n, a, n) {
			t.Fatal("singular")
		}
		got, sign := s.LogDet()
		turned, phase := c.LogDet()
		want, wantSign := lu.LogDet()
		if math.Abs(got-want) > 1e-12*float64(n) || sign != wantSign {
			t.Errorf("n = %d: ln|det| = %v, sign %v, want %v, %v", n, got, sign, want, wantSign)
		}
		if w := cmplx.Pow(1i, complex(float64(n), 0)) * complex(wantSign, 0); math.Abs(turned-want) > 1e-12*float64(n) || cmplx.Abs(phase-w) > 1e-12 {
			t.Errorf("n = %d: complex ln|det| = %v, phase %v, want %v, %v", n, turned, phase, want, w)
		}
		unit := make([]float64, n*n)
		for i := range n {
			unit[i*n+i] = 1
		}
		lu.Solve(false, n, unit, n)
		inverse, imaginary, most := s.Inverse(), c.Inverse(), 0.0
		for _, x := range unit {
			most = max(most, math.Abs(x))
		}
		for i, x := range unit {
			if math.Abs(inverse[i]-x) > 1e-11*most || cmplx.Abs(imaginary[i]-complex(0, -x)) > 1e-11*most {
				t.Fatalf("n = %d: A^-1 has %v, %v, want %v", n, inverse[i], imaginary[i], x)
			}
		}
	}
}

func TestSingular(t *testing.T) {
	s := New[float64](3, 1)
	if s.Factor([]float64{1, 2, 3, 2, 4, 6, 0, 1, 5}) {
		t.Error("a singular matrix is regular")
	}
	if l, sign := s.LogDet(); !math.IsInf(l, -1) || sign != 0 {
		t.Errorf("ln|det| = %v, sign %v", l, sign)
	}
}

// waves are orbitals exp(i k_j . z) (1 + z_0 z_1/5) with their derivatives, so
// that no derivative of second order vanishes.
type waves struct {
	n, d int
	k    []float64
}

func (w waves) fill(z []float64) (a, first, second []complex128) {
	for j := range w.n * w.n { // element i n + j
		i, k := j/w.n, w.k[j%w.n*w.d:][:w.d]
		x, phase := z[i*w.d:][:w.d], 0.0
		for c := range w.d {
			phase += k[c] * x[c]
		}
		e, q := cmplx.Exp(complex(0, phase)), complex(1+x[0]*x[1]/5, 0)
		dq := func(c int) complex128 {
			if c > 1 {
				return 0
			}
			return complex(x[1-c]/5, 0)
		}
		ik := func(c int) complex128 { return complex(0, k[c]) }
		a = append(a, e*q)
		for c := range w.d {
			first = append(first, e*(ik(c)*q+dq(c)))
			for b := c; b < w.d; b++ {
				dd := complex128(0)
				if c == 0 && b == 1 {
					dd = 1. / 5
				}
				second = append(second, e*(ik(c)*ik(b)*q+ik(c)*dq(b)+ik(b)*dq(c)+dd))
			}
		}
	}
	return a, split(first, w.d), split(second, w.d*(w.d+1)/2)
}

// split makes of rows of m numbers m rows.
func split(x []complex128, m int) []complex128 {
	y := make([]complex128, len(x))
	for i, v := range x {
		y[i%m*(len(x)/m)+i/m] = v
	}
	return y
}

// Derivatives against central differences: of ln det, and of the gradient.
func TestDerivatives(t *testing.T) {
	const h = 1e-4
	for _, c := range []struct{ n, d int }{{2, 2}, {5, 2}, {7, 3}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			r := rand.New(rand.NewPCG(3, 4))
			w := waves{c.n, c.d, normal(r, c.n*c.d)}
			size := c.n * c.d
			z, s := normal(r, size), New[complex128](c.n, c.d)
			gradient := func() []complex128 {
				a, first, _ := w.fill(z)
				s.Factor(a)
				g := make([]complex128, size)
				s.Gradient(g, first)
				return g
			}
			logDet := func() complex128 {
				a, _, _ := w.fill(z)
				s.Factor(a)
				l, phase := s.LogDet()
				return complex(l, cmplx.Phase(phase))
			}
			m, want := make([]complex128, size*size), complex128(0)
			for i := range size {
				for j := range i + 1 {
					m[i*size+j] = complex(r.NormFloat64(), 0)
					m[j*size+i] = m[i*size+j]
				}
			}
			at := gradient()
			for i := range z {
				old := z[i]
				z[i] = old + h
				up, lnUp := gradient(), logDet()
				z[i] = old - h
				down, lnDown := gradient(), logDet()
				z[i] = old
				if got := (lnUp - lnDown) / (2 * h); cmplx.Abs(got-at[i]) > 1e-5*(1+cmplx.Abs(at[i])) {
					t.Errorf("component %d of the gradient is %v, by differences %v", i, at[i], got)
				}
				for j := range z {
					want += m[i*size+j] * (up[j] - down[j]) / (2 * h)
				}
			}
			a, first, second := w.fill(z)
			s.Factor(a)
			if got := s.HessianTrace(first, second, m); cmplx.Abs(got-want) > 1e-5*cmplx.Abs(want) || cmplx.Abs(want) < 1 {
				t.Errorf("trace %v, by differences %v", got, want)
			}
			if n := testing.AllocsPerRun(5, func() { s.Factor(a); s.HessianTrace(first, second, m) }); n > 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

func BenchmarkSlater(b *testing.B) {
	for _, n := range []int{6, 13, 29, 57} {
		r := rand.New(rand.NewPCG(1, 2))
		w := waves{n, 2, normal(r, 2*n)}
		a, first, second := w.fill(normal(r, 2*n))
		m, s := make([]complex128, 4*n*n), New[complex128](n, 2)
		b.Run(fmt.Sprint("factor/n=", n), func(b *testing.B) {
			for range enginetest.Loop(b) {
				s.Factor(a)
			}
		})
		b.Run(fmt.Sprint("laplacian/n=", n), func(b *testing.B) {
			for range enginetest.Loop(b) {
				s.Factor(a)
				s.HessianTrace(first, second, m)
			}
		})
	}
}
