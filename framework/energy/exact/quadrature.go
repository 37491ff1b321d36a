package exact

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
)

// Composite Gauss-Legendre quadrature. From the maximum of a normal density to
// the end that Reach finds are 14 standard deviations, so a panel is less than
// half of one; 10 nodes then leave rounding alone.
const (
	panels = 32
	nodes  = 10
)

// deep is how far ln w falls until a weight is left out: exp(-100) = 4e-44.
const deep = 100

var abscissa, weight = func() (x, w []float64) {
	x, w = make([]float64, nodes), make([]float64, nodes)
	quad.Legendre{}.FixedLocations(x, w, -1, 1)
	return x, w
}()

// Integrate adds the integral of exp(lnw(x)) from one x to another as terms of
// a, with the reduced energy e(x).
func (a *Accumulator) Integrate(from, to float64, at func(x float64) (lnw, e float64)) {
	half := (to - from) / (2 * panels)
	for p := range panels {
		centre := from + float64(2*p+1)*half
		for k, u := range abscissa {
			lnw, e := at(centre + half*u)
			a.Add(lnw+math.Log(math.Abs(half)*weight[k]), e, 0)
		}
	}
}

// Reach is how far to integrate from the minimum of f towards an end, which
// may be infinite, when f rises all the way: where f has risen by 100, or the
// end if it has not. Where f overflows that may be infinite, and integrals NaN.
func Reach(f func(x float64) float64, minimum, end float64) float64 {
	top := f(minimum) + deep
	if math.IsInf(end, 0) {
		step := math.Copysign(1, end)
		for f(minimum+step) <= top && !math.IsInf(step, 0) {
			step *= 2
		}
		end = minimum + step
	}
	if f(end) <= top {
		return end
	}
	low, high := minimum, end
	for range 100 { // of two points, the one where f > top is kept last
		middle := low + (high-low)/2
		if f(middle) > top {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}
