package nn

import (
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// apart is W x where an op keeps it apart from y for the sake of its mirror: sums with b in
// them would be rounded in another way for -x. Then it is made in wx, and shift makes y of it.
type apart[T tensor.Real] struct{ wx Map[T] }

func (a *apart[T]) keepOf(y Map[T]) Map[T] {
	a.wx = y
	a.wx.Var = grad.NewData[T](y.Rows, y.Cols)
	return a.wx
}

func (a *apart[T]) kept() bool { return a.wx.Var != nil }

// sumsOf is what W x is added to: y, or W x alone.
func (a *apart[T]) sumsOf(y Map[T]) []T {
	if a.kept() {
		return a.wx.Val
	}
	return y.Val
}

// shift writes y = b + sign W x in cols columns of so many rows, the first of them row r,
// from offset at on; row r has b[r mod len(b)].
func shift[T tensor.Real](sign T, y, wx Map[T], b []T, r, at, rows, cols int) {
	b = b[r%len(b):]
	tensor.FillRows(y.Val[at:], rows, cols, y.Cols, b[:min(rows, len(b))])
	if cols == y.Cols { // the rows are one
		rows, cols = 1, rows*cols
	}
	for range rows {
		tensor.Axpy(sign, wx.Val[at:at+cols], y.Val[at:at+cols])
		at += y.Cols
	}
}
