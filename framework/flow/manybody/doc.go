// Package manybody is a velocity of identical particles: each moves by its relative
// positions to the others and by its own (Xie, Zhang and Wang, arXiv:2105.08644),
//
//	dr_i/dt = sum_j!=i eta(rho_ij) (r_i - r_j) + xi(rho_i) r_i
//
// with rho = sqrt(r^2 + s^2) of a distance r, and eta and xi functions with one
// hidden layer (kernels.Radial). It commutes with permutations, rotations and
// reflections. In d dimensions
//
//	div = sum_i!=j [eta'(rho_ij) r_ij^2 / rho_ij + d eta(rho_ij)]
//	    + sum_i    [xi'(rho_i) r_i^2 / rho_i + d xi(rho_i)]
//
// The softening s makes the velocity smooth where two particles meet, as the
// order of the integrator asks for; for r >> s it is that of eta(r).
//
// The paper's eta and xi depend on r and start at zero in all weights, which
// leaves all hidden units equal for ever. Here the hidden layer starts at random
// and only the output layer at zero: the flow starts as the identity.
//
// It is a flow.Field, for flow.Continuous; Lift carries derivatives of the path
// along, for the Laplacian of a wave function.
package manybody
