package kernels

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// ridges are the functions and their first three derivatives.
var ridges = map[Ridge][3]func(u float64) float64{
	LogCosh: {math.Tanh, func(u float64) float64 { return math.Pow(math.Cosh(u), -2) },
		func(u float64) float64 { return -2 * math.Tanh(u) * math.Pow(math.Cosh(u), -2) }},
	SoftplusSum: {func(u float64) float64 { return 1 / (1 + math.Exp(-u)) },
		func(u float64) float64 { return math.Pow(2*math.Cosh(u/2), -2) },
		func(u float64) float64 { return -math.Tanh(u/2) * math.Pow(2*math.Cosh(u/2), -2) }},
	Quadratic: {func(u float64) float64 { return u }, func(float64) float64 { return 1 }, func(float64) float64 { return 0 }},
}

// 1e-14 is for sums of some tens of terms of order 1 to 10.
func TestRidge(t *testing.T) {
	for f, d := range ridges {
		for _, n := range []int{1, 5, 8, 21, 32} {
			t.Run(fmt.Sprint(f, n), func(t *testing.T) {
				const rows, tolerance = 7, 1e-14
				ld := n + 3
				u, a, c := random(rows*ld), random(rows), random(rows)
				for i := range u {
					u[i] *= 4
				}
				p, g, lap := slices.Clone(u), make([]float64, rows*ld), random(n)
				RidgeForward(f, p, g, lap, a, c, n, ld)
				only := slices.Clone(u)
				RidgeForward(f, only, nil, nil, a, c, n, ld)
				if !slices.Equal(only, p) {
					t.Error("p alone has other numbers")
				}
				s, lbar := random(rows*ld), random(n)
				ubar, g2 := slices.Clone(s), make([]float64, rows*ld)
				sums := [3][]float64{random(rows), random(rows), random(rows)}
				want := [3][]float64{slices.Clone(sums[0]), slices.Clone(sums[1]), slices.Clone(sums[2])}
				alone := slices.Clone(s)
				RidgeBackward(f, alone, g2, p, lbar, a, c, nil, nil, nil, ld)
				RidgeBackward(f, ubar, g2, p, lbar, a, c, sums[0], sums[1], sums[2], ld)
				if !slices.Equal(alone, ubar) {
					t.Error("another ubar without sums")
				}
				wantLap := make([]float64, n)
				for h := range rows {
					for j := range n {
						at := h*ld + j
						d1, d2, d3 := d[0](u[at]), d[1](u[at]), d[2](u[at])
						bar := a[h]*d2*s[at] + lbar[j]*c[h]*d3
						wantLap[j] += c[h] * d2
						want[0][h] += d1 * s[at]
						want[1][h] += bar
						want[2][h] += lbar[j] * d2
						for what, pair := range map[string][2]float64{"p": {p[at], d1}, "g": {g[at], a[h] * d1}, "g of Backward": {g2[at], a[h] * d1}, "ubar": {ubar[at], bar}} {
							if math.Abs(pair[0]-pair[1]) > tolerance {
								t.Errorf("%s at %d, %d is %v, want %v", what, h, j, pair[0], pair[1])
							}
						}
					}
				}
				for k, what := range []string{"abar", "bbar", "cbar"} {
					for h := range rows {
						if math.Abs(sums[k][h]-want[k][h]) > 10*tolerance {
							t.Errorf("%s of row %d is %v, want %v", what, h, sums[k][h], want[k][h])
						}
					}
				}
				for j := range n {
					if math.Abs(lap[j]-wantLap[j]) > tolerance {
						t.Errorf("lap_%d is %v, want %v", j, lap[j], wantLap[j])
					}
				}
			})
		}
	}
}

func BenchmarkRidge(b *testing.B) {
	const rows, n, ld = 512, 32, 136
	for name, f := range map[string]Ridge{"ln cosh": LogCosh, "softplus": SoftplusSum} {
		u, s, g, a, c, v := random(rows*ld), random(rows*ld), make([]float64, rows*ld), random(rows), random(rows), random(rows)
		lap := make([]float64, n)
		b.Run(name+"/forward", func(b *testing.B) {
			for range b.N {
				RidgeForward(f, u, g, lap, a, c, n, ld)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*rows*n), "ns/element")
		})
		b.Run(name+"/backward", func(b *testing.B) {
			for range b.N {
				RidgeBackward(f, s, g, u, lap, a, c, v, v, v, ld)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*rows*n), "ns/element")
		})
	}
}
