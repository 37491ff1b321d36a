package transformer

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// The network whose speed docs/performance.md states: 12 bits, width 64, depth 3, 4 heads,
// in batches of 512.
const benchBatch = 512

func benchModel(b *testing.B) (core.Model, *core.Batch) {
	b.Helper()
	full, _ := core.Complete(Part.Params, core.Settings{})
	m, err := Part.NewModel(full, core.Space{Kind: core.Levels, Levels: 2, Shape: []int{12}})
	if err != nil {
		b.Fatal(err)
	}
	theta := make([]float64, m.Spec().Parameters)
	if err := m.Init(theta, 1); err != nil {
		b.Fatal(err)
	}
	if err := m.Load(theta); err != nil {
		b.Fatal(err)
	}
	var x core.Batch
	if err := m.Sample(&x, 1, benchBatch); err != nil {
		b.Fatal(err)
	}
	return m, &x
}

// macs is the number of multiply-adds of one pass over a configuration, without those of
// attention, 2 % of them.
func macs() float64 { return 12 * 3 * 12 * 64 * 64 }

func report(b *testing.B, macs float64) {
	b.ReportMetric(2e-9*macs*benchBatch*float64(b.N)/b.Elapsed().Seconds(), "GFLOP/s")
}

// A step of maximum likelihood: ln p of data and its pull-back.
func BenchmarkStep(b *testing.B) {
	defer par.Spare()()
	m, x := benchModel(b)
	data := &core.Batch{N: x.N, X: x.X}
	logP, w, g := make([]float64, x.N), make([]float64, x.N), make([]float64, m.Spec().Parameters)
	for i := range w {
		w[i] = -1.0 / benchBatch
	}
	b.ResetTimer()
	for range b.N {
		if err := m.LogProb(logP, data.X); err != nil {
			b.Fatal(err)
		}
		if err := m.Pull(g, data, w); err != nil {
			b.Fatal(err)
		}
	}
	report(b, 3*macs())
}

func BenchmarkSample(b *testing.B) {
	defer par.Spare()()
	m, x := benchModel(b)
	b.ResetTimer()
	for k := range b.N {
		if err := m.Sample(x, uint64(k), benchBatch); err != nil {
			b.Fatal(err)
		}
	}
	report(b, macs())
}

func BenchmarkLogProb(b *testing.B) {
	defer par.Spare()()
	m, x := benchModel(b)
	b.ResetTimer()
	for range b.N {
		if err := m.LogProb(x.LogP, x.X); err != nil {
			b.Fatal(err)
		}
	}
	report(b, macs())
}
