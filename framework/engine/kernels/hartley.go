package kernels

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Hartley transforms functions on a periodic lattice to the basis of products over its axes of
// cas(k r) = cos(k r) + sin(k r), k = 2 pi/L (0, ..., L-1) (Hartley 1942),
//
//	X(k) = sum_r x(r) prod_axes cas(k r)/sqrt(L),
//
// which is its own inverse. It has scratch memory, so that one goroutine at a time uses it.
type Hartley[T tensor.Real] struct {
	shape   []int64
	sites   int
	m       []T // of each axis, what hartley.h says
	scratch []T
}

// NewHartley returns the transform on a lattice, whose sites are in raster order.
func NewHartley[T tensor.Real](shape []int) *Hartley[T] {
	h := &Hartley[T]{sites: 1}
	longest := 0
	for _, l := range shape {
		h.shape, h.sites, longest = append(h.shape, int64(l)), h.sites*l, max(longest, l)
		value := func(k, r int) (sine, cosine T) {
			s, c := math.Sincos(2 * math.Pi * float64(k*r%l) / float64(l))
			return T(s / math.Sqrt(float64(l))), T(c / math.Sqrt(float64(l)))
		}
		for k := range l/2 + 1 {
			for r := range l/2 + 1 {
				_, c := value(k, r)
				h.m = append(h.m, c)
			}
		}
		for k := 1; k <= (l-1)/2; k++ {
			for r := 1; r <= (l-1)/2; r++ {
				s, _ := value(k, r)
				h.m = append(h.m, s)
			}
		}
	}
	h.scratch = make([]T, hartleyLine*(h.sites+2*longest+4)+hartleyLine)
	return h
}

// hartleyLine is at most how many numbers of a site are transformed at a time.
const hartleyLine = 16

// Transform transforms n columns of x, whose rows are the sites, in place, with row stride ld. Each column is
// computed by the same chain of operations wherever it stands.
func (h *Hartley[T]) Transform(x []T, n, ld int) {
	need("Hartley: x", x, h.sites, n, ld)
	if n > 0 && h.sites > 0 {
		hartley(h, x, n, ld)
	}
}
