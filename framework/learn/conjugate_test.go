package learn

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// A matrix of two blocks, 1/n A^T A of 20 rows each, of fewer parameters than rows and of more, with dampings of their own. The
// solution put back gives the gradient up to the tolerance; g.x is x.(F + damping) x of each block, also where it ends early; and a block that is
// solved does not move.
func TestConjugateBlocks(t *testing.T) {
	const rows = 20
	r := rand.New(rand.NewPCG(1, 2))
	systems := []system{{from: 0, to: 7, damping: 0.1}, {from: 7, to: 40, damping: 1e-3}}
	a, g := make([]float64, rows*40), make([]float64, 40)
	for i := range a {
		a[i] = r.NormFloat64()
	}
	for i := range g {
		g[i] = r.NormFloat64()
	}
	asked := 0
	multiply := func(q, p []float64) error {
		asked++
		clear(q)
		for i := range rows {
			for _, s := range systems {
				row := a[i*40+s.from : i*40+s.to]
				along := product(row, p[s.from:s.to])
				for j, v := range row {
					q[s.from+j] += along * v / rows
				}
			}
		}
		return nil
	}
	var c conjugate
	for _, iterations := range []int{1, 5, 200} {
		x, back := make([]float64, 40), make([]float64, 40)
		asked = 0
		solved, err := c.solve(x, g, systems, core.OptimizerSpec{Iterations: iterations, Tolerance: 1e-10}, multiply)
		if err != nil || solved != (iterations == 200) || asked > iterations || solved && asked < 20 {
			t.Fatalf("%d iterations: solved %v, %d products, error %v", iterations, solved, asked, err)
		}
		multiply(back, x)
		for _, s := range systems {
			residual, metric := 0.0, 0.0
			for j := s.from; j < s.to; j++ {
				back[j] += s.damping * x[j]
				residual += (g[j] - back[j]) * (g[j] - back[j])
				metric += x[j] * back[j]
			}
			if of := g[s.from:s.to]; solved && math.Sqrt(residual) > 2e-10*math.Sqrt(product(of, of)) {
				t.Errorf("residual %v of %v", math.Sqrt(residual), math.Sqrt(product(of, of)))
			}
			if along := product(g[s.from:s.to], x[s.from:s.to]); !(along > 0) || math.Abs(along-metric) > 1e-9*along {
				t.Errorf("%d iterations: g.x = %v, x.(F + damping) x = %v", iterations, along, metric)
			}
		}
	}
}

// Nothing is asked where the gradient is 0; a product that is not finite is an error, and so is one of no positive matrix.
func TestConjugateRefuses(t *testing.T) {
	var c conjugate
	asked := core.OptimizerSpec{Iterations: 5, Tolerance: 1e-6}
	for _, value := range []float64{math.NaN(), math.Inf(1), -3} {
		multiply := func(q, p []float64) error {
			for i := range q {
				q[i] = value * p[i]
			}
			return nil
		}
		x := []float64{7, 7}
		if solved, err := c.solve(x, []float64{0, 0}, []system{{to: 2, damping: 1}}, asked, multiply); !solved || err != nil || x[0] != 0 || x[1] != 0 {
			t.Errorf("no gradient: %v, solved %v, error %v", x, solved, err)
		}
		if _, err := c.solve(x, []float64{1, 2}, []system{{to: 2, damping: 1}}, asked, multiply); core.KindOf(err) != core.Numeric {
			t.Errorf("products times %v: error %v", value, err)
		}
	}
}
