package grad

import "github.com/helmholtz-physics/helmholtz/framework/engine/par"

// Gradient writes the gradient that this tape alone implies to dst, one param
// after the other, and leaves it in their Sum. It follows Backward, and runs
// the same Accumulate as a pull-back over many tapes.
//
// On a tape whose chunk is one sample x_i, with the adjoint of ln p set to 1,
// that is the sample's score, row i of
//
//	O_ij = d ln p(x_i) / d theta_j.
//
// A natural gradient over n samples with cotangents e solves in the space of
// samples, where the matrix is n x n, and not in the space of parameters (Chen
// and Heyl, arXiv:2302.01941):
//
//	delta = (O^T O + lambda)^-1 O^T e = O^T c,   (O O^T + lambda) c = e.
//
// O need not be kept: O O^T is summed over blocks of its columns, and O^T c is
// the ordinary pull-back with weights c. Tapes that do this at the same time
// need Params of their own, which may share Val.
func (t *Tape[T]) Gradient(dst []float64, params []*Param[T]) {
	for _, p := range params {
		p.ClearPart(0, 1)
	}
	var s Stack[T]
	for _, op := range t.ops {
		if w, ok := op.(Weighted[T]); ok {
			for tile := range w.Tiles() {
				n := w.TileSize(tile)
				w.Accumulate(tile, 0, s.Top(par.Segment{Opens: true}, n))
				w.AddTile(tile, s.Take(n))
			}
		}
	}
	for _, p := range params {
		p.Unload(dst[:p.Size()])
		dst = dst[p.Size():]
	}
}
