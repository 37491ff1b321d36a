package estimators

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

// A thousand configurations of a 16 x 16 lattice a batch.
func BenchmarkAdd(b *testing.B) {
	const n, d = 1000, 256
	r := rand.New(rand.NewPCG(1, 0))
	batch := core.Batch{N: n, X: make([]float64, n*d), LogP: make([]float64, n), E: make([]float64, n)}
	for i := range batch.X {
		batch.X[i] = math.Copysign(1, r.Float64()-0.5)
	}
	s := setting(beta)
	s.Energy.Space.Shape = []int{d}
	for _, name := range Default(s) {
		b.Run(name, func(b *testing.B) {
			e, err := build(name, nil, s)
			if err != nil {
				b.Fatal(err)
			}
			for range enginetest.Loop(b) {
				e.Add(&batch)
			}
		})
	}
}

// The jackknife over a million weights.
func BenchmarkReport(b *testing.B) {
	e, err := logZ().NewEstimator(nil, setting(beta))
	if err != nil {
		b.Fatal(err)
	}
	var batch core.Batch
	logNormal(&batch, rand.New(rand.NewPCG(1, 0)), 1e6, 1)
	e.Add(&batch)
	for range enginetest.Loop(b) {
		e.Report()
	}
}

// The error of a million values in 100 chains with a correlation time of 9.
func BenchmarkReportOfChains(b *testing.B) {
	s := setting(beta)
	s.Chains = true
	e, err := build("energy", nil, s)
	if err != nil {
		b.Fatal(err)
	}
	batch := core.Batch{N: 1e6, E: make([]float64, 1e6), Chains: 100}
	r := rand.New(rand.NewPCG(1, 0))
	for i := range batch.E {
		batch.E[i] = r.NormFloat64()
		if i >= batch.Chains {
			batch.E[i] += 0.8 * batch.E[i-batch.Chains]
		}
	}
	e.Add(&batch)
	for range enginetest.Loop(b) {
		e.Report()
	}
}
