package sample

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

// The largest distance of the distribution of n numbers from the normal one is below 1.95/sqrt(n) with
// probability 0.999 (Kolmogorov and Smirnov), and far out, where that sees nothing, numbers are as many
// as they should be: the ziggurat has its tail beyond 3.654.
func TestNormals(t *testing.T) {
	const n, each = 1_000_000, 40
	r := rand.New(rand.NewPCG(3, 4))
	x := make([]float64, n)
	for i := 0; i < n; i += each {
		normals(x[i:i+each], r)
	}
	square, next := 0.0, 0.0 // of neighbours
	for i, v := range x {
		square += v * v / n
		next += v * x[(i+1)%n] / n
	}
	if math.Abs(square-1) > 4*math.Sqrt2/1000 || math.Abs(next) > 4./1000 {
		t.Errorf("<x^2> = %v, <x x'> = %v", square, next)
	}
	slices.Sort(x)
	below := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	largest := 0.0
	for i, v := range x {
		largest = max(largest, math.Abs(below(v)-float64(i)/n), math.Abs(below(v)-float64(i+1)/n))
	}
	if largest > 1.95/math.Sqrt(n) {
		t.Errorf("the distribution is off by %v", largest)
	}
	for _, edge := range []float64{2, 3, tail, 4} {
		for _, sign := range []float64{-1, 1} {
			count := 0.0
			for _, v := range x {
				if sign*v > edge {
					count++
				}
			}
			if want := n * below(-edge); math.Abs(count-want) > 4.5*math.Sqrt(want) {
				t.Errorf("%v numbers beyond %v, want %v", count, sign*edge, want)
			}
		}
	}
}

// All layers have one area, the lowest with the tail.
func TestZiggurat(t *testing.T) {
	z := ziggurat
	for i := 1; i < layers; i++ {
		x := z.width[i] / unit
		if got := x * (z.height[i-1] - z.height[i]); math.Abs(got-area) > 1e-9*area*float64(layers) {
			t.Errorf("layer %d has the area %v, want %v", i, got, area)
		}
	}
	under := math.Sqrt(math.Pi/2)*math.Erfc(tail/math.Sqrt2) + tail*z.height[layers-1]
	if math.Abs(under-area) > 1e-9*area*layers {
		t.Errorf("the strip with the tail has the area %v, want %v", under, area)
	}
}

func BenchmarkNormals(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 4))
	p := make([]float64, 36)
	b.Run("ziggurat", func(b *testing.B) {
		for range enginetest.Loop(b) {
			normals(p, r)
		}
	})
	b.Run("math/rand", func(b *testing.B) {
		for range enginetest.Loop(b) {
			for j := range p {
				p[j] = r.NormFloat64()
			}
		}
	})
}
