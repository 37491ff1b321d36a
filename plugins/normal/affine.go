package normal

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// affine is x = m + L z. Its factor is L below the diagonal, in the places that it has in
// the d x d matrix; nil where L is diagonal.
type affine struct {
	d                      int
	mean, logWidth, factor *grad.Param[float64]
}

var _ flow.Bijection[float64] = (*affine)(nil)

// newAffine has one width for all components, or one for each.
func newAffine(d, widths int, full bool) *affine {
	a := &affine{d: d, mean: grad.NewParam[float64]("mean", d), logWidth: grad.NewParam[float64]("log_width", widths)}
	if full && d > 1 {
		rows := make([]grad.Run, 0, d-1)
		for j := 1; j < d; j++ {
			rows = append(rows, grad.Run{Off: j * d, Len: j})
		}
		a.factor = grad.NewMaskedParam[float64]("factor", d*d, rows)
	}
	return a
}

// Chunk implements flow.Bijection: rows of 64 numbers keep the loops long, and a
// chunk of some hundred components in the second cache.
func (a *affine) Chunk() int { return 64 }

// Params implements flow.Bijection.
func (a *affine) Params() []*grad.Param[float64] {
	if a.factor == nil {
		return []*grad.Param[float64]{a.mean, a.logWidth}
	}
	return []*grad.Param[float64]{a.mean, a.logWidth, a.factor}
}

// scratch is how many bytes a workspace takes for each of its configurations.
func (a *affine) scratch() float64 {
	bytes := 8 * float64(a.d)
	if a.factor != nil { // of the gradient, what are no parameters
		bytes += 8 * float64(a.d) * float64(a.d) / 2 / float64(a.Chunk())
	}
	return bytes
}

// On implements flow.Bijection.
func (a *affine) On(n int) flow.Workspace[float64] {
	w := &workspace{affine: affine{d: a.d, mean: a.mean.Share(), logWidth: a.logWidth.Share()}, n: n,
		z: make([]float64, a.d*n), width: make([]float64, a.d)}
	if a.factor != nil {
		w.factor = a.factor.Share()
	}
	return w
}

// workspace keeps z, of which the derivatives in L are made.
type workspace struct {
	affine
	n     int
	z     []float64
	width []float64 // L_jj
}

// row is component j of the configurations in a matrix of them.
func (w *workspace) row(m []float64, j int) []float64 { return m[j*w.n : (j+1)*w.n] }

// begin computes the diagonal of L and ln|det L|, which is that of all configurations.
func (w *workspace) begin(l []float64) {
	sum := 0.0
	for j := range w.width {
		s := w.logWidth.Val[j%len(w.logWidth.Val)]
		w.width[j] = math.Exp(s)
		sum += s
	}
	for i := range l {
		l[i] = sum
	}
}

// below writes m_j + sum_{k<j} L_jk z_k into row j.
func (w *workspace) below(row, z []float64, j int) {
	d, n := w.d, w.n
	if w.factor == nil {
		tensor.FillRows(row, 1, n, n, w.mean.Val[j:j+1])
		return
	}
	tensor.MulSet(false, 1, n, j, w.factor.Val[j*d:], d, z, n, row, n, w.mean.Val[j:j+1])
}

// above adds sum_{k>j} L_kj y_k to row j.
func (w *workspace) above(row, y []float64, j int) {
	d, n := w.d, w.n
	if next := j + 1; w.factor != nil && next < d {
		tensor.MulAdd(true, 1, n, d-next, w.factor.Val[next*d+j:], d, y[next*n:], n, row, n)
	}
}

// Forward implements flow.Workspace.
func (w *workspace) Forward(x, l, z []float64) error {
	w.begin(l)
	copy(w.z, z)
	for j, width := range w.width {
		row := w.row(x, j)
		w.below(row, z, j)
		tensor.Axpy(width, w.row(z, j), row)
	}
	return nil
}

// Inverse implements flow.Workspace, by substitution from the first component on.
func (w *workspace) Inverse(z, l, x []float64) error {
	w.begin(l)
	for j, width := range w.width {
		row, of := w.row(z, j), w.row(x, j)
		w.below(row, z, j)
		for i, below := range row {
			row[i] = (of[i] - below) / width
		}
	}
	copy(w.z, z)
	return nil
}

// PullForward implements flow.Workspace: zbar = L^T xbar.
func (w *workspace) PullForward(zbar, xbar, lbar []float64, theta bool) {
	for j, width := range w.width {
		row := w.row(zbar, j)
		clear(row)
		w.above(row, xbar, j)
		tensor.Axpy(width, w.row(xbar, j), row)
	}
	if theta {
		w.gradient(1, xbar, lbar)
	}
}

// PullInverse implements flow.Workspace. With z = L^-1 (x - m),
//
//	dz = L^-1 (dx - dm - dL z),   xbar = y = L^-T zbar,
//
// by substitution from the last component on, and the derivatives in m and L are those
// of Forward with -y in place of xbar.
func (w *workspace) PullInverse(xbar, zbar, lbar []float64, theta bool) {
	for j := w.d - 1; j >= 0; j-- {
		row, of := w.row(xbar, j), w.row(zbar, j)
		clear(row)
		w.above(row, xbar, j)
		for i, above := range row {
			row[i] = (of[i] - above) / w.width[j]
		}
	}
	if theta {
		w.gradient(-1, xbar, lbar)
	}
}

// gradient adds
//
//	mbar_j = sum_i y_ij,   Lbar_jk = sum_i y_ij z_ik,   sbar_j = exp(s_j) Lbar_jj + sum_i lbar_i
//
// of y = sign ybar.
func (w *workspace) gradient(sign float64, ybar, lbar []float64) {
	d, n := w.d, w.n
	total := 0.0
	for _, l := range lbar {
		total += l
	}
	for j, width := range w.width {
		sum, dot := 0.0, 0.0
		z := w.row(w.z, j)
		for i, y := range w.row(ybar, j) {
			sum += y
			dot += y * z[i]
		}
		w.mean.Grad[j] += sign * sum
		w.logWidth.Grad[j%len(w.logWidth.Grad)] += sign*width*dot + total
	}
	if w.factor != nil {
		tensor.Gemm(false, true, d, d, n, sign, ybar, n, w.z, n, 1, w.factor.Grad, d)
	}
}

// Grads implements flow.Workspace.
func (w *workspace) Grads() []*grad.Param[float64] { return w.Params() }
