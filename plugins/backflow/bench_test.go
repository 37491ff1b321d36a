package backflow

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest/rates"
)

// benchStep is a training step with 50 hidden units and 20 steps of rk4. It
// reports processor time for each pair or particle and hidden unit, and
// evaluation of the velocity in the draw.
func benchStep(b *testing.B, n, dim, batch int, s core.Settings) {
	s["hidden"], s["softening"] = int64(50), 0.2
	units := float64(batch * n * (n + 1) / 2 * 50 * 80)
	cpu := train(b, s, particles(n, dim), 0.01).Bench(b, batch, rates.Work{Exponentials: units}) // those of the draw
	b.ReportMetric(cpu*1e9/units, "cpu-ns/unit")
}

func BenchmarkStep6(b *testing.B) { benchStep(b, 6, 2, 1024, core.Settings{}) }

func BenchmarkStep20(b *testing.B) { benchStep(b, 20, 2, 128, core.Settings{}) }

func BenchmarkStepTolerance(b *testing.B) {
	benchStep(b, 6, 2, 1024, core.Settings{"integrator": "dopri5", "tolerance": 1e-6})
}
