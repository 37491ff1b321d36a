package fermiflow

import (
	"fmt"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest/rates"
)

// BenchmarkStep is a training step of n fermions in the plane with 50 hidden units
// and 20 steps of the integrator, and its three parts. It reports processor time
// for each configuration, which other programs on the machine disturb less than
// the time that passes. There is no matrix product: only functions that take an exponential
// are counted.
func BenchmarkStep(b *testing.B) {
	for _, n := range []int{2, 3, 6, 10} {
		m, theta := model(b, core.Settings{"hidden": int64(50), "softening": 0.2}, particles(n, 2), 0.01)
		const batch = 1024
		// a tanh for each hidden unit of each pair and particle, in each stage of a path
		tanhs := float64(batch * 4 * m.steps * n * (n + 1) / 2 * 50)
		draws := coretest.Draw(b, m, 1, batch)
		grad, v, lap := make([]float64, len(theta)), make([]complex128, batch), make([]complex128, batch)
		for i := range v {
			v[i] = 1
		}
		parts := []struct {
			name   string
			run    func() error
			passes float64
		}{
			{"draw", func() error { return m.Sample(draws, 1, batch) }, 1},
			{"laplacian", func() error { return m.Laplacian(lap, draws) }, 0},
			{"pull", func() error { return m.StatePull(grad, draws, draws.LogP, v) }, 1},
		}
		measure := func(name string, run func() error, passes float64) {
			b.Run(fmt.Sprintf("n=%d/%s", n, name), func(b *testing.B) {
				meter := rates.Start(b)
				for range enginetest.Loop(b) {
					if err := run(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(meter.Report(rates.Work{Exponentials: passes * tanhs})*1e6/batch, "cpu-us/configuration")
			})
		}
		for _, p := range parts {
			measure(p.name, p.run, p.passes)
		}
		measure("step", func() error {
			for _, p := range parts {
				if err := p.run(); err != nil {
					return err
				}
			}
			return nil
		}, 2)
	}
}
