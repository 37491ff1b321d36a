package leap

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

func numbers(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	return x
}

// The same bits as in Go, of any length; what is lost stays, whatever its slope.
func TestStep(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, d := range []int{1, 2, 3, 7, 8, 36, 41} {
		const n = 5
		q, p, g, kick, eps := numbers(r, n*d), numbers(r, n*d), numbers(r, n*d), numbers(r, n), numbers(r, n)
		lost := []bool{false, true, false, false, true}
		g[d] = math.NaN()
		q0, p0 := slices.Clone(q), slices.Clone(p)
		q1, p1 := slices.Clone(q), slices.Clone(p)
		Step(q, p, g, kick, eps, lost)
		stepGo(q1, p1, g, kick, eps, lost)
		if !slices.Equal(q, q1) || !slices.Equal(p, p1) {
			t.Errorf("d = %d: not what Go computes", d)
		}
		for c := range n {
			j := c * d
			if moved := q[j] != q0[j] || p[j] != p0[j]; moved == lost[c] {
				t.Errorf("d = %d: chain %d moved %v, lost %v", d, c, moved, lost[c])
			}
			if want := p0[j] - float64(kick[c]*g[j]); !lost[c] && (p[j] != want || q[j] != q0[j]+float64(eps[c]*want)) {
				t.Errorf("d = %d, chain %d: p = %v and q = %v, want p = %v", d, c, p[j], q[j], want)
			}
		}
	}
}

func BenchmarkStep(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	const n, d = 28, 36
	q, p, g, kick, eps := numbers(r, n*d), numbers(r, n*d), numbers(r, n*d), make([]float64, n), make([]float64, n)
	lost := make([]bool, n)
	for range enginetest.Loop(b) {
		Step(q, p, g, kick, eps, lost)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n*d), "ns/number")
}
