package wire

import (
	"encoding/binary"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// AppendFloats appends v to b as little-endian float64.
func AppendFloats(b []byte, v []float64) []byte {
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return b
}

// DecodeFloats reads little-endian float64 into dst's memory.
func DecodeFloats(dst []float64, b []byte) []float64 {
	dst = core.Resize(dst, len(b)/8)
	for i := range dst {
		dst[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return dst
}
