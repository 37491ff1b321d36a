// Package ode integrates many independent ordinary differential equations side
// by side, and differentiates what it did:
//
//	dx/dt = v(t, x; theta),   dl/dt = div v(t, x; theta),   l(from) = 0
//
// so that l is ln|det dx(to)/dx(from)| of the exact flow. A step of a
// Runge-Kutta method with s stages is
//
//	X_i = x + h sum_j a_ij k_j,   k_i = v(t + c_i h, X_i),   x' = x + h sum_i b_i k_i
//
// and so for l. Its adjoint, from the cotangents xbar' and lbar to xbar, is
//
//	kbar_i = h (b_i xbar' + sum_j>i a_ji Xbar_j),   Xbar_i = (dv/dx)^T kbar_i + h b_i lbar grad div v
//	xbar   = xbar' + sum_i Xbar_i
//
// which is exact for the steps as they were made (the discrete adjoint). Only x
// at the start of each step is kept; stages are computed once more, except those
// of the last steps, which the field still has (Options.Keep).
//
// x is a d x n matrix, row-major, one column for each equation. An equation
// does not see the others: with a tolerance, each has step sizes of its own.
package ode
