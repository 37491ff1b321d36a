package det

// Gradient writes d/dz_ia ln det A into dst[i*d+a]. first has the matrices of
// d_a phi_j(z_i), one for each coordinate a.
func (s *Slater[T]) Gradient(dst, first []T) {
	need("the gradient", len(dst), s.n*s.d)
	need("first derivatives", len(first), s.d*s.n*s.n)
	inverse := s.Inverse()
	for a := range s.d {
		for i := range s.n {
			dst[i*s.d+a] = s.diagonal(s.matrix(first, a), inverse, i)
		}
	}
}

// HessianTrace returns sum_pq m_pq d2/dz_p dz_q ln det A, p = i d + a, for a
// symmetric n d x n d matrix m. second has the matrices of d_ab phi_j(z_i), one
// for each pair a <= b: with d = 2 in the order 00, 01, 11.
func (s *Slater[T]) HessianTrace(first, second, m []T) T {
	size := s.n * s.d
	need("first derivatives", len(first), s.d*s.n*s.n)
	need("second derivatives", len(second), s.d*(s.d+1)/2*s.n*s.n)
	need("the metric", len(m), size*size)
	inverse := s.Inverse()
	s.contract(first, inverse)
	var own, cross T // cross: the pairs k <= i, those with k = i half
	for i := range s.n {
		pair := 0
		for a := range s.d {
			row := m[(i*s.d+a)*size:]
			ga := s.row(s.matrix(s.g, a), i)
			for b := range s.d {
				gb := s.matrix(s.g, b)
				for k := range i {
					cross += row[k*s.d+b] * ga[k] * gb[k*s.n+i]
				}
				cross += 0.5 * row[i*s.d+b] * ga[i] * gb[i*s.n+i]
			}
			for b := a; b < s.d; b++ {
				x := row[i*s.d+b] * s.diagonal(s.matrix(second, pair), inverse, i)
				if own += x; b > a {
					own += x
				}
				pair++
			}
		}
	}
	return own - 2*cross
}

// contract writes all G^a.
func (s *Slater[T]) contract(first, inverse []T) {
	clear(s.g)
	for a := range s.d {
		phi, g := s.matrix(first, a), s.matrix(s.g, a)
		for i := range s.n {
			for j, x := range s.row(phi, i) {
				sub(s.row(g, i), -x, s.row(inverse, j))
			}
		}
	}
}

// diagonal is element ii of phi A^-1.
func (s *Slater[T]) diagonal(phi, inverse []T, i int) T {
	var sum T
	for j, x := range s.row(phi, i) {
		sum += x * inverse[j*s.n+i]
	}
	return sum
}

func (s *Slater[T]) matrix(all []T, k int) []T { return all[k*s.n*s.n : (k+1)*s.n*s.n] }
