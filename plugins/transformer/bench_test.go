package transformer

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest/rates"
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

// exps is the number of exponentials of one pass: of GELU at each hidden unit and layer, and of
// the softmax of each head.
func exps() float64 { return 3 * (12*4*64 + 4*12*13/2) }

// measure times call, which makes so many passes over a configuration, as many products as
// multiples of theirs.
func measure(b *testing.B, p core.Precision, products, passes float64, call func(k uint64) error) {
	b.Helper()
	r := rates.Start(b)
	for k := range b.N {
		if err := call(uint64(k)); err != nil {
			b.Fatal(err)
		}
	}
	r.Report(rates.Work{MultiplyAdds: benchBatch * products * macs(), Exponentials: benchBatch * passes * exps(), Single: p == core.Float32})
}

// each measures the model in each precision, with a batch that it has drawn.
func each(b *testing.B, one func(b *testing.B, p core.Precision, m core.Model, x *core.Batch)) {
	for _, p := range core.Precisions {
		b.Run(string(p), func(b *testing.B) {
			defer par.Spare()()
			m, x := benchModel(b, p)
			one(b, p, m, x)
		})
	}
}

// A step of maximum likelihood: ln p of data and its pull-back, whose products are twice as many and
// which takes the exponentials of GELU once more.
func BenchmarkStep(b *testing.B) { each(b, step) }

func step(b *testing.B, p core.Precision, m core.Model, x *core.Batch) {
	data := &core.Batch{N: x.N, X: x.X}
	w, g := make([]float64, x.N), make([]float64, m.Spec().Parameters)
	for i := range w {
		w[i] = -1.0 / benchBatch
	}
	measure(b, p, 3, 2, func(uint64) error {
		if err := m.LogProb(x.LogP, data.X); err != nil {
			return err
		}
		return m.Pull(g, data, w)
	})
}

func BenchmarkSample(b *testing.B) {
	each(b, func(b *testing.B, p core.Precision, m core.Model, x *core.Batch) {
		measure(b, p, 1, 1, func(k uint64) error { return m.Sample(x, k, benchBatch) })
	})
}

func BenchmarkLogProb(b *testing.B) {
	each(b, func(b *testing.B, p core.Precision, m core.Model, x *core.Batch) {
		measure(b, p, 1, 1, func(uint64) error { return m.LogProb(x.LogP, x.X) })
	})
}
