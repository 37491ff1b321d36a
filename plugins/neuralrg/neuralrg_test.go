package neuralrg

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/flow/flowtest"
)

func defaults() config { return config{Couplings: 10, Layers: 3, Hidden: 10, Repeats: 1} }

func TestBijection(t *testing.T) {
	for _, h := range []hierarchy{
		{config{Couplings: 6, Layers: 2, Hidden: 5, Repeats: 1, Depth: 2}, 4},
		{config{Couplings: 3, Layers: 1, Hidden: 4, Repeats: 2, Depth: 1}, 4},
		{config{Couplings: 2, Layers: 1, Hidden: 3, Repeats: 1, Depth: 1}, 2},
	} {
		flowtest.Battery(t, h.flow(), flowtest.Options{Dim: h.l * h.l})
	}
}

func field(l int) core.Space {
	return core.Space{Kind: core.Field, Shape: []int{l, l}, Lattice: "square", Periodic: true}
}

func BenchmarkStep(b *testing.B) {
	for _, l := range []int{8, 16, 32, 64} {
		b.Run(map[int]string{8: "L=8", 16: "L=16", 32: "L=32", 64: "L=64"}[l], func(b *testing.B) { step(b, l) })
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
