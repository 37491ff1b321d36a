package couplings

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// magic begins a .npy file; two bytes of the version follow.
const magic = "\x93NUMPY"

// readNPY reads J [N,N] as numpy.save writes it, versions 1 to 3.
func readNPY(path string, _ int) (*system, error) {
	f, size, err := core.OpenRegular(path)
	if err != nil {
		return nil, unread(path, err)
	}
	defer f.Close()
	h, err := npyHeader(path, f)
	if err != nil {
		return nil, err
	}
	element, ok := elements[h.dtype]
	if !ok {
		return nil, bad(path, "has the dtype %s; read are little-endian float32 and float64 (<f4, <f8) and integers", quote(h.dtype))
	}
	n := h.shape[0]
	if size -= h.length; n > math.MaxInt32 || size != int64(n)*int64(n)*int64(element.size) {
		return nil, bad(path, "has %d bytes of numbers, and the shape (%d, %d) in %s needs %d", size, n, n, h.dtype, int64(n)*int64(n)*int64(element.size))
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, unread(path, err)
	}
	s := &system{n: n, matrix: make([]float64, n*n)}
	for k := range s.matrix {
		at := k
		if h.fortran { // so that messages name the row first
			at = k%n*n + k/n
		}
		s.matrix[at] = element.value(data[k*element.size:])
	}
	if problem := checkMatrix(n, s.matrix, asymmetryOf(element.epsilon)); problem != "" {
		return nil, bad(path, "%s", problem)
	}
	return s, nil
}

// element is a type of numbers in a file.
type element struct {
	size    int
	epsilon float64 // relative spacing
	value   func(b []byte) float64
}

var order = binary.LittleEndian

var elements = map[string]element{
	"<f4": {4, 0x1p-23, func(b []byte) float64 { return float64(math.Float32frombits(order.Uint32(b))) }},
	"<f8": {8, 0x1p-52, func(b []byte) float64 { return math.Float64frombits(order.Uint64(b)) }},
	"|i1": {1, 0, func(b []byte) float64 { return float64(int8(b[0])) }},
	"|u1": {1, 0, func(b []byte) float64 { return float64(b[0]) }},
	"<i2": {2, 0, func(b []byte) float64 { return float64(int16(order.Uint16(b))) }},
	"<u2": {2, 0, func(b []byte) float64 { return float64(order.Uint16(b)) }},
	"<i4": {4, 0, func(b []byte) float64 { return float64(int32(order.Uint32(b))) }},
	"<u4": {4, 0, func(b []byte) float64 { return float64(order.Uint32(b)) }},
	"<i8": {8, 0, func(b []byte) float64 { return float64(int64(order.Uint64(b))) }},
	"<u8": {8, 0, func(b []byte) float64 { return float64(order.Uint64(b)) }},
}

// npy is what the header of a file says.
type npy struct {
	length  int64 // bytes up to the numbers
	dtype   string
	fortran bool
	shape   []int
}

// The entries of the header, a Python dictionary.
var (
	descr   = regexp.MustCompile(`'descr':\s*'([^']*)'`)
	fortran = regexp.MustCompile(`'fortran_order':\s*(True|False)`)
	shape   = regexp.MustCompile(`'shape':\s*\(([0-9, ]*)\)`)
)

// longestHeader of an array of numbers has some 120 bytes.
const longestHeader = 1 << 16

func npyHeader(path string, f io.Reader) (h npy, err error) {
	damaged := func() (npy, error) { return h, bad(path, "is not a .npy file, or it was cut short") }
	head := make([]byte, len(magic)+2)
	if _, err := io.ReadFull(f, head); err != nil || string(head[:len(magic)]) != magic {
		return damaged()
	}
	version := head[len(magic)]
	wide := 2 // bytes of the header's length
	switch version {
	case 1:
	case 2, 3:
		wide = 4
	default:
		return h, bad(path, "is a .npy file of version %d; read are 1 to 3", version)
	}
	length := make([]byte, 4)
	if _, err := io.ReadFull(f, length[:wide]); err != nil || order.Uint32(length) > longestHeader {
		return damaged()
	}
	text := make([]byte, order.Uint32(length))
	if _, err := io.ReadFull(f, text); err != nil {
		return damaged()
	}
	h.length = int64(len(head) + wide + len(text))
	if m := descr.FindSubmatch(text); m != nil {
		h.dtype = string(m[1])
	} else {
		return h, bad(path, "has no dtype of numbers in its header %s", quote(strings.TrimSpace(string(text))))
	}
	order, axes := fortran.FindSubmatch(text), shape.FindSubmatch(text)
	if order == nil || axes == nil {
		return damaged()
	}
	h.fortran = string(order[1]) == "True"
	return h, h.square(path, string(axes[1]))
}

// square takes the shape of a matrix as its header writes it: "3, 3".
func (h *npy) square(path, axes string) error {
	for _, word := range strings.Split(strings.TrimSuffix(strings.TrimSpace(axes), ","), ",") {
		if word = strings.TrimSpace(word); word != "" {
			n, err := strconv.Atoi(word)
			if err != nil {
				n = 0
			}
			h.shape = append(h.shape, n)
		}
	}
	if len(h.shape) != 2 || h.shape[0] != h.shape[1] || h.shape[0] == 0 {
		return bad(path, "%s", fmt.Sprintf("has the shape (%s) instead of (N, N)", axes))
	}
	return nil
}
