package states

import (
	"fmt"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

func benchmark(b *testing.B, do func(m *Model, k []int32, logP []float64) error) {
	for _, n := range []int{13, 29} {
		b.Run(fmt.Sprint("N=", n), func(b *testing.B) {
			m, _ := open(b, n, 81, true)
			k, logP := make([]int32, 512*n), make([]float64, 512)
			if err := m.Sample(k, logP, 1, 0); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for range enginetest.Loop(b) {
				if err := do(m, k, logP); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/512, "us/state")
		})
	}
}

func BenchmarkSample(b *testing.B) {
	benchmark(b, func(m *Model, k []int32, logP []float64) error { return m.Sample(k, logP, 2, 0) })
}

func BenchmarkScores(b *testing.B) {
	var scores []float64
	benchmark(b, func(m *Model, k []int32, logP []float64) error {
		scores = core.Resize(scores, 512*m.Parameters())
		return m.Scores(scores, m.Parameters(), k)
	})
}

func BenchmarkPull(b *testing.B) {
	benchmark(b, func(m *Model, k []int32, logP []float64) error {
		return m.Pull(make([]float64, m.Parameters()), par.All(len(logP)), k, logP)
	})
}
