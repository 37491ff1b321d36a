// Package fisher solves for natural gradients (Amari, Neural Comput. 10, 251
// (1998)),
//
//	(F + damping) x = g,   F = 1/n A^T A,
//
// with the scores of n samples in the rows of A: S = grad ln p for a density. For
// wave functions with O = grad ln Psi, F is the Fubini-Study metric
//
//	Re <conj(O) O^T> - Re <conj(O)> <O>^T,
//
// and A has 2n rows: the real parts of O and below them the imaginary parts, each
// less its own mean ([Centre]).
//
//	var s fisher.Solver
//	raised, err := s.Solve(x, g, a, n, damping)   // rows of A = len(a)/len(g)
package fisher
