package fermiflow

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/det"
)

// wave evaluates Slater determinants at one place z after the other,
//
//	ln|Phi_K(z)| = ln|det A| - 1/2 sum_i z_i^2 - 1/2 ln n!,   A_ij = h_j(z_i),
//
// and what the Laplacian needs of them. One goroutine uses it.
type wave struct {
	*orbitals
	n       int
	lnNorm  float64
	slater  *det.Slater[float64]
	h       []float64 // h_0 to h_top at each coordinate
	squares float64
	a       []float64
	first   []float64 // d_a of A for each dimension a
	second  []float64 // d_ab for each pair a <= b
}

func newWave(o *orbitals, n int) *wave {
	lnFactorial, _ := math.Lgamma(float64(n + 1))
	d := o.dim
	return &wave{orbitals: o, n: n, lnNorm: -0.5 * lnFactorial, slater: det.New[float64](n, d), h: make([]float64, n*d*(o.top+1)),
		a: make([]float64, n*n), first: make([]float64, d*n*n), second: make([]float64, d*(d+1)/2*n*n)}
}

// at moves to z.
func (w *wave) at(z []float64) {
	w.squares = 0
	for i, x := range z {
		hermite(w.row(i), x)
		w.squares += x * x
	}
}

// row has h_0 to h_top of coordinate i.
func (w *wave) row(i int) []float64 { return w.h[i*(w.top+1) : (i+1)*(w.top+1)] }

// logPhi returns ln|Phi_K| and the sign of Phi_K: -Inf and 0 on a node. The
// derivatives that follow are those of this state, and finite where it is.
func (w *wave) logPhi(k []int32) (logAbs, sign float64) {
	for i := range w.n {
		for j, orbital := range k {
			v := 1.0
			for c, q := range w.quanta[orbital] {
				v *= w.row(i*w.dim + c)[q]
			}
			w.a[i*w.n+j] = v
		}
	}
	w.slater.Factor(w.a)
	logAbs, sign = w.slater.LogDet()
	return logAbs + w.lnNorm - 0.5*w.squares, sign
}

// gradient follows logPhi: it writes the gradient of ln|Phi_K| at the same z.
func (w *wave) gradient(dst, z []float64, k []int32) {
	w.derive(k, false)
	w.slater.Gradient(dst, w.first)
	for i, x := range z {
		dst[i] -= x
	}
}

// hessianTrace follows gradient with all derivatives: sum_pq m_pq d2 ln|Phi_K|.
func (w *wave) hessianTrace(m []float64, k []int32) float64 {
	w.derive(k, true)
	trace := w.slater.HessianTrace(w.first, w.second, m)
	size := w.n * w.dim
	for i := range size {
		trace -= m[i*size+i]
	}
	return trace
}

// derive fills in the derivatives of A; those of second order if asked for.
func (w *wave) derive(k []int32, second bool) {
	var f [3][3]float64 // derivatives of order 0, 1, 2 of the factor of each dimension
	size := w.n * w.n
	for i := range w.n {
		for j, orbital := range k {
			for c, q := range w.quanta[orbital] {
				h := w.row(i*w.dim + c)
				f[0][c], f[1][c], f[2][c] = h[q], 0, 0
				if q > 0 {
					f[1][c] = slope[q] * h[q-1]
				}
				if q > 1 {
					f[2][c] = slope[q] * slope[q-1] * h[q-2]
				}
			}
			at, pair := i*w.n+j, 0
			for a := range w.dim {
				w.first[a*size+at] = w.product(&f, a, a, 1)
				for b := a; second && b < w.dim; b++ {
					order := 1
					if a == b {
						order = 2
					}
					w.second[pair*size+at] = w.product(&f, a, b, order)
					pair++
				}
			}
		}
	}
}

// product is that of the factors of all dimensions, those of a and b
// differentiated.
func (w *wave) product(f *[3][3]float64, a, b, order int) float64 {
	v := 1.0
	for c := range w.dim {
		if c == a || c == b {
			v *= f[order][c]
		} else {
			v *= f[0][c]
		}
	}
	return v
}
