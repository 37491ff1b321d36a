package electronflow

import (
	"fmt"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// Parts of a training step of 512 configurations with 50 moves, for the networks of
// arXiv:2201.03156, each in milliseconds of processor time.
func BenchmarkStep(b *testing.B) {
	const batch = 512
	for _, n := range []int{5, 13, 29, 49} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			given := core.Settings{"burn_in": int64(0), "e_max": int64(25), "theta_0": 0.15, "laplacian": "hutchinson"}
			if n > 29 {
				given["e_max"] = int64(36)
			}
			full, _ := core.Complete(Part.Params, given)
			made, err := Part.NewModel(full, box(n, 2, 0.25, 0.25))
			if err != nil {
				b.Fatal(err)
			}
			m := made.(*Model)
			theta := make([]float64, m.spec.Parameters)
			if err := m.Init(theta, 1); err != nil {
				b.Fatal(err)
			}
			if err := m.Load(theta); err != nil {
				b.Fatal(err)
			}
			var batchOf core.Batch
			lap, w, v := make([]complex128, batch), make([]float64, batch), make([]complex128, batch)
			grad, step := make([]float64, len(theta)), make([]float64, len(theta))
			for i := range w {
				w[i], v[i] = 1/float64(i+1), complex(1/float64(i+1), 1)
			}
			for _, part := range []struct {
				name string
				run  func() error
			}{
				{"sample", func() error { return m.Sample(&batchOf, 1, batch) }},
				{"hutchinson", func() error { return m.Laplacian(lap, &batchOf) }},
				{"exact", func() error {
					m.exact = true
					defer func() { m.exact = false }()
					return m.Laplacian(lap, &batchOf)
				}},
				{"pull", func() error { return m.StatePull(grad, &batchOf, w, v) }},
				{"natural", func() error { return m.NaturalPull(grad, step, &batchOf, w, v, 1e-3) }},
			} {
				b.Run(part.name, func(b *testing.B) {
					defer par.Spare()() // a sub-benchmark sets GOMAXPROCS again
					b.ReportAllocs()
					before := enginetest.CPU(b)
					for range enginetest.Loop(b) {
						if err := part.run(); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric((enginetest.CPU(b)-before)*1e3/float64(b.N), "cpu-ms/op")
				})
			}
		})
	}
}
