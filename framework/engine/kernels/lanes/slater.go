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
	waves(s.Phi, s.N, s.N, s.D, k, z, s.row)
}

// LogDet is LogDetComplex of Phi.
func (s *Slater) LogDet(logAbs, phase []float64) {
	copy(s.inverse, s.Phi)
	LogDetComplex(logAbs, phase, s.N, s.inverse)
}

// Gradient is LogDet, and writes d ln det / dz_ia, eight real parts and eight imaginary parts
// each. With a symmetric matrix M_pq at (p N d + q)*8 it also writes the trace
//
//	sum_pq M_pq d2 ln det / dz_p dz_q,
//
// sixteen numbers; without, metric and trace are nil.
func (s *Slater) Gradient(logAbs, phase, gradient, trace, k, metric []float64) {
	size := s.N * s.D
	need("k", len(k), size*Width)
	need("ln|det|", len(logAbs), Width)
	need("the phase", len(phase), 2*Width)
	need("the gradient", len(gradient), 2*size*Width)
	if metric != nil {
		need("M", len(metric), size*size*Width)
		need("the trace", len(trace), 2*Width)
	}
	s.gradient(logAbs, phase, gradient, trace, k, metric)
}

// Metric writes M = J J^T of n x n matrices.
func Metric(metric []float64, n int, jac []float64) {
	need("M", len(metric), n*n*Width)
	need("J", len(jac), n*n*Width)
	metricOf(metric, n, jac)
}

// Quadratic adds sum_p g_p (b_p + sum_q M_pq g_q) to sum, for complex g and real b and M; sum has
// eight real parts and eight imaginary parts.
func Quadratic(sum []float64, n int, g, b, metric []float64) {
	need("the sum", len(sum), 2*Width)
	need("g", len(g), 2*n*Width)
	need("b", len(b), n*Width)
	need("M", len(metric), n*n*Width)
	quadratic(sum, n, g, b, metric)
}

// Table has exp(i k_o.z_i) of n particles in some plane waves, the same in all eight
// configurations: determinants of many states at one z take their elements from it.
type Table struct {
	n, d, waves int
	k, phi, row []float64
}

// NewTable makes a table of wave vectors, rows of as many numbers as z has dimensions.
func NewTable(n int, vectors [][]float64) *Table {
	t := &Table{n: n, d: len(vectors[0]), waves: len(vectors)}
	for _, k := range vectors {
		for _, v := range k {
			for range Width {
				t.k = append(t.k, v)
			}
		}
	}
	t.phi, t.row = make([]float64, 2*n*t.waves*Width), make([]float64, 3*t.waves*Width)
	return t
}

// Waves fills the table at z.
func (t *Table) Waves(z []float64) {
	need("z", len(z), t.n*t.d*Width)
	waves(t.phi, t.n, t.waves, t.d, t.k, z, t.row)
}

// Choose is Waves of the N waves of a table at these places, whose vectors it writes to k.
func (s *Slater) Choose(k []float64, t *Table, places []int32) {
	need("k", len(k), s.N*s.D*Width)
	need("the places", len(places), s.N)
	for j, o := range places {
		copy(k[j*s.D*Width:(j+1)*s.D*Width], t.k[int(o)*s.D*Width:])
		for i := range s.N {
			copy(s.Phi[2*(i*s.N+j)*Width:2*(i*s.N+j+1)*Width], t.phi[2*(i*t.waves+int(o))*Width:])
		}
	}
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
