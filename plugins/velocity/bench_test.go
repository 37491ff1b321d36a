package velocity

import (
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest/rates"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
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
	meter := rates.Start(b)
	for range b.N {
		step()
	}
	const width, inputs = 256, d + 5
	meter.Report(rates.Work{MultiplyAdds: n * float64(3*(2*width*width+width*d)+2*width*inputs), Exponentials: n * 3 * width}) // the cotangents of SiLU are kept
}

// BenchmarkPath draws with ln p, and differentiates through the sample.
func BenchmarkPath(b *testing.B) {
	train(b, core.Settings{"width": int64(64), "depth": int64(3)}, space(2), 0.02).Bench(b, 1024, rates.Work{})
}
