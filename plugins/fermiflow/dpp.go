package fermiflow

import (
	"math"
	"math/rand/v2"
)

// dpp draws z from |Phi_K(z)|^2, which is a determinantal point process: with
// phi(z) the vector of the n occupied orbitals, particle i given those before it
// has the density
//
//	|r(z)|^2 / (n - i),   r(z) = phi(z) - its projection on phi(z_0), ..., phi(z_i-1)
//
// (Hough, Krishnapur, Peres and Virag, Probab. Surveys 3, 206 (2006)). It is
// drawn by rejection from |phi(z)|^2/n, one of the orbitals at random: a share
// (n - i)/n is accepted, n ln n draws in all, and no chain has to forget a start.
type dpp struct {
	*orbitals
	n     int
	lines []*line // of all quantum numbers; they are read only
	h     []float64
	phi   []float64
	basis []float64 // orthonormal, of the span of phi at the particles before
}

func newDPP(o *orbitals, n int, lines []*line) *dpp {
	return &dpp{orbitals: o, n: n, lines: lines, h: make([]float64, o.dim*(o.top+1)), phi: make([]float64, n), basis: make([]float64, n*n)}
}

// draw writes z, the particles in random order.
func (s *dpp) draw(z []float64, k []int32, r *rand.Rand) {
	for i := range s.n {
		one := z[i*s.dim : (i+1)*s.dim]
		for {
			for c, q := range s.quanta[k[r.IntN(s.n)]] {
				one[c] = s.lines[q].draw(r)
			}
			s.evaluate(one, k)
			all := dot(s.phi, s.phi)
			s.project(i)
			if left := dot(s.phi, s.phi); r.Float64()*all < left {
				s.extend(i, left)
				break
			}
		}
	}
}

// evaluate writes phi at one place, up to a common factor.
func (s *dpp) evaluate(z []float64, k []int32) {
	m := s.top + 1
	for c, x := range z {
		hermite(s.h[c*m:(c+1)*m], x)
	}
	for j, orbital := range k {
		v := 1.0
		for c, q := range s.quanta[orbital] {
			v *= s.h[c*m+q]
		}
		s.phi[j] = v
	}
}

// project takes the projection on the first i vectors of the basis from phi.
func (s *dpp) project(i int) {
	for m := range i {
		e := s.basis[m*s.n : (m+1)*s.n]
		along := dot(e, s.phi)
		for j, x := range e {
			s.phi[j] -= along * x
		}
	}
}

// extend makes phi, of the given square, vector i of the basis.
func (s *dpp) extend(i int, square float64) {
	e := s.basis[i*s.n : (i+1)*s.n]
	scale := 1 / math.Sqrt(square)
	for j, x := range s.phi {
		e[j] = scale * x
	}
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}
