package fermiflow

import (
	"fmt"
	"syscall"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

// BenchmarkStep is a training step of n fermions in the plane with 50 hidden units
// and 20 steps of the integrator, and its three parts. It reports processor time
// for each configuration, which other programs on the machine disturb less than
// the time that passes.
func BenchmarkStep(b *testing.B) {
	for _, n := range []int{2, 3, 6, 10} {
		m, theta := model(b, core.Settings{"hidden": int64(50), "softening": 0.2}, particles(n, 2), 0.01)
		const batch = 1024
		draws := coretest.Draw(b, m, 1, batch)
		grad, v, lap := make([]float64, len(theta)), make([]complex128, batch), make([]complex128, batch)
		for i := range v {
			v[i] = 1
		}
		parts := []struct {
			name string
			run  func() error
		}{
			{"draw", func() error { return m.Sample(draws, 1, batch) }},
			{"laplacian", func() error { return m.Laplacian(lap, draws) }},
			{"pull", func() error { return m.StatePull(grad, draws, draws.LogP, v) }},
		}
		measure := func(name string, run func() error) {
			b.Run(fmt.Sprintf("n=%d/%s", n, name), func(b *testing.B) {
				from := processorTime()
				for range enginetest.Loop(b) {
					if err := run(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric((processorTime()-from)*1e6/float64(b.N*batch), "cpu-us/configuration")
			})
		}
		for _, p := range parts {
			measure(p.name, p.run)
		}
		measure("step", func() error {
			for _, p := range parts {
				if err := p.run(); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// processorTime is that of this program so far, in seconds.
func processorTime() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(u.Utime) + seconds(u.Stime)
}
