package pairwise

import (
	"sync"

	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

const (
	chunkRows  = 128 // samples of one matrix product
	blockWidth = 128 // its columns: the part of the matrix below the diagonal blocks is not multiplied
)

// dense holds J's upper triangle as a matrix.
type dense struct {
	n       int
	upper   []float64 // n x n, zero on and below the diagonal
	field   []float64 // nil: none
	scratch sync.Pool // *[]float64 of chunkRows * min(n, blockWidth)
}

func newDense(n int, bonds Bonds, field []float64) *dense {
	d := &dense{n: n, upper: make([]float64, n*n), field: field}
	d.scratch.New = func() any {
		s := make([]float64, chunkRows*min(n, blockWidth))
		return &s
	}
	bonds(func(i, j int, v float64) { d.upper[i*n+j] = v })
	return d
}

// energies writes the energies of len(dst) <= chunkRows configurations. For a
// block of columns j it forms the matrix of local fields
// f = h_j + sum_{i<j} s_i J_ij, and E = -sum_j s_j f_j.
func (d *dense) energies(dst, x []float64) {
	clear(dst)
	scratch := d.scratch.Get().(*[]float64)
	defer d.scratch.Put(scratch)
	f := *scratch
	for from := 0; from < d.n; from += blockWidth {
		to := min(from+blockWidth, d.n)
		width := to - from
		beta := 0.0
		if d.field != nil {
			beta = 1
			for i := range dst {
				copy(f[i*width:(i+1)*width], d.field[from:to])
			}
		}
		tensor.Gemm(false, false, len(dst), width, to, 1, x, d.n, d.upper[from:], d.n, beta, f, width)
		for i := range dst {
			dst[i] -= energy.Dot(x[i*d.n+from:][:width], f[i*width:])
		}
	}
}

func (d *dense) each(yield func(i, j int, v float64) bool) {
	for i := range d.n {
		for j := i + 1; j < d.n; j++ {
			if v := d.upper[i*d.n+j]; v != 0 && !yield(i, j, v) {
				return
			}
		}
	}
}
