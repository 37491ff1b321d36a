package data

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// The idx format of Y. LeCun, C. Cortes and C. Burges, The MNIST database of handwritten
// digits: two zero bytes, the type of the numbers, the number of axes, the length of each
// axis in four bytes, and the numbers, all big-endian, outermost axis first.

// readIDX reads an idx file.
func readIDX(s source) ([]float64, []int, error) { return s.idx(s.file, s.size, nil) }

// idxNumber is a type of numbers in an idx file.
type idxNumber struct {
	size  int
	value func(b []byte) float64
}

var big = binary.BigEndian

var idxNumbers = map[byte]idxNumber{
	0x08: {1, func(b []byte) float64 { return float64(b[0]) }},
	0x09: {1, func(b []byte) float64 { return float64(int8(b[0])) }},
	0x0b: {2, func(b []byte) float64 { return float64(int16(big.Uint16(b))) }},
	0x0c: {4, func(b []byte) float64 { return float64(int32(big.Uint32(b))) }},
	0x0d: {4, func(b []byte) float64 { return float64(math.Float32frombits(big.Uint32(b))) }},
	0x0e: {8, func(b []byte) float64 { return math.Float64frombits(big.Uint64(b)) }},
}

// idx reads the format from r, which has at most so many bytes, and appends the numbers to
// x.
func (s source) idx(r io.Reader, most int64, x []float64) ([]float64, []int, error) {
	number, shape, err := s.idxHeader(r)
	if err != nil {
		return nil, nil, err
	}
	n := 1
	for _, l := range shape {
		if l > 0 && n > core.MostNumbers/l {
			return nil, nil, s.bad("its header says the shape %v, which is too large", shape)
		}
		n *= l
	}
	if head := int64(4 + 4*len(shape)); int64(n) > (most-head)/int64(number.size) {
		return nil, nil, s.bad("its header says the shape %v, which does not fit a file of %d bytes", shape, s.size)
	}
	if err := reserve(s.name, float64(n)); err != nil {
		return nil, nil, err
	}
	x = slices.Grow(x, n)
	block := make([]byte, min(n, 1<<13)*number.size)
	for left := n; left > 0; left -= min(left, 1<<13) {
		part := block[:min(left, 1<<13)*number.size]
		if _, err := io.ReadFull(r, part); err != nil {
			return nil, nil, s.cut(err, "its numbers of the shape %v", shape)
		}
		for b := range slices.Chunk(part, number.size) {
			x = append(x, number.value(b))
		}
	}
	if _, err := io.ReadFull(r, make([]byte, 1)); !errors.Is(err, io.EOF) {
		if err != nil {
			return nil, nil, s.bad("it is damaged: %v", err)
		}
		return nil, nil, s.bad("it goes on behind its numbers of the shape %v", shape)
	}
	return x, shape, nil
}

func (s source) idxHeader(r io.Reader) (number idxNumber, shape []int, err error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(r, head); err != nil {
		return number, nil, s.cut(err, "the header of an idx file")
	}
	number, ok := idxNumbers[head[2]]
	if head[0] != 0 || head[1] != 0 || !ok || head[3] == 0 {
		return number, nil, s.bad("it begins with % x; an idx file begins with 00 00, a type of numbers (08, 09, 0b, 0c, 0d or 0e) and the number of axes", head)
	}
	lengths := make([]byte, 4*int(head[3]))
	if _, err := io.ReadFull(r, lengths); err != nil {
		return number, nil, s.cut(err, "the header of an idx file")
	}
	for l := range slices.Chunk(lengths, 4) {
		shape = append(shape, int(big.Uint32(l)))
	}
	return number, shape, nil
}

// cut says that a file ends too early, or why it cannot be read.
func (s source) cut(err error, format string, args ...any) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return s.bad("it ends within "+format, args...)
	}
	return s.bad("it is damaged: %v", err)
}
