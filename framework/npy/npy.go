// Package npy reads arrays that NumPy wrote: .npy files, and .npz archives of them.
//
// Format: R. Kern, "A simple file format for NumPy arrays", NEP 1, and
// numpy.lib.format, versions 1 to 3. Little-endian and one-byte numbers are read,
// in C and in Fortran order.
//
// Errors are plain predicates ("has the dtype ..."): who knows the file puts its name
// before them.
package npy

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Magic begins a .npy file; two bytes of the version follow.
const Magic = "\x93NUMPY"

// Array is an array of numbers, row-major whatever its order in the file was.
type Array struct {
	X     []float64
	Shape []int // outermost axis first; empty for a single number
	// Epsilon is the relative spacing of the numbers as they were stored: 2^-52 for
	// float64, 2^-23 for float32, 0 for integers, which are exact.
	Epsilon float64
}

// Read reads the array of a .npy file of so many bytes. Memory is taken only when the
// header fits the size. An integer that float64 cannot hold is refused.
func Read(r io.Reader, size int64) (*Array, error) {
	h, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	element, ok := elements[h.dtype]
	if !ok {
		return nil, fmt.Errorf("has the dtype %s; read are little-endian float32 and float64 (<f4, <f8), integers and bool",
			core.Shorten(fmt.Sprintf("%q", h.dtype)))
	}
	n := 1
	for _, l := range h.shape {
		if l > 0 && n > core.MostNumbers/l {
			return nil, fmt.Errorf("has the shape %s, which is too large", h.axes)
		}
		n *= l
	}
	if size -= h.length; size != int64(n)*int64(element.size) {
		return nil, fmt.Errorf("has %d bytes of numbers, and the shape %s in %s needs %d", size, h.axes, h.dtype, int64(n)*int64(element.size))
	}
	if err := core.Afford(8*float64(n), "array of the shape "+h.axes, "its numbers", "keep fewer of them in the file"); err != nil {
		return nil, err
	}
	a := &Array{X: make([]float64, n), Shape: h.shape, Epsilon: element.epsilon}
	place := func(k int) int { return k }
	if h.fortran {
		place = rowMajor(h.shape)
	}
	return a, element.read(r, a.X, place)
}

// read fills x with the numbers of r; number k of the file is x[place(k)].
func (e element) read(r io.Reader, x []float64, place func(k int) int) error {
	buffer := make([]byte, min(len(x), 1<<13)*e.size)
	for k := 0; k < len(x); {
		part := buffer[:min(len(x)-k, 1<<13)*e.size]
		if _, err := io.ReadFull(r, part); err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) {
				err = io.EOF
			}
			return fmt.Errorf("cannot be read to its end: %w", err)
		}
		for ; len(part) > 0; part, k = part[e.size:], k+1 {
			v := e.value(part)
			if e.exact != nil && !e.exact(part) {
				return fmt.Errorf("has the integer %.0f or one beside it, and float64 tells integers apart only up to 2^53", v)
			}
			x[place(k)] = v
		}
	}
	return nil
}

// rowMajor tells for k = 0, 1, ..., in this order, where number k of an array in
// Fortran order, first axis fastest, stands in C order.
func rowMajor(shape []int) func(k int) int {
	strides, at := make([]int, len(shape)), make([]int, len(shape))
	stride := 1
	for axis := len(shape) - 1; axis >= 0; axis-- {
		strides[axis], stride = stride, stride*shape[axis]
	}
	next := 0
	return func(int) int {
		now := next
		for axis := range shape {
			at[axis]++
			if next += strides[axis]; at[axis] < shape[axis] {
				break
			}
			next -= strides[axis] * shape[axis]
			at[axis] = 0
		}
		return now
	}
}

// header is what stands before the numbers.
type header struct {
	length  int64 // bytes up to the numbers
	dtype   string
	fortran bool
	shape   []int
	axes    string // the shape as Python writes it: "(2, 3)"
}

// The entries of the header, a Python dictionary.
var (
	descr   = regexp.MustCompile(`'descr':\s*'([^']*)'`)
	fortran = regexp.MustCompile(`'fortran_order':\s*(True|False)`)
	shape   = regexp.MustCompile(`'shape':\s*\(([0-9, ]*)\)`)
)

// longestHeader of an array of numbers has some 120 bytes.
const longestHeader = 1 << 16

var errNot = errors.New("is not a .npy file, or it was cut short")

func readHeader(r io.Reader) (h header, err error) {
	head := make([]byte, len(Magic)+2)
	if _, err := io.ReadFull(r, head); err != nil || string(head[:len(Magic)]) != Magic {
		return h, errNot
	}
	wide := 2 // bytes of the header's length
	switch version := head[len(Magic)]; version {
	case 1:
	case 2, 3:
		wide = 4
	default:
		return h, fmt.Errorf("is a .npy file of version %d; read are 1 to 3", version)
	}
	length := make([]byte, 4)
	if _, err := io.ReadFull(r, length[:wide]); err != nil || order.Uint32(length) > longestHeader {
		return h, errNot
	}
	text := make([]byte, order.Uint32(length))
	if _, err := io.ReadFull(r, text); err != nil {
		return h, errNot
	}
	h.length = int64(len(head) + wide + len(text))
	dtype, sequence, axes := descr.FindSubmatch(text), fortran.FindSubmatch(text), shape.FindSubmatch(text)
	switch {
	case dtype == nil:
		return h, fmt.Errorf("has no dtype of numbers in its header %s", core.Shorten(fmt.Sprintf("%q", strings.TrimSpace(string(text)))))
	case sequence == nil || axes == nil:
		return h, errNot
	}
	h.dtype, h.fortran, h.axes = string(dtype[1]), string(sequence[1]) == "True", "("+string(axes[1])+")"
	h.shape, err = parseShape(string(axes[1]))
	return h, err
}

// mostAxes is NumPy's own limit.
const mostAxes = 64

// parseShape takes a shape as Python writes it, without the parentheses: "2, 3", "4,".
func parseShape(axes string) ([]int, error) {
	words := strings.Split(strings.TrimSuffix(strings.TrimSpace(axes), ","), ",")
	if words[0] == "" {
		words = nil
	}
	lengths := make([]int, 0, len(words))
	for _, word := range words {
		l, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || len(words) > mostAxes {
			return nil, fmt.Errorf("has the shape %s, which is none", core.Shorten("("+axes+")"))
		}
		lengths = append(lengths, l)
	}
	return slices.Clip(lengths), nil
}
