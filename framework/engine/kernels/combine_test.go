package kernels

import (
	"math"
	"slices"
	"testing"
)

func TestCombine(t *testing.T) {
	for _, n := range []int{1, 7, 24, 33} {
		for terms := range 11 {
			const rows = 3
			stride := rows*n + 2
			x, h, c, k := random(rows*n), random(n), random(terms), random(terms*stride)
			if terms > 2 {
				c[1] = 0
				k[stride] = math.NaN() // is not read
			}
			for _, start := range [][]float64{x, nil} {
				y := make([]float64, rows*n)
				Combine(y, start, h, c, k, stride)
				for at, got := range y {
					want := 0.0
					for i, v := range c {
						if v != 0 {
							want += v * k[i*stride+at]
						}
					}
					want *= h[at%n]
					if start != nil {
						want += x[at]
					}
					if math.Abs(got-want) > 1e-15*float64(terms+1)*4 {
						t.Fatalf("n = %d, %d terms: y_%d = %v, want %v", n, terms, at, got, want)
					}
				}
			}
			y := slices.Clone(x)
			Combine(y, y, h, c, k, stride) // in place
			z := make([]float64, rows*n)
			Combine(z, x, h, c, k, stride)
			if !slices.Equal(y, z) {
				t.Fatalf("n = %d, %d terms: another result in place", n, terms)
			}
		}
	}
}
