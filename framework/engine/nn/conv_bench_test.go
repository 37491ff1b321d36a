package nn

import (
	"fmt"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
)

// BenchmarkMaskedConv times the three layers of the paper's PixelCNN (16 x 16
// sites, 64 channels, 13 x 13 kernel) on one chunk; masked taps and padding do
// not count as work.
func BenchmarkMaskedConv(b *testing.B) {
	sums := make([]float64, 1<<20)
	for _, s := range []ConvShape{
		{In: 1, Out: 64, Ly: 16, Lx: 16, Half: 6, Exclusive: true},
		{In: 64, Out: 64, Ly: 16, Lx: 16, Half: 6},
		{In: 64, Out: 1, Ly: 16, Lx: 16, Half: 6},
	} {
		const n = 10
		l := NewMaskedConv[float64]("conv", s, true)
		var tape grad.Tape[float64]
		x := NewMap(&tape, s.Ly*s.Lx, s.In, s.Lx, n)
		y := x.Like(&tape, s.Out)
		fillNormal(1, x.Val, y.Adj, l.W.Val)
		op := l.On(x, y)
		for _, part := range []struct {
			name string
			run  func()
		}{
			{"Forward", op.Forward},
			{"Sites", func() {
				for i := range x.Sites {
					if i%s.Lx == 0 {
						op.Begin(i, i+s.Lx)
					}
					op.Site(i)
				}
			}},
			{"Backward", op.Backward},
			{"Accumulate", func() {
				w := op.(grad.Weighted[float64])
				for tile := range w.Tiles() {
					w.Accumulate(tile, 0, sums[:w.TileSize(tile)])
				}
			}},
		} {
			b.Run(fmt.Sprintf("%d-%d/%s", s.In, s.Out, part.name), func(b *testing.B) {
				for range b.N {
					part.run()
				}
				b.ReportMetric(2*float64(s.Products()*n*b.N)/b.Elapsed().Seconds()*1e-9, "GFLOP/s")
			})
		}
	}
}
