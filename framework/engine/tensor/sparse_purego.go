//go:build !cgo || purego

package tensor

func sparseMul[T Real](s Sparse[T], set bool, y, a, x []T, n, ld int) {
	for r := range s.Rows {
		row := y[r*ld : r*ld+n]
		if set {
			clear(row)
		}
		for k := r * s.Terms; k < (r+1)*s.Terms; k++ {
			axpy(a[k], x[int(s.At[k])*ld:], row)
		}
	}
}

func sparseDots[T Real](s Sparse[T], abar, ybar, x []T, n, ld int) {
	for r := range s.Rows {
		for k := r * s.Terms; k < (r+1)*s.Terms; k++ {
			sum, from := T(0), x[int(s.At[k])*ld:]
			for j, v := range ybar[r*ld : r*ld+n] {
				sum += v * from[j]
			}
			abar[k] += sum
		}
	}
}
