//go:build !cgo || purego

package tensor

func mulAdd(m, n, k int, w []float64, wi, wk int, x []float64, ldx int, y []float64, ldy int, start []float64) {
	if start != nil {
		fillRows(y, m, n, ldy, start)
	}
	for i := range m {
		row := y[i*ldy : i*ldy+n]
		for l := range k {
			axpy(w[i*wi+l*wk], x[l*ldx:l*ldx+n], row)
		}
	}
}
