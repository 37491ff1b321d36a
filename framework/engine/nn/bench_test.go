package nn

import (
	"fmt"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
)

// BenchmarkMaskedDense measures the three passes of a layer over 14 chunks of
// 72 samples, the batch of 1000 of a MADE on 16x16 sites; rates count live
// multiply-adds only.
func BenchmarkMaskedDense(b *testing.B) {
	const sites, n, chunks = 256, 72, 14
	for _, c := range [][2]int{{1, 4}, {4, 4}, {4, 1}} {
		l := NewMaskedDense[float64]("layer", sites, c[0], c[1], false, true)
		var ops [chunks]*maskedDense[float64]
		for k := range ops {
			t := new(grad.Tape[float64])
			x := NewMap(t, sites, c[0], 1, n)
			y := x.Like(t, c[1])
			for i := range x.Val {
				x.Val[i] = float64(i%7) - 3
			}
			for i := range y.Adj {
				y.Adj[i] = float64(i%5) - 2
			}
			ops[k] = l.On(x, y).(*maskedDense[float64])
			ops[k].Backward()
		}
		run := func(name string, pass func()) {
			b.Run(fmt.Sprintf("%dto%d/%s", c[0], c[1], name), func(b *testing.B) {
				for range b.N {
					pass()
				}
				flops := 2 * float64(c[0]*c[1]*sites*(sites+1)/2*n*chunks*b.N)
				b.ReportMetric(flops/b.Elapsed().Seconds()*1e-9, "GFLOP/s")
			})
		}
		sums := make([]float64, 1<<20)
		run("forward", func() {
			for _, o := range ops {
				o.Forward()
			}
		})
		run("backward", func() {
			for _, o := range ops {
				o.Backward()
			}
		})
		run("accumulate", func() {
			for t := range ops[0].Tiles() {
				sum := sums[:ops[0].TileSize(t)]
				for _, o := range ops {
					o.Accumulate(t, 0, sum)
				}
			}
		})
	}
}
