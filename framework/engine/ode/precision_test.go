package ode

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// The equation x' = x (1 - x) in float32 is that of float64 up to the rounding of 40 steps,
// 6e-8 each, of either method and both ways.
func TestFloat32IsFloat64Rounded(t *testing.T) {
	const d, n = 2, 11
	for name, o := range map[string]Options{"rk4": {Method: RK4, Steps: 40, Keep: 3}, "dopri5": {Method: DormandPrince, Tolerance: 1e-6}} {
		x0, bar, lbar := starts(d*n), make([]float64, d*n), make([]float64, n)
		for i := range bar {
			x0[i], bar[i] = float64(float32(x0[i])), float64(float32(math.Cos(float64(i))))
		}
		for i := range lbar {
			lbar[i] = math.Sin(float64(i))
		}
		x, l, slope := solve[float64](o, x0, bar, lbar, d, n)
		x32, l32, slope32 := solve[float32](o, x0, bar, lbar, d, n)
		for what, c := range map[string][2][]float64{"x": {x, x32}, "l": {l, l32}, "slope": {slope, slope32}} {
			for i, want := range c[0] {
				// steps that meet the tolerance need not be the same
				if e := math.Abs(c[1][i] - want); e > 1e-5*(1+math.Abs(want)) {
					t.Errorf("%s: %s_%d is off by %g of %g", name, what, i, e, want)
				}
			}
		}
	}
}

func solve[T tensor.Real](o Options, x0, bar, lbar []float64, d, n int) (x, l, slope []float64) {
	s := NewSolver[T](o, &logistic[T]{d: d, n: n}, d, n)
	x1, bar0 := make([]T, d*n), make([]T, d*n)
	l = make([]float64, n)
	s.Solve(x1, l, to[T](x0), 0, 2)
	s.Pull(bar0, to[T](bar), lbar, true)
	return to[float64](x1), l, to[float64](bar0)
}

func to[D, S tensor.Real](x []S) []D {
	y := make([]D, len(x))
	for i, v := range x {
		y[i] = D(v)
	}
	return y
}
