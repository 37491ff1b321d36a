package det

import (
	"math"
	"math/rand/v2"
)

// Orbitals are those of one particle in d dimensions.
type Orbitals[T Number] interface {
	// Propose draws z from 1/n sum_j |phi_j(z)|^2 over the orbitals k.
	Propose(z []float64, k []int32, r *rand.Rand)
	// Evaluate writes phi_j(z), up to one factor for all j.
	Evaluate(phi []T, z []float64, k []int32)
}

// Process draws the places of free fermions. In a state of n orbitals,
//
//	p(z) = 1/n! |det phi_j(z_i)|^2
//
// is a determinantal point process: with phi(z) the vector of the occupied orbitals at
// z, particle i given those before it has the density
//
//	|r(z)|^2 / (n - i),   r(z) = phi(z) - its projection on phi(z_0), ..., phi(z_i-1)
//
// (Hough, Krishnapur, Peres and Virag, Probab. Surveys 3, 206 (2006)). It is drawn by
// rejection from |phi(z)|^2/n: a share (n - i)/n is accepted, n ln n proposals in all,
// and no chain has to forget a start. It is used by one goroutine, and allocates nothing
// after NewProcess.
type Process[T Number] struct {
	of    Orbitals[T]
	n, d  int
	phi   []T
	basis []T // orthonormal, of the span of phi at the particles before
}

// NewProcess returns the process of n particles in d dimensions.
func NewProcess[T Number](of Orbitals[T], n, d int) *Process[T] {
	return &Process[T]{of: of, n: n, d: d, phi: make([]T, n), basis: make([]T, n*n)}
}

// Draw writes z in the state k, n rows of d, the particles in random order.
func (p *Process[T]) Draw(z []float64, k []int32, r *rand.Rand) {
	for i := range p.n {
		one := z[i*p.d : (i+1)*p.d]
		for {
			p.of.Propose(one, k, r)
			p.of.Evaluate(p.phi, one, k)
			all := norm(p.phi)
			p.project(i)
			if left := norm(p.phi); r.Float64()*all < left {
				p.extend(i, left)
				break
			}
		}
	}
}

// project takes the projection on the first i vectors of the basis from phi.
func (p *Process[T]) project(i int) {
	for m := range i {
		e := p.basis[m*p.n : (m+1)*p.n]
		sub(p.phi, inner(e, p.phi), e)
	}
}

// extend makes phi, of the given square, vector i of the basis.
func (p *Process[T]) extend(i int, square float64) {
	e := p.basis[i*p.n : (i+1)*p.n]
	scale := scalar[T](1 / math.Sqrt(square))
	for j, x := range p.phi {
		e[j] = scale * x
	}
}

// inner is sum_j conj(a_j) b_j.
func inner[T Number](a, b []T) (sum T) {
	switch a := any(a).(type) {
	case []complex128:
		b, c := any(b).([]complex128), complex128(0)
		for j, x := range a {
			c += complex(real(x), -imag(x)) * b[j]
		}
		return any(c).(T)
	case []float64:
		b, c := any(b).([]float64), 0.0
		for j, x := range a {
			c += x * b[j]
		}
		return any(c).(T)
	}
	return sum
}

// norm is sum_j |a_j|^2.
func norm[T Number](a []T) (sum float64) {
	for _, x := range a {
		sum += square(x)
	}
	return sum
}

// scalar is a real number.
func scalar[T Number](x float64) T {
	var t T
	if _, is := any(t).(complex128); is {
		return any(complex(x, 0)).(T)
	}
	return any(x).(T)
}
