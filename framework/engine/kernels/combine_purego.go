//go:build !cgo || purego

package kernels

func combine(y, x, h, c []float64, from []int64, k []float64) {
	n := len(h)
	for at := range y {
		sum := 0.0
		for i, v := range c {
			sum += v * k[int(from[i])+at]
		}
		start := 0.0
		if x != nil {
			start = x[at]
		}
		y[at] = start + h[at%n]*sum
	}
}
