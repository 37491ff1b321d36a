package kernels

import (
	"math"
	"slices"
	"testing"
)

// The functions as they are defined, and their derivatives by those of hyperbolic
// functions: s = (1 + tanh(u/2))/2. Numbers are of order 1 but for u itself, up to 40.
func TestSmooth(t *testing.T) {
	functions := map[Smooth]func(u float64) [3]float64{
		SiLU: func(u float64) [3]float64 {
			s, ds := (1+math.Tanh(u/2))/2, math.Pow(2*math.Cosh(u/2), -2)
			return [3]float64{u * s, s + u*ds, 2*ds - u*ds*math.Tanh(u/2)}
		},
		SmoothTanh: func(u float64) [3]float64 {
			d := math.Pow(math.Cosh(u), -2)
			return [3]float64{math.Tanh(u), d, -2 * math.Tanh(u) * d}
		},
	}
	for f, of := range functions {
		for _, n := range []int{1, 7, 8, 30} {
			u := random(n)
			for i := range u {
				u[i] *= 10
			}
			u[0] = -40
			h, p, q := make([]float64, n), slices.Clone(u), make([]float64, n)
			SmoothForward(f, h, p, q)
			h1, p1 := make([]float64, n), slices.Clone(u)
			SmoothForward(f, h1, p1, nil)
			if !slices.Equal(h, h1) || !slices.Equal(p, p1) {
				t.Errorf("%d: other numbers without f''", f)
			}
			bar, pbar := random(n), random(n)
			both, alone := slices.Clone(bar), slices.Clone(bar)
			SmoothBackward(both, p, q, pbar)
			SmoothBackward(alone, p, nil, nil)
			for i, v := range u {
				want := of(v)
				for k, got := range [3]float64{h[i], p[i], q[i]} {
					if math.Abs(got-want[k]) > 1e-14*(1+math.Abs(want[k])) {
						t.Errorf("%d: derivative %d at %v is %v, want %v", f, k, v, got, want[k])
					}
				}
				if want := want[1]*bar[i] + want[2]*pbar[i]; math.Abs(both[i]-want) > 1e-13 {
					t.Errorf("%d: pulled back at %v: %v, want %v", f, v, both[i], want)
				}
				if want := want[1] * bar[i]; math.Abs(alone[i]-want) > 1e-13 {
					t.Errorf("%d: pulled back without pbar at %v: %v, want %v", f, v, alone[i], want)
				}
			}
		}
	}
}
