package npy

import (
	"encoding/binary"
	"math"
)

// element is a type of numbers in a file.
type element struct {
	size    int
	epsilon float64 // relative spacing
	value   func(b []byte) float64
	exact   func(b []byte) bool // nil where every value is
}

var order = binary.LittleEndian

// elements by the names of their dtypes: byte order, kind, bytes.
var elements = map[string]element{
	"<f4": {4, 0x1p-23, func(b []byte) float64 { return float64(math.Float32frombits(order.Uint32(b))) }, nil},
	"<f8": {8, 0x1p-52, func(b []byte) float64 { return math.Float64frombits(order.Uint64(b)) }, nil},
	"|b1": {1, 0, func(b []byte) float64 { return float64(min(b[0], 1)) }, nil},
	"|i1": {1, 0, func(b []byte) float64 { return float64(int8(b[0])) }, nil},
	"|u1": {1, 0, func(b []byte) float64 { return float64(b[0]) }, nil},
	"<i2": {2, 0, func(b []byte) float64 { return float64(int16(order.Uint16(b))) }, nil},
	"<u2": {2, 0, func(b []byte) float64 { return float64(order.Uint16(b)) }, nil},
	"<i4": {4, 0, func(b []byte) float64 { return float64(int32(order.Uint32(b))) }, nil},
	"<u4": {4, 0, func(b []byte) float64 { return float64(order.Uint32(b)) }, nil},
	"<i8": {8, 0, func(b []byte) float64 { return float64(int64(order.Uint64(b))) }, exactInt},
	"<u8": {8, 0, func(b []byte) float64 { return float64(order.Uint64(b)) }, exactUint},
}

// most bounds the integers that float64 tells apart.
const most = 1 << 53

func exactInt(b []byte) bool {
	v := int64(order.Uint64(b))
	return v >= -most && v <= most
}

func exactUint(b []byte) bool { return order.Uint64(b) <= most }
