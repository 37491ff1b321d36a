//go:build !cgo || purego

package tensor

func mulAdd[T Real](m, n, k int, w []T, wi, wk int, x []T, ldx int, y []T, ldy int, start []T) {
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

func mulAddTurned[T Real](m, n, k int, w []T, ldw int, x []T, ldx int, y []T, ldy int) {
	for i := range m {
		for j := range n {
			for l, v := range x[j*ldx : j*ldx+k] {
				y[i*ldy+j] += w[i*ldw+l] * v
			}
		}
	}
}
