// Package equivariant is a map x -> z of identical particles on a torus that
// commutes with their permutations and with translations, of the kind of FermiNet
// (Pfau et al., Phys. Rev. Research 2, 033429 (2020)) with the periodic features
// of Xie, Zhang and Wang (SciPost Phys. 14, 154 (2023), arXiv:2201.03156). It
// comes with the derivatives that wave functions need. With r = x_i - x_j, edges
// L_a, k_a = 2 pi/L_a, N particles, and s(q) = ln(1 + exp q),
//
//	f_ij = (cos k_a r_a, sin k_a r_a, (sum_a sin^2 k_a r_a/2)^(1/2)),  m_i = 1/N sum_j!=i f_ij
//	p_i  = W m_i + b                                    h_i  = s(p_i)
//	q_ij = V f_ij + c                                   g_ij = s(q_ij)
//	a_i  = W1 h_i + W2 1/N sum_k h_k + W3 1/N sum_j!=i g_ij + e
//	z_i  = x_i + l O (h_i + s(a_i)),                    l = (prod_a L_a / N)^(1/d)
//
// Where particles are of two kinds, pairs of like and of unlike ones have weights W, V, c and W3
// of their own: m_i and 1/N sum_j g_ij are then two sums each, side by side, and W and W3 twice as
// wide. The map commutes with permutations within a kind, and, if there are as many of one as of
// the other, with the exchange of all of one for all of the other.
//
// The last feature, a distance, has a cusp where two particles meet, as wave
// functions of charges have.
//
// # Jacobian
//
// f_ij depends on x_i and x_j only, by r. So one pass back from z_i to the
// features of each particle gives all derivatives, in blocks of d x d. With t for
// s' and ' for d/dr,
//
//	U_i = l O t(a_i),   A_i = (l O + U_i W1) t(p_i),   B_i = U_i W2/N,   C_i = U_i W3/N
//	F_ij = (A_i W/N + C_i t(q_ij) V) f'_ij
//	S_j  = dz_k-independent sum_k dh_k/dx_j = 1/N sum_i [t(p_j) W f'_ji - t(p_i) W f'_ij]
//	dz_i/dx_i = 1 + sum_j F_ij + B_i S_i,   dz_i/dx_j = -F_ij + B_i S_j
//
// at a cost of N^2 d w (m + d): a few times that of z.
//
// # Eight configurations
//
// All arrays hold eight configurations side by side, configuration c of number i
// at i*8 + c: vectors of the processor are filled whatever N is, and a number
// does not depend on the others.
package equivariant
