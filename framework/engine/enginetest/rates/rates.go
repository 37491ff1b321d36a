// Package rates holds what a benchmark computes against what the machine can do: matrix
// products at the rate of dgemm or sgemm, and exponentials at the rate of the engine's
// loop over them, both on as many threads as the benchmark has, in the same run.
package rates

import (
	"sync"
	"testing"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Work of one turn of a benchmark, by count.
type Work struct {
	MultiplyAdds float64 // of matrix products, without those that masks make 0
	Exponentials float64 // and functions that take one: tanh, ELU
	Single       bool    // in float32
}

// Meter is started before the turns of a benchmark.
type Meter struct {
	b   *testing.B
	cpu float64
}

// Start begins to count time and allocations.
func Start(b *testing.B) Meter {
	b.Helper()
	b.ReportAllocs()
	b.ResetTimer()
	return Meter{b, enginetest.CPU(b)}
}

// Report ends the timing and reports, of b.N turns, the milliseconds of processor time of
// one, the rate of multiply-adds, and which shares of the time the products would take at the
// rate of BLAS and the exponentials at theirs: what is missing to 100 % is lost to
// something else. Processor time is that of the program, which others on the machine
// disturb less; shares are of the time that passed. It returns the seconds of processor time of
// one turn.
func (m Meter) Report(w Work) (cpu float64) {
	m.b.Helper()
	m.b.StopTimer()
	b, turns := m.b, float64(m.b.N)
	cpu, elapsed := (enginetest.CPU(b)-m.cpu)/turns, b.Elapsed().Seconds()/turns
	b.ReportMetric(cpu*1e3, "cpu-ms/op")
	if w.MultiplyAdds > 0 {
		flops := 2e-9 * w.MultiplyAdds
		b.ReportMetric(flops/elapsed, "GFLOP/s")
		b.ReportMetric(flops/cpu, "GFLOP/cpu-s")
		b.ReportMetric(100*w.MultiplyAdds/products(w.Single)/elapsed, "%gemm")
	}
	if w.Exponentials > 0 {
		b.ReportMetric(100*w.Exponentials/exponentials(w.Single)/elapsed, "%exp")
	}
	return cpu
}

func products(single bool) float64 {
	if single {
		return gemm[float32]()
	}
	return gemm[float64]()
}

func exponentials(single bool) float64 {
	if single {
		return exp[float32]()
	}
	return exp[float64]()
}

// gemm is the multiply-adds a second of square products, large enough for the best
// rate.
func gemm[T tensor.Real]() float64 {
	const n = 512
	return best(n*n*n, func() func() {
		x, y, z := make([]T, n*n), make([]T, n*n), make([]T, n*n)
		for i := range x {
			x[i], y[i] = T(i%5), T(i%3)
		}
		return func() { tensor.Gemm(false, false, n, n, n, 1, x, n, y, n, 0, z, n) }
	})
}

// exp is the exponentials a second, of 4096 numbers at a time, which stay in the
// first cache.
func exp[T tensor.Real]() float64 {
	const n, times = 4096, 64
	return best(n*times, func() func() {
		x := make([]T, n)
		for i := range x {
			x[i] = -T(i%7) / 7
		}
		return func() {
			for range times {
				kernels.Activate(kernels.ELU, x) // which stay negative
			}
		}
	})
}

// rounds of which the fastest of each thread counts, when nothing else disturbed it.
const rounds = 24

// best is the work a second of all threads of a run together, each with calls of its own.
func best(work float64, open func() func()) float64 {
	least := make([]time.Duration, par.Threads())
	var all sync.WaitGroup
	for i := range least {
		call := open()
		call()
		least[i] = 1 << 62
		all.Go(func() {
			for range rounds {
				begin := time.Now()
				call()
				least[i] = min(least[i], time.Since(begin))
			}
		})
	}
	all.Wait()
	rate := 0.0
	for _, t := range least {
		rate += work / t.Seconds()
	}
	return rate
}
