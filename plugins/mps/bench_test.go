package mps

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

// A sweep on random strings, ten descents at each bond, there and back.
func BenchmarkSweep(b *testing.B) {
	for _, c := range []struct{ n, sites, bond int }{{1000, 64, 16}, {1000, 64, 50}} {
		b.Run("n="+strconv.Itoa(c.n)+"/bond="+strconv.Itoa(c.bond), func(b *testing.B) {
			m, err := config{Bond: c.bond, Cutoff: 1e-7, Rate: 0.05, Descents: 10}.model(core.Space{Kind: core.Levels, Levels: 2, Shape: []int{c.sites}})
			if err != nil {
				b.Fatal(err)
			}
			theta, r := make([]float64, m.Spec().Parameters), rand.New(rand.NewPCG(1, 1))
			_ = m.Init(theta, 1)
			_ = m.Load(theta)
			batch, w := &core.Batch{N: c.n, X: make([]float64, c.n*c.sites)}, slices.Repeat([]float64{-1 / float64(c.n)}, c.n)
			for i := range batch.X {
				batch.X[i] = float64(r.IntN(2))
			}
			grad, step := make([]float64, len(theta)), make([]float64, len(theta))
			for range enginetest.Loop(b) {
				if err := m.Sweep(grad, step, batch, w); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
