package fisher

import (
	"errors"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Solver keeps its memory from one solution to the next; the zero value is ready.
type Solver struct {
	a          []float64
	rows, cols int
	n          float64
	sampled    bool

	m      int       // order of c
	c      []float64 // 1/n A^T A or 1/n A A^T, plus damping; then its factor L
	middle []float64 // A g, in the space of samples
	tiles  []float64 // of the matrix, where somebody has made them
	step   int       // block column of the factorisation in work

	multiply, panel, update func(int)
}

// ErrNotFinite says that there is no solution: an infinity or NaN is among the
// scores or the gradient.
var ErrNotFinite = errors.New("fisher: a score or the gradient is not finite")

// block is the edge of the tiles that tasks multiply: large enough for dgemm to be
// at its full rate, small enough to share the work evenly.
const block = 256

// Solve writes the x of (F + damping) x = g, F = 1/n A^T A. A has len(a)/len(g)
// rows. The smaller of the two matrices is factorised: F itself, or, with fewer
// rows than parameters, that of
//
//	x = [g - 1/n A^T (1/n A A^T + damping)^-1 A g] / damping,
//
// which is the same x (Woodbury; Chen and Heyl, Nature Phys. 20, 1476 (2024), for
// wave functions). A matrix that rounding has made indefinite gets ten times the
// damping until it is not; raised counts how often. damping > 0.
func (s *Solver) Solve(x, g, a []float64, n int, damping float64) (raised int, err error) {
	cols := len(g)
	if len(x) != cols || cols > 0 && len(a)%cols != 0 || n < 1 || !(damping > 0) {
		panic("fisher: Solve: bad shape or damping")
	}
	if cols == 0 {
		return 0, nil
	}
	s.prepare(a, cols, n)
	defer func() { s.a = nil }()
	for !s.factor(damping) {
		damping *= 10
		raised++
		if math.IsInf(damping, 0) {
			return raised, ErrNotFinite
		}
	}
	copy(x, g)
	if s.sampled {
		s.throughSamples(x, damping)
	} else {
		s.backSubstitute(x)
	}
	for _, v := range x {
		if v-v != 0 {
			return raised, ErrNotFinite
		}
	}
	return raised, nil
}

// Centre subtracts from each of the columns of a its mean.
func Centre(a []float64, cols int) {
	var mean [block]float64
	for from := 0; from < cols; from += block {
		to := min(from+block, cols)
		part := mean[:to-from]
		clear(part)
		weight := float64(cols) / float64(len(a))
		for row := 0; row < len(a); row += cols {
			tensor.Axpy(weight, a[row+from:row+to], part)
		}
		for row := 0; row < len(a); row += cols {
			tensor.Axpy(-1, part, a[row+from:row+to])
		}
	}
}

func (s *Solver) prepare(a []float64, cols, n int) {
	s.a, s.rows, s.cols, s.n = a, len(a)/cols, cols, float64(n)
	s.sampled = s.rows < s.cols
	s.m = min(s.rows, s.cols)
	s.c = resize(s.c, s.m*s.m)
	s.middle = resize(s.middle, s.rows)
	if s.multiply == nil {
		s.multiply, s.panel, s.update = s.multiplyTile, s.panelTile, s.updateTile
	}
}

// factor is the Cholesky factorisation of the damped matrix, by columns of blocks.
func (s *Solver) factor(damping float64) (positive bool) {
	blocks := (s.m + block - 1) / block
	if s.tiles != nil {
		s.putTiles()
	} else {
		par.For(blocks*(blocks+1)/2, s.multiply)
	}
	for i := range s.m {
		s.c[i*s.m+i] += damping
	}
	for s.step = 0; s.step < blocks; s.step++ {
		from, to := s.bounds(s.step)
		if !tensor.Cholesky(to-from, s.c[from*s.m+from:], s.m) {
			return false
		}
		below := blocks - s.step - 1
		par.For(below, s.panel)
		par.For(below*(below+1)/2, s.update)
	}
	return true
}

// multiplyTile computes a tile of the lower triangle of the matrix.
func (s *Solver) multiplyTile(task int) {
	i, j := pair(task)
	r0, r1 := s.bounds(i)
	c0, c1 := s.bounds(j)
	to := s.c[r0*s.m+c0:]
	if s.sampled {
		tensor.Gemm(false, true, r1-r0, c1-c0, s.cols, 1/s.n, s.a[r0*s.cols:], s.cols, s.a[c0*s.cols:], s.cols, 0, to, s.m)
	} else {
		tensor.Gemm(true, false, r1-r0, c1-c0, s.rows, 1/s.n, s.a[r0:], s.cols, s.a[c0:], s.cols, 0, to, s.m)
	}
}

// panelTile computes a block of L below the diagonal block of this step.
func (s *Solver) panelTile(task int) {
	from, to := s.bounds(s.step)
	r0, r1 := s.bounds(s.step + 1 + task)
	tensor.SolveLower(true, true, r1-r0, to-from, s.c[from*s.m+from:], s.m, s.c[r0*s.m+from:], s.m)
}

// updateTile subtracts what this step's blocks of L explain of a tile.
func (s *Solver) updateTile(task int) {
	i, j := pair(task)
	from, to := s.bounds(s.step)
	r0, r1 := s.bounds(s.step + 1 + i)
	c0, c1 := s.bounds(s.step + 1 + j)
	tensor.Gemm(false, true, r1-r0, c1-c0, to-from, -1, s.c[r0*s.m+from:], s.m, s.c[c0*s.m+from:], s.m, 1, s.c[r0*s.m+c0:], s.m)
}

// backSubstitute overwrites y by C^-1 y.
func (s *Solver) backSubstitute(y []float64) {
	tensor.SolveLower(false, false, s.m, 1, s.c, s.m, y, 1)
	tensor.SolveLower(false, true, s.m, 1, s.c, s.m, y, 1)
}

// throughSamples is Woodbury's formula, with x = g to begin with.
func (s *Solver) throughSamples(x []float64, damping float64) {
	if s.rows > 0 {
		tensor.Gemm(false, false, s.rows, 1, s.cols, 1, s.a, s.cols, x, 1, 0, s.middle, 1)
		s.backSubstitute(s.middle)
		tensor.Gemm(true, false, s.cols, 1, s.rows, -1/s.n, s.a, s.cols, s.middle, 1, 1, x, 1)
	}
	for i := range x {
		x[i] /= damping
	}
}

// bounds are the rows of block i.
func (s *Solver) bounds(i int) (from, to int) { return i * block, min((i+1)*block, s.m) }

// pair numbers the pairs i >= j row by row.
func pair(task int) (i, j int) {
	i = int((math.Sqrt(float64(8*task+1)) - 1) / 2)
	return i, task - i*(i+1)/2
}

func resize(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}
