package van

import (
	"fmt"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
)

var benchPixelCNN = core.Settings{"network": "pixelcnn", "depth": int64(3), "width": int64(64), "kernel": int64(13), "z2": true}

// macsPixelCNN is macs of the convolutions: taps that are masked or meet padding
// do not count.
func macsPixelCNN(l, width, kernel int) (sample, pull float64) {
	return macsConv(nn.ConvShape{Out: width, Ly: l, Lx: l, Half: kernel / 2})
}

// macsConv is macs of three layers of convolutions.
func macsConv(shape nn.ConvShape) (sample, pull float64) {
	width := shape.Out
	shape.In, shape.Exclusive = 1, true
	first := float64(shape.Products())
	shape.In, shape.Exclusive = width, false
	pass := first + float64(shape.Products())
	shape.Out = 1
	pass += float64(shape.Products())
	return macs(pass, first)
}

func BenchmarkStepPixelCNN(b *testing.B) {
	sample, pull := macsPixelCNN(16, 64, 13)
	benchStep(b, 16, benchPixelCNN, 20, true, true, sample+pull)
}

func BenchmarkSamplePixelCNN(b *testing.B) {
	sample, _ := macsPixelCNN(16, 64, 13)
	benchStep(b, 16, benchPixelCNN, 20, true, false, sample)
}

func BenchmarkPullPixelCNN(b *testing.B) {
	_, pull := macsPixelCNN(16, 64, 13)
	benchStep(b, 16, benchPixelCNN, 20, false, true, pull)
}

// BenchmarkStepLattice is the network of runs/van/ising-64.toml on larger and larger lattices.
func BenchmarkStepLattice(b *testing.B) {
	for _, l := range []int{8, 16, 32, 64} {
		b.Run(fmt.Sprintf("L=%d", l), func(b *testing.B) {
			sample, pull := macsConv(nn.ConvShape{Out: 16, Ly: l, Lx: l, Half: 3, Periodic: true})
			s := core.Settings{"network": "pixelcnn", "depth": int64(3), "width": int64(16), "kernel": int64(7), "periodic": true, "z2": true}
			benchStep(b, l, s, 64, true, true, sample+pull)
		})
	}
}
