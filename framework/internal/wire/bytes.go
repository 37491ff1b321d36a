package wire

import (
	"encoding/binary"
	"unsafe"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Number is what an array holds.
type Number interface{ float64 | int32 }

// Size is the number of bytes that a T takes, in memory and in a message.
func Size[T Number]() int {
	var one T
	return int(unsafe.Sizeof(one))
}

// Append appends v to b, little-endian.
func Append[T Number](b []byte, v []T) []byte {
	b, _ = binary.Append(b, binary.LittleEndian, v) // fails only for types without a size
	return b
}

// Decode reads little-endian numbers into dst's memory.
func Decode[T Number](dst []T, b []byte) []T {
	dst = core.Resize(dst, len(b)/Size[T]())
	binary.Decode(b, binary.LittleEndian, dst)
	return dst
}

// Floats is z in place: real and imaginary parts by turns.
func Floats(z []complex128) []float64 {
	return unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(z))), 2*len(z))
}

// Complex is the inverse of Floats.
func Complex(v []float64) []complex128 {
	return unsafe.Slice((*complex128)(unsafe.Pointer(unsafe.SliceData(v))), len(v)/2)
}
