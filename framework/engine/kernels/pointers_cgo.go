//go:build cgo && !purego

package kernels

/*
#cgo CFLAGS: -O3 -std=gnu11
#include <stdint.h>
void hh_kernels_use(long level);
*/
import "C"

import (
	"unsafe"

	"github.com/helmholtz-physics/helmholtz/framework/engine/simd"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

func init() { simd.Follow(func(l simd.Level) { C.hh_kernels_use(C.long(l)) }) }

// single tells which of two instances of a kernel is T's.
func single[T tensor.Real]() bool { return unsafe.Sizeof(T(0)) == 4 }

// f64 and f32 are where x begins, null for nil, if T is that type.
func f64[T tensor.Real](x []T) *C.double { return (*C.double)(unsafe.Pointer(unsafe.SliceData(x))) }

func f32[T tensor.Real](x []T) *C.float { return (*C.float)(unsafe.Pointer(unsafe.SliceData(x))) }

func indices(x []int64) *C.int64_t { return (*C.int64_t)(unsafe.Pointer(&x[0])) }

func flag(b bool) C.long {
	if b {
		return 1
	}
	return 0
}
