package diffusion

import (
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest/rates"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// BenchmarkStep is loss and gradient of denoising score matching, from data, noise and
// times: 3 layers of 256 units, 64 components, a batch of 1024, as that of flow matching in
// plugins/velocity.
func BenchmarkStep(b *testing.B) {
	for _, p := range core.Precisions {
		b.Run(string(p), func(b *testing.B) { benchDenoising(b, p) })
	}
}

func benchDenoising(b *testing.B, p core.Precision) {
	const d, n = 64, 1024
	part, err := Part.NewModel(complete(b, core.Settings{"width": int64(256), "depth": int64(3), "frequencies": int64(2), "precision": string(p)}), space(d))
	if err != nil {
		b.Fatal(err)
	}
	m := part.(interface {
		core.Model
		core.ScoreField
	})
	r := rand.New(rand.NewPCG(1, 1))
	data, eps, x, s, t := make([]float64, d*n), make([]float64, d*n), make([]float64, d*n), make([]float64, d*n), make([]float64, n)
	for i := range data {
		data[i], eps[i] = r.NormFloat64(), r.NormFloat64()
	}
	for j := range t {
		t[j] = r.Float64()
	}
	a, sigma := make([]float64, n), make([]float64, n)
	batch, theta, grad := &core.Batch{N: n, X: x}, make([]float64, m.Spec().Parameters), make([]float64, m.Spec().Parameters)
	core.Time.Put(batch, t)
	if err := m.Init(theta, 1); err != nil {
		b.Fatal(err)
	}
	loss := 0.0
	step := func() {
		err := m.Load(theta)
		if err == nil {
			err = m.Noising(a, sigma, t)
		}
		for k := range x {
			x[k] = a[k/d]*data[k] + sigma[k/d]*eps[k]
		}
		if err == nil {
			err = m.Score(s, x, t)
		}
		loss = 0
		for k := range s {
			e := sigma[k/d]*s[k] + eps[k]
			loss += e * e / (2 * n)
			s[k] = sigma[k/d] * e / n
		}
		if err == nil {
			err = m.ScorePull(grad, batch, s)
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
	meter.Report(rates.Work{MultiplyAdds: n * float64(3*(2*width*width+width*d)+2*width*inputs), Exponentials: n * 3 * width})
}
