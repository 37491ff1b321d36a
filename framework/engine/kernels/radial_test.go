package kernels

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

// value is y and its first two derivatives in r, by the formula.
func (f Radial) value(r, t float64, weights []float64) (y, dy, d2y float64) {
	n := f.Units
	y = weights[0]
	for h := range n {
		a, w, c := weights[1+h], weights[1+n+h], weights[1+2*n+h]
		u := w * (r - c)
		if f.Timed {
			u += weights[1+3*n+h] * t
		}
		y += a * math.Tanh(u)
		dy += a * w * math.Pow(math.Cosh(u), -2)
		d2y -= 2 * a * w * w * math.Tanh(u) * math.Pow(math.Cosh(u), -2)
	}
	return y, dy, d2y
}

func TestRadial(t *testing.T) {
	for _, f := range []Radial{{5, false}, {6, true}} {
		for _, n := range []int{1, 7, 64, 150} {
			t.Run(fmt.Sprint(f, n), func(t *testing.T) {
				const tolerance = 1e-13 // for sums of some terms of order 1 to 100
				weights, r, times := random(f.Weights()), random(n), random(n)
				y, dy, ybar, dybar, rbar, dw := random(n), random(n), random(n), random(n), random(n), random(f.Weights())
				RadialForward(f, y, dy, r, times, weights)
				before := slices.Clone(dw)
				alone := random(n)
				RadialBackward(f, alone, nil, ybar, dybar, r, times, weights)
				RadialBackward(f, rbar, dw, ybar, dybar, r, times, weights)
				if !slices.Equal(alone, rbar) {
					t.Error("another rbar without dw")
				}
				for j := range n {
					wy, wdy, wd2y := f.value(r[j], times[j], weights)
					if math.Abs(y[j]-wy) > tolerance || math.Abs(dy[j]-wdy) > tolerance {
						t.Errorf("y and dy at %d are %v, %v, want %v, %v", j, y[j], dy[j], wy, wdy)
					}
					if want := ybar[j]*wdy + dybar[j]*wd2y; math.Abs(rbar[j]-want) > tolerance {
						t.Errorf("rbar at %d is %v, want %v", j, rbar[j], want)
					}
				}
				const h = 1e-5
				total := func() float64 {
					sum := 0.0
					for j := range n {
						y, dy, _ := f.value(r[j], times[j], weights)
						sum += ybar[j]*y + dybar[j]*dy
					}
					return sum
				}
				for i := range weights {
					old := weights[i]
					weights[i] = old + h
					up := total()
					weights[i] = old - h
					down := total()
					weights[i] = old
					// h^2/6 = 2e-11 times third derivatives, up to some 1000 of steep units far away
					if got, want := dw[i]-before[i], (up-down)/(2*h); math.Abs(got-want) > 1e-7*(1+math.Abs(want)) || got == 0 {
						t.Errorf("weight %d: %v, by central differences %v", i, got, want)
					}
				}
			})
		}
	}
}

// Values and first derivatives are those of the formula, the third ones central
// differences of the second: h^2/6 = 2e-9 times fifth derivatives.
func TestRadialJet(t *testing.T) {
	const h = 1e-4
	for _, f := range []Radial{{5, false}, {6, true}} {
		for _, n := range []int{1, 64, 150} {
			weights, r, times := random(f.Weights()), random(n), random(n)
			at := func(dr float64) (jet [4][]float64) {
				moved := slices.Clone(r)
				for j := range jet {
					jet[j] = random(n)
				}
				for j := range moved {
					moved[j] += dr
				}
				RadialJet(f, jet[0], jet[1], jet[2], jet[3], moved, times, weights)
				return jet
			}
			jet, up, down := at(0), at(h), at(-h)
			for j := range n {
				y, dy, d2y := f.value(r[j], times[j], weights)
				for k, want := range []float64{y, dy, d2y} {
					if math.Abs(jet[k][j]-want) > 1e-12*(1+math.Abs(want)) {
						t.Errorf("derivative %d at %d is %v, want %v", k, j, jet[k][j], want)
					}
				}
				if want := (up[2][j] - down[2][j]) / (2 * h); math.Abs(jet[3][j]-want) > 1e-4*(1+math.Abs(want)) || want == 0 {
					t.Errorf("third derivative at %d is %v, by differences %v", j, jet[3][j], want)
				}
			}
		}
	}
}

