// Package pairflow is a map x -> z of particles on a torus by functions of their distances,
// applied once or many times:
//
//	x_i <- x_i + h sum_j!=i eta(rho_ij) u(x_i - x_j),
//	u_a(r) = (L_a/2 pi) sin(2 pi r_a/L_a),   rho(r) = (sum_a (L_a/pi)^2 sin^2(pi r_a/L_a))^(1/2)
//
// with u and rho the vector and the distance of two particles, made periodic, and eta a function
// of one hidden layer (kernels.Radial) of rho/l, l = (volume/N)^(1/d).
//
//   - One layer is the backflow of R. P. Feynman and M. Cohen, Phys. Rev. 102, 1189 (1956).
//   - Layers of functions of their own, h = 1, are iterated backflow (M. Taddei et al., Phys. Rev.
//     B 91, 115106 (2015); M. Ruggeri, S. Moroni and M. Holzmann, Phys. Rev. Lett. 120, 205302
//     (2018)).
//   - n layers of one function, h = 1/n, are Euler's steps of a flow in continuous time, dx/dt =
//     sum eta u (Xie, Zhang and Wang, arXiv:2105.08644).
//
// As eta u is odd, the map commutes with permutations of like particles, translations and mirrors,
// and keeps the centre of mass. Each pair of kinds has a function of its own.
//
// # Derivatives
//
// With ' for d/d rho, zeta = eta'/rho and c_a = cos(2 pi r_a/L_a), one pair has
//
//	D_ab = d(eta u_a)/dr_b = eta c_a delta_ab + zeta u_a u_b,
//
// which stands in the Jacobian of a layer at (i, i) and (j, j), and with a minus sign at (i, j)
// and (j, i); that of all is the product of theirs, J = J_n ... J_1.
//
// Arrays hold eight configurations side by side, as those of package equivariant, whose calls
// Work has.
package pairflow
