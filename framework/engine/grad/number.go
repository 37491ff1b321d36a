package grad

import (
	"unsafe"

	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Bytes is the size of a number.
func Bytes[T tensor.Real]() int {
	var x T
	return int(unsafe.Sizeof(x))
}

// convert copies src to dst, rounded where dst has the shorter type.
func convert[D, S tensor.Real](dst []D, src []S) {
	if same, ok := any(dst).([]S); ok {
		copy(same, src)
		return
	}
	for i, v := range src {
		dst[i] = D(v)
	}
}

// addTo adds src to the len(dst) numbers of dst.
func addTo[T tensor.Real](dst []float64, src []T) {
	if same, ok := any(src).([]float64); ok {
		tensor.Add(dst, dst, same)
		return
	}
	for i, v := range src[:len(dst)] {
		dst[i] += float64(v)
	}
}
