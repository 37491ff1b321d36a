package vae

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

// BenchmarkStep is what a step on all 1797 digits asks of a linear autoencoder.
func BenchmarkStep(b *testing.B) {
	const n, d, latents = 1797, 64, 10
	m, err := config{Latents: latents, Sigma: 1}.model(core.Space{Kind: core.Field, Shape: []int{d}})
	if err != nil {
		b.Fatal(err)
	}
	theta, w, bar := make([]float64, m.Spec().Parameters), make([]float64, n), make([]float64, n)
	_ = m.Init(theta, 1)
	_ = m.Load(theta)
	data := core.Batch{N: n, X: make([]float64, n*d)}
	eps := core.LatentNoise.Room(&data, n*latents)
	for i := range data.X {
		data.X[i] = float64(i * i % 7)
	}
	for i := range eps {
		eps[i] = float64(i*i%5 - 2)
	}
	grad := make([]float64, len(theta))
	for range enginetest.Loop(b) {
		_ = m.Bound(w, data.X, eps)
		_ = m.BoundPull(grad, &data, bar)
	}
}
