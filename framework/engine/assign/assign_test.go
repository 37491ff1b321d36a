package assign

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

// cheapest tries all permutations.
func cheapest(n int, c []float64) float64 {
	least := math.Inf(1)
	var try func(i int, taken []bool, sum float64)
	try = func(i int, taken []bool, sum float64) {
		if i == n {
			least = min(least, sum)
			return
		}
		for j := range n {
			if !taken[j] {
				taken[j] = true
				try(i+1, taken, sum+c[i*n+j])
				taken[j] = false
			}
		}
	}
	try(0, make([]bool, n), 0)
	return least
}

// One solver serves all sizes. Costs of a few integers have many cheapest assignments.
func TestBruteForce(t *testing.T) {
	var s Solver
	r := rand.New(rand.NewPCG(1, 2))
	for _, draw := range []func() float64{r.NormFloat64, func() float64 { return float64(r.IntN(3)) }} {
		for n := range 8 {
			for range 40 {
				c, sigma := make([]float64, n*n), make([]int, n)
				for k := range c {
					c[k] = draw()
				}
				got, want := s.Solve(sigma, c), 0.0
				for i, j := range sigma {
					want += c[i*n+j]
				}
				sorted := slices.Sorted(slices.Values(sigma))
				for i, j := range sorted {
					if i != j {
						t.Fatalf("%v is no permutation", sigma)
					}
				}
				if least := cheapest(n, c); math.Abs(got-want) > 1e-12 || math.Abs(got-least) > 1e-12 { // sums of few numbers of order 1
					t.Fatalf("n = %d: cost %v, that of the permutation %v, of the cheapest %v", n, got, want, least)
				}
			}
		}
	}
}

// Points on a line go in their order, whichever convex cost they have.
func TestLine(t *testing.T) {
	const n = 200
	r := rand.New(rand.NewPCG(3, 4))
	a, b := make([]float64, n), make([]float64, n)
	for i := range n {
		a[i], b[i] = r.NormFloat64(), r.NormFloat64()
	}
	c := make([]float64, n*n)
	for i := range n {
		for j := range n {
			c[i*n+j] = (a[i] - b[j]) * (a[i] - b[j])
		}
	}
	sigma := make([]int, n)
	got := new(Solver).Solve(sigma, c)
	slices.Sort(a)
	slices.Sort(b)
	want := 0.0
	for i := range n {
		want += (a[i] - b[i]) * (a[i] - b[i])
	}
	if math.Abs(got-want) > 1e-10 { // two hundred sums
		t.Errorf("cost %v, of sorted points %v", got, want)
	}
}

// Costs that overflow are no reason to search for ever.
func TestInfinite(t *testing.T) {
	sigma := make([]int, 3)
	inf := math.Inf(1)
	new(Solver).Solve(sigma, []float64{inf, inf, inf, inf, 1, inf, inf, inf, math.NaN()})
	slices.Sort(sigma)
	if !slices.Equal(sigma, []int{0, 1, 2}) {
		t.Errorf("%v is no permutation", sigma)
	}
}

func BenchmarkSolve(b *testing.B) {
	for _, n := range []int{6, 64, 256} {
		b.Run(map[int]string{6: "6", 64: "64", 256: "256"}[n], func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			c, sigma := make([]float64, n*n), make([]int, n)
			for k := range c {
				c[k] = r.Float64()
			}
			var s Solver
			for range enginetest.Loop(b) {
				s.Solve(sigma, c)
			}
		})
	}
}
