//go:build !cgo || purego

package tensor

import "math"

func erfc(y, x []float64) {
	for i, v := range x[:len(y)] {
		y[i] = math.Erfc(v)
	}
}
