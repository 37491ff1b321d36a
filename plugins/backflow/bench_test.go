package backflow

import (
	"syscall"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// benchStep is a training step with 50 hidden units and 20 steps of rk4. It
// reports processor time for each pair or particle and hidden unit, and
// evaluation of the velocity in the draw.
func benchStep(b *testing.B, n, dim, batch int, s core.Settings) {
	defer par.Spare()()
	s["hidden"], s["softening"] = int64(50), 0.2
	m, theta := open(b, s, particles(n, dim), 0.01)
	var x core.Batch
	grad := make([]float64, len(theta))
	step(b, m, theta, grad, &x, batch)
	b.ReportAllocs()
	b.ResetTimer()
	before := cpuSeconds(b)
	for b.Loop() {
		step(b, m, theta, grad, &x, batch)
	}
	cpu := (cpuSeconds(b) - before) / float64(b.N)
	units := float64(batch * n * (n + 1) / 2 * 50 * 80)
	b.ReportMetric(cpu*1e3, "cpu-ms/op")
	b.ReportMetric(cpu*1e9/units, "cpu-ns/unit")
}

func cpuSeconds(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) * 1e-9
}

func BenchmarkStep6(b *testing.B) { benchStep(b, 6, 2, 1024, core.Settings{}) }

func BenchmarkStep20(b *testing.B) { benchStep(b, 20, 2, 128, core.Settings{}) }

func BenchmarkStepTolerance(b *testing.B) {
	benchStep(b, 6, 2, 1024, core.Settings{"integrator": "dopri5", "tolerance": 1e-6})
}
