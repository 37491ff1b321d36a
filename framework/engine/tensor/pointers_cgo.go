//go:build cgo && !purego

package tensor

/*
#cgo CFLAGS: -O3 -std=gnu11
void hh_tensor_use(long level);
*/
import "C"

import (
	"unsafe"

	"github.com/helmholtz-physics/helmholtz/framework/engine/simd"
)

func init() { simd.Follow(func(l simd.Level) { C.hh_tensor_use(C.long(l)) }) }

// single tells which of two instances of a kernel is T's.
func single[T Real]() bool { return unsafe.Sizeof(T(0)) == 4 }

// f64 and f32 are where x begins, null for nil, if T is that type.
func f64[T Real](x []T) *C.double { return (*C.double)(unsafe.Pointer(unsafe.SliceData(x))) }

func f32[T Real](x []T) *C.float { return (*C.float)(unsafe.Pointer(unsafe.SliceData(x))) }
