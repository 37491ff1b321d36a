//go:build !cgo || purego

package tensor

func sparseMul(s Sparse, set bool, y, a, x []float64, n, ld int) {
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

func sparseDots(s Sparse, abar, ybar, x []float64, n, ld int) {
	for r := range s.Rows {
		for k := r * s.Terms; k < (r+1)*s.Terms; k++ {
			sum, from := 0.0, x[int(s.At[k])*ld:]
			for j, v := range ybar[r*ld : r*ld+n] {
				sum += v * from[j]
			}
			abar[k] += sum
		}
	}
}
