package tensor

import (
	"fmt"
	"testing"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

// BenchmarkMulAdd holds MulAdd against Gemm, turn by turn: the least time of each counts, when
// nothing else disturbed. The shapes are those of layers (m units of k inputs, n columns of a
// chunk), then of large products.
func BenchmarkMulAdd(b *testing.B) {
	b.Run("float64", benchMulAdd[float64])
	b.Run("float32", benchMulAdd[float32])
}

func benchMulAdd[T Real](b *testing.B) {
	for _, s := range []struct {
		m, n, k int
		trans   bool
	}{
		{4, 72, 64, false}, {32, 64, 64, false}, {64, 64, 64, false}, {96, 48, 96, false},
		{64, 72, 512, false}, {128, 72, 1024, false}, {128, 128, 512, false}, {64, 160, 448, false},
		{64, 64, 256, true}, {256, 64, 64, true}, {512, 64, 512, true}, {576, 20, 64, true},
		{256, 256, 256, false}, {512, 512, 512, false}, {1024, 1024, 1024, false}, {1024, 1024, 1024, true},
	} {
		name := fmt.Sprintf("%dx%dx%d", s.m, s.n, s.k)
		ld := s.k
		if s.trans {
			name, ld = name+"T", s.m
		}
		b.Run(name, func(b *testing.B) {
			w, x, y := numbers[T](s.m*s.k), numbers[T](s.k*s.n), numbers[T](s.m*s.n)
			size := 2 * float64(s.m) * float64(s.n) * float64(s.k)
			often := max(1, int(1e7/size)) // some tenths of a millisecond, which the clock tells
			timed := func(least *time.Duration, call func()) {
				begin := time.Now()
				for range often {
					call()
				}
				*least = min(*least, time.Since(begin))
			}
			own, library := time.Duration(1<<62), time.Duration(1<<62)
			for range enginetest.Loop(b) {
				timed(&own, func() { MulAdd(s.trans, s.m, s.n, s.k, w, ld, x, s.n, y, s.n) })
				timed(&library, func() { Gemm(s.trans, false, s.m, s.n, s.k, 1, w, ld, x, s.n, 1, y, s.n) })
			}
			rate := func(d time.Duration) float64 { return size * float64(often) / d.Seconds() * 1e-9 }
			b.ReportMetric(rate(own), "GFLOP/s")
			b.ReportMetric(rate(library), "gemm-GFLOP/s")
			b.ReportMetric(100*rate(own)/rate(library), "%gemm")
		})
	}
}
