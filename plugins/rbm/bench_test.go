package rbm

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest/rates"
)

// BenchmarkStep is what a step of persistent contrastive divergence asks of a machine: 256
// rows of data and 256 chains, with 784 visible and 500 hidden bits.
func BenchmarkStep(b *testing.B) {
	const n, visible, hidden = 256, 784, 500
	c := defaults
	c.Hidden, c.BurnIn = hidden, 1
	m, err := (&keys{config: c}).model("rbm", core.Space{Kind: core.Levels, Levels: 2, Shape: []int{visible}})
	if err != nil {
		b.Fatal(err)
	}
	theta, grad, w, bar := make([]float64, m.Spec().Parameters), make([]float64, m.Spec().Parameters), make([]float64, n), make([]float64, n)
	_ = m.Init(theta, 1)
	data, chains := core.Batch{N: n, X: make([]float64, n*visible)}, core.Batch{}
	for i := range data.X {
		data.X[i] = float64(i * i % 7 / 5)
	}
	for i := range bar {
		bar[i] = 1. / n
	}
	meter := rates.Start(b)
	for step := range b.N {
		theta[0] = float64(step) * 1e-9 // other parameters, as after a step
		_ = m.Load(theta)
		_ = m.LogWeight(w, data.X)
		_ = m.WeightPull(grad, &data, bar)
		if err := m.Sample(&chains, uint64(step), n); err != nil {
			b.Fatal(err)
		}
		_ = m.LogWeight(w, chains.X)
		_ = m.WeightPull(grad, &chains, bar)
	} // Of data and chains hidden fields and the gradient; of the sweep both layers. One
	// exponential for each unit of a layer that is drawn or summed over.
	meter.Report(rates.Work{MultiplyAdds: n * visible * hidden * (2 + 2 + 2), Exponentials: n * (2*hidden + 2*hidden + hidden + visible)})
}
