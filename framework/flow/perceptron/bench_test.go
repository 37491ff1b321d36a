package perceptron

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

// BenchmarkDivergence evaluates velocity and exact divergence of 64 components.
func BenchmarkDivergence(b *testing.B) {
	const d = 64
	f, err := New[float64](d, 1, Config{Width: 256, Depth: 3, Activation: "silu", Frequencies: 2}, "velocity")
	if err != nil {
		b.Fatal(err)
	}
	n := f.Chunk()
	on := f.On(n, 1)
	x, v, div, t := make([]float64, d*n), make([]float64, d*n), make([]float64, n), make([]float64, n)
	for range enginetest.Loop(b) {
		on.Eval(0, v, div, t, x)
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N*n)*1e6, "us/configuration")
}
