package van

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
)

var benchPixelCNN = core.Settings{"network": "pixelcnn", "depth": int64(3), "width": int64(64), "kernel": int64(13), "z2": true}

// macsPixelCNN is macs of the convolutions: taps that are masked or meet padding
// do not count.
func macsPixelCNN(l, width, kernel int) (sample, pull float64) {
	shape := nn.ConvShape{In: 1, Out: width, Ly: l, Lx: l, Half: kernel / 2, Exclusive: true}
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
