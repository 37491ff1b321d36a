package transformer

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// The network whose speed docs/performance.md states: 12 bits, width 64, depth 3, 4 heads,
// in batches of 512.
const benchBatch = 512

func benchModel(b *testing.B, p core.Precision) (core.Model, *core.Batch) {
	b.Helper()
	full, _ := core.Complete(Part.Keys(), core.Settings{"precision": string(p)})
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

// measure times call, whose multiply-adds per configuration are given.
func measure(b *testing.B, macs float64, call func(k uint64) error) {
	b.Helper()
	b.ResetTimer()
	before := enginetest.CPU(b)
	for k := range b.N {
		if err := call(uint64(k)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((enginetest.CPU(b)-before)*1e3/float64(b.N), "cpu-ms/op")
	b.ReportMetric(2e-9*macs*benchBatch*float64(b.N)/b.Elapsed().Seconds(), "GFLOP/s")
}

// each measures the model in each precision, with a batch that it has drawn.
func each(b *testing.B, one func(b *testing.B, m core.Model, x *core.Batch)) {
	for _, p := range core.Precisions {
		b.Run(string(p), func(b *testing.B) {
			defer par.Spare()()
			m, x := benchModel(b, p)
			one(b, m, x)
		})
	}
}

// A step of maximum likelihood: ln p of data and its pull-back.
func BenchmarkStep(b *testing.B) { each(b, step) }

func step(b *testing.B, m core.Model, x *core.Batch) {
	data := &core.Batch{N: x.N, X: x.X}
	w, g := make([]float64, x.N), make([]float64, m.Spec().Parameters)
	for i := range w {
		w[i] = -1.0 / benchBatch
	}
	measure(b, 3*macs(), func(uint64) error {
		if err := m.LogProb(x.LogP, data.X); err != nil {
			return err
		}
		return m.Pull(g, data, w)
	})
}

func BenchmarkSample(b *testing.B) {
	each(b, func(b *testing.B, m core.Model, x *core.Batch) {
		measure(b, macs(), func(k uint64) error { return m.Sample(x, k, benchBatch) })
	})
}

func BenchmarkLogProb(b *testing.B) {
	each(b, func(b *testing.B, m core.Model, x *core.Batch) {
		measure(b, macs(), func(uint64) error { return m.LogProb(x.LogP, x.X) })
	})
}
