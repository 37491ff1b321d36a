package mongeampere

import (
	"maps"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow/flowtest"
)

// macs is the number of multiply-adds of one configuration in a training step,
// in dense products with W: 2 for each of 4 stages of each step to draw, 4 to
// pull back (2 are the gradient), where the stages of all steps are kept.
func macs(steps, hidden, d int) float64 { return float64(hidden*d) * float64(4*6*steps) }

func benchStep(b *testing.B, l, batch int, s core.Settings) {
	for _, p := range core.Precisions {
		s := maps.Clone(s)
		s["time"], s["steps"], s["precision"] = 5.0, int64(50), string(p)
		b.Run(string(p), func(b *testing.B) { benchOne(b, l, batch, s) })
	}
}

func benchOne(b *testing.B, l, batch int, s core.Settings) {
	cpu := train(b, s, lattice(l, l), 0.01).Bench(b, batch)
	flow := bijection(b, s, lattice(l, l))
	if p := flow.Field.(*potential[float64]); p.shape == nil { // with translations, other products are made
		flops := 2e-9 * macs(50, p.hidden(), l*l) * float64(batch)
		b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds(), "GFLOP/s")
		b.ReportMetric(flops/cpu, "GFLOP/cpu-s")
	}
}

// The authors' run on the dual Ising model: L = 16, 512 hidden units, batch 64.
func BenchmarkStep(b *testing.B) { benchStep(b, 16, 64, core.Settings{"hidden": int64(512)}) }

func BenchmarkStep1000(b *testing.B) { benchStep(b, 16, 1000, core.Settings{"hidden": int64(512)}) }

// Two filters, with all their translations.
func BenchmarkStepTranslation(b *testing.B) {
	benchStep(b, 16, 64, core.Settings{"hidden": int64(512), "translation": true})
}

// Eight filters: 2048 hidden units.
func BenchmarkStepTranslation8(b *testing.B) {
	benchStep(b, 16, 64, core.Settings{"hidden": int64(2048), "translation": true})
}

// BenchmarkGemm is the machine's rate, to compare with in the same run.
func BenchmarkGemm(b *testing.B) {
	const n = 1024
	x, y, z := make([]float64, n*n), make([]float64, n*n), make([]float64, n*n)
	for i := range x {
		x[i], y[i] = float64(i%5), float64(i%3)
	}
	before := flowtest.CPUSeconds(b)
	for b.Loop() {
		tensor.Gemm(false, false, n, n, n, 1, x, n, y, n, 0, z, n)
	}
	flops := 2e-9 * n * n * n * float64(b.N)
	b.ReportMetric(flops/b.Elapsed().Seconds(), "GFLOP/s")
	b.ReportMetric(flops/(flowtest.CPUSeconds(b)-before), "GFLOP/cpu-s")
}
