package lanes

// Slater is a determinant of plane waves exp(i k_j.z_i), of n particles in d = 2 or
// 3 dimensions, in eight configurations. Its methods follow each other in their
// order here.
type Slater struct {
	N, D    int
	Phi     []float64 // phi_ij, complex
	inverse []float64
	g       []float64 // G^a of package det, complex
	row     []float64
}

// NewSlater makes one.
func NewSlater(n, d int) *Slater {
	if d != 2 && d != 3 {
		panic("lanes: the dimension is not 2 or 3")
	}
	size := 2 * n * n * Width
	return &Slater{N: n, D: d, Phi: make([]float64, size), inverse: make([]float64, size), g: make([]float64, d*size), row: make([]float64, 3*n*Width)}
}

// Waves sets Phi for the wave vectors k and the coordinates z, element i d + a of
// configuration c at (i d + a)*8 + c of both.
func (s *Slater) Waves(k, z []float64) {
	need("k", len(k), s.N*s.D*Width)
	need("z", len(z), s.N*s.D*Width)
	s.waves(k, z)
}

// LogDet is LogDetComplex of Phi.
func (s *Slater) LogDet(logAbs, phase []float64) {
	copy(s.inverse, s.Phi)
	LogDetComplex(logAbs, phase, s.N, s.inverse)
}

// Gradient writes d ln det / dz_ia, eight real parts and eight imaginary parts each.
// With J = dz/dx it also writes the trace
//
//	sum_pq (J J^T)_pq d2 ln det / dz_p dz_q,
//
// sixteen numbers; without, jac and trace are nil. J has n d rows: those of these particles
// alone where z depends on further ones.
func (s *Slater) Gradient(gradient, trace []float64, k, jac []float64) {
	size := s.N * s.D
	need("k", len(k), size*Width)
	need("the gradient", len(gradient), 2*size*Width)
	if jac != nil {
		need("J", len(jac)%(size*Width), 0)
		need("the trace", len(trace), 2*Width)
	}
	s.gradient(gradient, trace, k, jac)
}

// Series writes the first and second derivative of ln|det A| along a line,
//
//	tr A^-1 A',   tr A^-1 A'' - tr (A^-1 A')^2,
//
// from the inverse and from series: of element ij A, A' and A” at (i n + j)*24, 8
// numbers each. work has room for a matrix.
func Series(first, second []float64, n int, inverse, series, work []float64) {
	need("the first derivative", len(first), Width)
	need("the second derivative", len(second), Width)
	need("the inverse", len(inverse), n*n*Width)
	need("the series", len(series), 3*n*n*Width)
	need("work", len(work), n*n*Width)
	logDetSeries(first, second, n, inverse, series, work)
}
