package optim

import (
	"fmt"
	"testing"
)

func BenchmarkStep(b *testing.B) {
	for _, n := range []int{20000, 800000} {
		theta, grad := make([]float64, n), make([]float64, n)
		for i := range grad {
			grad[i] = 1 / float64(i+1)
		}
		for _, o := range []Optimizer{&Adam{}, &SGD{Momentum: 0.9}} {
			b.Run(fmt.Sprintf("%T/%d", o, n), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(8 * n))
				for b.Loop() {
					o.Step(theta, grad, 1e-3)
				}
			})
		}
	}
}
