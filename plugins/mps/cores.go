package mps

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// core is A_k: row a, state s and column b of the array, so that A^(s) has rows at the
// distance q right and begins at s right.
type site struct {
	*grad.Param[float64]
	left, right int // D_(k-1) and D_k
}

// cores makes the parameters. They start as sizes of normal numbers, so that Psi is
// positive: a likelihood has walls where Psi is zero, and signs that differ between
// configurations would stay, with larger bonds than p needs.
func cores(states int, bonds []int) (all []site) {
	for k := range len(bonds) - 1 {
		c := site{grad.NewParam[float64](fmt.Sprintf("site%d", k+1), bonds[k], states, bonds[k+1]), bonds[k], bonds[k+1]}
		spread := 1 / float64(states*c.left) // so that no row of the product grows from site to site
		c.Start = func(values []float64, r *rand.Rand) {
			for i := range values {
				values[i] = spread * math.Abs(r.NormFloat64())
			}
		}
		all = append(all, c)
	}
	return all
}

// norm is Z with its derivative. Environments are symmetric matrices, each kept relative
// to its trace:
//
//	L_k = sum_s A_k^(s)T L_(k-1) A_k^(s),   R_(k-1) = sum_s A_k^(s) R_k A_k^(s)T,   L_0 = R_N = 1
//	Z = L_N,   d ln Z/dA_k^(s) = 2 L_(k-1) A_k^(s) R_k/Z.
type norm struct {
	q     int
	cores []site
	logZ  float64
	slope [][]float64 // d ln Z/dA_k
	left  [][]float64
}

// make computes ln Z, and with slope its derivative. It reports whether Z is a positive
// number.
func (z *norm) make(slope bool) bool {
	if z.left == nil {
		z.left = append(z.left, []float64{1})
		for _, c := range z.cores {
			z.left = append(z.left, make([]float64, c.right*c.right))
		}
	}
	z.logZ = 0
	var half []float64
	for k, c := range z.cores {
		half = core.Resize(half, c.left*z.q*c.right)
		tensor.Gemm(false, false, c.left, z.q*c.right, c.left, 1, z.left[k], c.left, c.Val, z.q*c.right, 0, half, z.q*c.right)
		l := z.left[k+1]
		// Rows of both are (a, s), so that one product sums over s.
		tensor.Gemm(true, false, c.right, c.right, c.left*z.q, 1, c.Val, c.right, half, c.right, 0, l, c.right)
		trace := relative(l, c.right)
		if !(trace > 0) || math.IsInf(trace, 1) {
			return false
		}
		z.logZ += math.Log(trace)
	}
	if slope {
		z.makeSlope()
	}
	return true
}

func (z *norm) makeSlope() {
	if z.slope == nil {
		for _, c := range z.cores {
			z.slope = append(z.slope, make([]float64, len(c.Val)))
		}
	}
	right := []float64{1}
	var half, next []float64
	for k := len(z.cores) - 1; k >= 0; k-- {
		c := z.cores[k]
		half = core.Resize(half, len(c.Val))
		tensor.Gemm(false, false, c.left*z.q, c.right, c.right, 1, c.Val, c.right, right, c.right, 0, half, c.right)
		tensor.Gemm(false, false, c.left, z.q*c.right, c.left, 2, z.left[k], c.left, half, z.q*c.right, 0, z.slope[k], z.q*c.right)
		// ln Z is homogeneous of degree 2 in A_k.
		degree := 0.0
		for i, v := range z.slope[k] {
			degree += v * c.Val[i]
		}
		for i := range z.slope[k] {
			z.slope[k][i] *= 2 / degree
		}
		next = core.Resize(next, c.left*c.left)
		tensor.Gemm(false, true, c.left, c.left, z.q*c.right, 1, half, z.q*c.right, c.Val, z.q*c.right, 0, next, c.left)
		relative(next, c.left)
		right, next = next, right
	}
}

// relative divides an n x n matrix by its trace, which it returns.
func relative(m []float64, n int) (trace float64) {
	for i := range n {
		trace += m[i*n+i]
	}
	for i := range m {
		m[i] /= trace
	}
	return trace
}

// canonical writes the same p by matrices that are right orthonormal,
//
//	sum_s B_k^(s) B_k^(s)T = 1,
//
// from the last site to the first: A_k = L Q, B_k = Q, and L goes to A_(k-1). Then
// sum over all x_>k of Psi(x)^2 is the squared length of the row A_1^(x_1) ... A_k^(x_k).
func canonical(b [][]float64, cores []site, q int) {
	factor := []float64{1}
	var l []float64
	for k := len(cores) - 1; k >= 0; k-- {
		c := cores[k]
		tensor.Gemm(false, false, c.left*q, c.right, c.right, 1, c.Val, c.right, factor, c.right, 0, b[k], c.right)
		l = make([]float64, c.left*c.left)
		tensor.LQ(c.left, q*c.right, b[k], q*c.right, l)
		unit(l)
		factor = l
	}
}

// unit divides numbers by the largest of their sizes, which is not 0.
func unit(v []float64) (size float64) {
	for _, x := range v {
		size = max(size, math.Abs(x))
	}
	if size > 0 {
		for i := range v {
			v[i] /= size
		}
	}
	return size
}
