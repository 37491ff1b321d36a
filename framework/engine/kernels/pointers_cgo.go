//go:build cgo && !purego

package kernels

/*
#cgo CFLAGS: -O3 -std=gnu11
#include <stdint.h>
*/
import "C"

import "unsafe"

func ptr(x []float64) *C.double { return (*C.double)(&x[0]) }

// orNull is null where x is nil.
func orNull(x []float64) *C.double { return (*C.double)(unsafe.SliceData(x)) }

func indices(x []int64) *C.int64_t { return (*C.int64_t)(unsafe.Pointer(&x[0])) }

func flag(b bool) C.long {
	if b {
		return 1
	}
	return 0
}
