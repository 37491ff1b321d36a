package pairflow

// Matrices of eight configurations are row-major, n x n.

// multiply adds scale a b to dst.
func multiply(dst, a, b []eight, n int, scale float64) {
	for i := range n {
		for k := range n {
			f := a[i*n+k]
			for c := range f {
				f[c] *= scale
			}
			addRow(dst[i*n:][:n], &f, b[k*n:][:n])
		}
	}
}

// multiplyLeft adds a^T b to dst.
func multiplyLeft(dst, a, b []eight, n int) {
	for k := range n {
		for i := range n {
			addRow(dst[i*n:][:n], &a[k*n+i], b[k*n:][:n])
		}
	}
}

// addRow adds f times a row to another.
func addRow(to []eight, f *eight, from []eight) {
	for j := range to {
		x, y := &to[j], &from[j]
		for c, v := range f {
			x[c] += v * y[c]
		}
	}
}

// multiplyRight adds a b^T to dst.
func multiplyRight(dst, a, b []eight, n int) {
	for i := range n {
		for j := range n {
			left, right, to := a[i*n:][:n], b[j*n:][:n], &dst[i*n+j]
			for k := range left {
				x, y := &left[k], &right[k]
				for c := range to {
					to[c] += x[c] * y[c]
				}
			}
		}
	}
}

func identity(dst []eight, n int) {
	clear(dst)
	for i := range n {
		for c := range width {
			dst[i*n+i][c] = 1
		}
	}
}

// load and store change between numbers and rows of eight.
func load(dst []eight, from []float64) {
	for i := range dst {
		copy(dst[i][:], from[i*width:])
	}
}

func store(dst []float64, from []eight) {
	for i := range from {
		copy(dst[i*width:], from[i][:])
	}
}
