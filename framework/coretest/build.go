package coretest

import (
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Settings joins settings of a part, of which later ones prevail, and adds the
// defaults.
func Settings(tb testing.TB, p core.Part, given ...core.Settings) core.Settings {
	tb.Helper()
	all := core.Settings{}
	for _, s := range given {
		maps.Copy(all, s)
	}
	full, problems := core.Complete(p.Keys(), all)
	if len(problems) > 0 {
		tb.Fatal(problems)
	}
	return full
}

// Noisy returns a model with its starting parameters and normal noise of that
// width loaded, so that no test rests on what is special at the start, and the
// parameters.
func Noisy(tb testing.TB, p core.Part, full core.Settings, space core.Space, noise float64) (core.Model, []float64) {
	tb.Helper()
	m, err := p.NewModel(full, space)
	if err != nil {
		tb.Fatal(err)
	}
	theta := make([]float64, m.Spec().Parameters)
	if err := m.Init(theta, 1); err != nil {
		tb.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range theta {
		theta[i] += noise * r.NormFloat64()
	}
	if err := m.Load(theta); err != nil {
		tb.Fatal(err)
	}
	return m, theta
}

// Draw returns n configurations of a model.
func Draw(tb testing.TB, m core.Density, seed uint64, n int) *core.Batch {
	tb.Helper()
	var b core.Batch
	if err := m.Sample(&b, seed, n); err != nil {
		tb.Fatal(err)
	}
	return &b
}

// Laplacian returns lap Psi/Psi of a batch.
func Laplacian(tb testing.TB, m core.DensityMatrix, b *core.Batch) []complex128 {
	tb.Helper()
	lap := make([]complex128, b.N)
	if err := m.Laplacian(lap, b); err != nil {
		tb.Fatal(err)
	}
	return lap
}
