package velocity

import (
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow/flowtest"
)

// BenchmarkStep is loss and gradient of flow matching, from pairs of points and times:
// 3 layers of 256 units, 64 components, a batch of 1024. The multiply-adds are those of
// the products, 3 for each weight but for the first layer, which needs no cotangent of
// its inputs.
func BenchmarkStep(b *testing.B) {
	for _, p := range core.Precisions {
		b.Run(string(p), func(b *testing.B) { benchMatching(b, p) })
	}
}

func benchMatching(b *testing.B, p core.Precision) {
	const d, n = 64, 1024
	m := train(b, core.Settings{"width": int64(256), "depth": int64(3), "frequencies": int64(2), "precision": string(p)}, space(d), 0.02)
	r := rand.New(rand.NewPCG(1, 1))
	x0, x1, x, v, t := make([]float64, d*n), make([]float64, d*n), make([]float64, d*n), make([]float64, d*n), make([]float64, n)
	for i := range x0 {
		x0[i], x1[i] = r.NormFloat64(), r.NormFloat64()
	}
	for j := range t {
		t[j] = r.Float64()
	}
	batch, theta, grad := &core.Batch{N: n, X: x}, make([]float64, m.Spec().Parameters), make([]float64, m.Spec().Parameters)
	core.Time.Put(batch, t)
	if err := m.Init(theta, 1); err != nil {
		b.Fatal(err)
	}
	loss := 0.0
	step := func() {
		for i, at := range t {
			for k := i * d; k < (i+1)*d; k++ {
				x[k] = (1-at)*x0[k] + at*x1[k]
			}
		}
		err := m.Load(theta)
		if err == nil {
			err = m.Velocity(v, x, t)
		}
		loss = 0
		for k := range v {
			e := v[k] - x1[k] + x0[k]
			loss += e * e / n
			v[k] = 2 * e / n
		}
		if err == nil {
			err = m.VelocityPull(grad, batch, v)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	defer par.Spare()()
	step()
	b.ReportAllocs()
	b.ResetTimer()
	before := flowtest.CPUSeconds(b)
	for b.Loop() {
		step()
	}
	const width, inputs = 256, d + 5
	flops := 2e-9 * n * float64(3*(2*width*width+width*d)+2*width*inputs) * float64(b.N)
	b.ReportMetric((flowtest.CPUSeconds(b)-before)/float64(b.N)*1e3, "cpu-ms/op")
	b.ReportMetric(flops/b.Elapsed().Seconds(), "GFLOP/s")
}

// BenchmarkGemm is the machine's rate in the product of the hidden layers, on one
// processor.
func BenchmarkGemm(b *testing.B) {
	const m, n = 256, 1024
	x, y, z := make([]float64, m*m), make([]float64, m*n), make([]float64, m*n)
	for i := range y {
		y[i] = float64(i % 3)
	}
	for b.Loop() {
		tensor.Gemm(false, false, m, n, m, 1, x, m, y, n, 0, z, n)
	}
	b.ReportMetric(2e-9*m*m*n*float64(b.N)/b.Elapsed().Seconds(), "GFLOP/s")
}

// BenchmarkPath draws with ln p, and differentiates through the sample.
func BenchmarkPath(b *testing.B) {
	train(b, core.Settings{"width": int64(64), "depth": int64(3)}, space(2), 0.02).Bench(b, 1024)
}
