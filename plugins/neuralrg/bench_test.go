package neuralrg

import (
	"fmt"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// BenchmarkStep is what a training step asks of the model, with the settings of
// the authors' runs: 512 configurations drawn, and their pull-back through the
// sample. Time per site is constant where the work is O(N).
func BenchmarkStep(b *testing.B) {
	for _, l := range []int{8, 16, 32, 64} {
		b.Run(fmt.Sprint("L=", l), func(b *testing.B) { step(b, l) })
	}
}

func step(b *testing.B, l int) {
	c := defaults()
	c.Z2 = true
	m, err := c.model(field(l))
	if err != nil {
		b.Fatal(err)
	}
	theta := make([]float64, m.Spec().Parameters)
	if err := m.Init(theta, 1); err != nil {
		b.Fatal(err)
	}
	for i := range theta {
		theta[i] += 0.01
	}
	if err := m.Load(theta); err != nil {
		b.Fatal(err)
	}
	const n = 512
	var batch core.Batch
	grad, xbar, lbar := make([]float64, len(theta)), make([]float64, n*l*l), make([]float64, n)
	for i := range xbar {
		xbar[i] = 0.01
	}
	for i := range lbar {
		lbar[i] = 1. / n
	}
	one := func() {
		if err := m.Sample(&batch, 1, n); err != nil {
			b.Fatal(err)
		}
		if err := m.(core.PathPuller).PathPull(grad, &batch, xbar, lbar); err != nil {
			b.Fatal(err)
		}
	}
	one()
	b.ResetTimer()
	for range b.N {
		one()
	}
	b.ReportMetric(float64(len(theta)), "parameters")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N*l*l)*1e6, "us/site")
}
