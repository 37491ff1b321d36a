package kernels

// Lift carries first and second derivatives in x through a velocity dz/dt = v(z)
// that is a sum of displacements,
//
//	u(D) = f(rho) D,   rho^2 = |D|^2 + s^2,
//
// each added to the velocity of particle a and, with D = z_a - z_b, taken from
// that of particle b; where b is negative, D = z_a. With J = dz/dx, L = lap_x z,
// l the integral of div v, g = grad_x l and h = lap_x l (the forward Laplacian,
// Li et al., arXiv:2307.08214),
//
//	J' = (dv/dz) J,        L' = (dv/dz) L + sum_pq (J J^T)_pq d2v/dz_p dz_q,
//	g' = J^T grad div v,   h' = (grad div v) . L + tr(J J^T Hess div v).
//
// With f_1 = f'/rho, f_k+1 = f_k'/rho, of one displacement in d dimensions
//
//	du_i/dD_j = f delta_ij + f_1 D_i D_j,
//	div u     = d f + f_1 |D|^2 = c,   dc/dD_i = c_1 D_i,   c_1 = (d+2) f_1 + f_2 |D|^2,
//	d2u_i/dD_j dD_k = f_1 (delta_ij D_k + delta_ik D_j + delta_jk D_i) + f_2 D_i D_j D_k,
//	d2c/dD_i dD_j   = c_1 delta_ij + c_2 D_i D_j,   c_2 = (d+4) f_2 + f_3 |D|^2,
//
// and only the rows J_D = J_a - J_b of J enter, by y = J_D^T D. The divergence of
// v counts c once for each end that moves.
//
// A state is a matrix of Rows rows, one column for each configuration: z, then J
// (row (i, p) is dz_i/dx_p), L, g, and h.
type Lift struct {
	Dim, Size int // dimensions, and coordinates of all particles
	// First leaves out what needs second derivatives, L and h: the third derivative of f is
	// not read, and rates of these rows are not written.
	First bool
}

// Rows of a state.
func (s Lift) Rows() int { return s.Size*s.Size + 3*s.Size + 1 }

// JRow is the row of dz_i/dx_p.
func (s Lift) JRow(i, p int) int { return s.Size + i*s.Size + p }

// LRow is the row of lap_x z_i.
func (s Lift) LRow(i int) int { return s.Size + s.Size*s.Size + i }

// GRow is the row of dl/dx_p.
func (s Lift) GRow(p int) int { return s.LRow(s.Size) + p }

// HRow is the row of lap_x l.
func (s Lift) HRow() int { return s.GRow(s.Size) }

// Lanes is what the number of configurations has to be a multiple of.
const Lanes = 8

// Pair names the ends of a displacement.
type Pair struct{ A, B int32 }

// Add adds displacements to the rates of the state and of l. jet has rho, f, f'
// and the next two derivatives; each is a row of n numbers for each of the pairs.
func (s Lift) Add(rates, l, state []float64, pairs []Pair, jet *[5][]float64, n int) {
	need("Lift: rates", rates, s.Rows(), n, n)
	need("Lift: state", state, s.Rows(), n, n)
	need("Lift: l", l, 1, n, n)
	for _, row := range jet {
		need("Lift: jet", row, len(pairs), n, n)
	}
	if n%Lanes != 0 || s.Dim < 1 || s.Dim > 3 {
		panic("kernels: Lift: not whole lanes, or not 1 to 3 dimensions")
	}
	if n > 0 && len(pairs) > 0 {
		liftAdd(s, rates, l, state, pairs, jet, n)
	}
}