// The gradients of the columns are those of Backward on the places of each.
func TestRadialBackwardEach(t *testing.T) {
	const columns, each = 70, 3
	for _, f := range []Radial{{5, false}, {6, true}} {
		n := columns * each
		weights, r, times, ybar, dybar := random(f.Weights()), random(n), random(n), random(n), random(n)
		rbar, dw := random(n), random(f.Weights()*columns)
		before := slices.Clone(dw)
		RadialBackwardEach(f, rbar, dw, ybar, dybar, r, times, weights, columns)
		pick := func(x []float64, j int) (own []float64) {
			for k := range each {
				own = append(own, x[k*columns+j])
			}
			return own
		}
		for j := range columns {
			want, sum := make([]float64, each), make([]float64, f.Weights())
			RadialBackward(f, want, sum, pick(ybar, j), pick(dybar, j), pick(r, j), pick(times, j), weights)
			for k, w := range want {
				if got := rbar[k*columns+j]; math.Abs(got-w) > 1e-12*(1+math.Abs(w)) {
					t.Errorf("%v: rbar of place %d of column %d is %v, want %v", f, k, j, got, w)
				}
			}
			for i, w := range sum {
				if got := dw[i*columns+j] - before[i*columns+j]; math.Abs(got-w) > 1e-11*(1+math.Abs(w)) {
					t.Errorf("%v: weight %d of column %d: %v, want %v", f, i, j, got, w)
				}
			}
		}
	}
}

// A place is the same alone and among others, bit for bit.
func TestRadialPlaces(t *testing.T) {
	const n = 150
	f := Radial{6, true}
	weights, r, times, y, dy, ybar, dybar, rbar, dw := random(f.Weights()), random(n), random(n), random(n), random(n), random(n), random(n), random(n), random(f.Weights())
	RadialForward(f, y, dy, r, times, weights)
	RadialBackward(f, rbar, dw, ybar, dybar, r, times, weights)
	one := make([]float64, 3)
	for j := range n {
		RadialForward(f, one[:1], one[1:2], r[j:j+1], times[j:j+1], weights)
		RadialBackward(f, one[2:], dw, ybar[j:j+1], dybar[j:j+1], r[j:j+1], times[j:j+1], weights)
		if one[0] != y[j] || one[1] != dy[j] || one[2] != rbar[j] {
			t.Fatalf("place %d: %v alone, %v among others", j, one, []float64{y[j], dy[j], rbar[j]})
		}
	}
}

func BenchmarkRadial(b *testing.B) {
	const n = 6000
	f := Radial{Units: 50}
	weights, r, y, dy, dw := random(f.Weights()), random(n), random(n), random(n), random(f.Weights())
	b.Run("forward", func(b *testing.B) {
		for range enginetest.Loop(b) {
			RadialForward(f, y, dy, r, nil, weights)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n*f.Units), "ns/element")
	})
	d2y, d3y := random(n), random(n)
	b.Run("jet", func(b *testing.B) {
		for range enginetest.Loop(b) {
			RadialJet(f, y, dy, d2y, d3y, r, nil, weights)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n*f.Units), "ns/element")
	})
	rbar := random(n)
	for name, dw := range map[string][]float64{"backward": dw, "backward without dw": nil} {
		b.Run(name, func(b *testing.B) {
			for range enginetest.Loop(b) {
				RadialBackward(f, rbar, dw, y, dy, r, nil, weights)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n*f.Units), "ns/element")
		})
	}
}
