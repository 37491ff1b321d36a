package pairwise

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

// random is an instance in which a pair has a coupling with probability density.
func random(n int, density float64, withField bool) (bonds Bonds, field []float64) {
	r := rand.New(rand.NewPCG(7, uint64(n)))
	j := make([]float64, n*n)
	for i := range j {
		if r.Float64() < density {
			j[i] = r.NormFloat64()
		}
	}
	if withField {
		for range n {
			field = append(field, r.NormFloat64())
		}
	}
	return func(yield func(i, j int, v float64)) {
		for i := range n {
			for k := i + 1; k < n; k++ {
				if v := j[i*n+k]; v != 0 {
					yield(i, k, v)
				}
			}
		}
	}, field
}

func randomSpins(n, size int) *core.Batch {
	r := rand.New(rand.NewPCG(8, uint64(size)))
	b := &core.Batch{N: n, X: make([]float64, n*size)}
	for i := range b.X {
		b.X[i] = 1 - 2*float64(r.IntN(2))
	}
	return b
}

// Matrix and list against the sum over bonds, across the edges of blocks.
func TestEvalIsTheSumOverBonds(t *testing.T) {
	for _, n := range []int{1, 2, 20, 127, 128, 129, 300} {
		for _, density := range []float64{0, 0.02, 1} {
			for _, withField := range []bool{false, true} {
				t.Run(fmt.Sprintf("n=%d density=%v field=%v", n, density, withField), func(t *testing.T) {
					bonds, field := random(n, density, withField)
					b := randomSpins(chunkRows+3, n)
					got := make([]float64, b.N)
					if err := New("test", n, bonds, field).Eval(got, b); err != nil {
						t.Fatal(err)
					}
					for k, e := range got {
						s := b.X[k*n : (k+1)*n]
						want := 0.0
						bonds(func(i, j int, v float64) { want -= v * s[i] * s[j] })
						for i, h := range field {
							want -= h * s[i]
						}
						if math.Abs(e-want) > 1e-12*float64(n+1) {
							t.Fatalf("E(x_%d) = %v, want %v", k, e, want)
						}
					}
				})
			}
		}
	}
}

func BenchmarkEval(b *testing.B) {
	for _, n := range []int{20, 100, 1000} {
		batch := randomSpins(1000, n)
		dst := make([]float64, batch.N)
		for _, density := range []float64{0.02, 0.1, 1} {
			bonds, _ := random(n, density, false)
			count := 0
			bonds(func(_, _ int, _ float64) { count++ })
			for name, energies := range map[string]func(dst, x []float64){
				"dense":  newDense(n, bonds, nil).energies,
				"sparse": newSparse(n, count, bonds, nil).energies,
			} {
				b.Run(fmt.Sprintf("n=%d/density=%v/%s", n, density, name), func(b *testing.B) {
					for range enginetest.Loop(b) {
						for i := 0; i < len(dst); i += chunkRows {
							to := min(i+chunkRows, len(dst))
							energies(dst[i:to], batch.X[i*n:to*n])
						}
					}
				})
			}
		}
	}
}
