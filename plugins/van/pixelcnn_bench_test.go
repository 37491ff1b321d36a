package van

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
)

var benchPixelCNN = core.Settings{"network": "pixelcnn", "depth": int64(3), "width": int64(64), "kernel": int64(13), "z2": true}

// macsPixelCNN is the number of live multiply-adds of one pass and of one
// training step per sample, as macsMADE: taps that are masked or meet padding
// do not count.
func macsPixelCNN(l, width, kernel int) (pass, step float64) {
	shape := nn.ConvShape{In: 1, Out: width, Ly: l, Lx: l, Half: kernel / 2, Exclusive: true}
	first := float64(shape.Products())
	shape.In, shape.Exclusive = width, false
	pass = first + float64(shape.Products())
	shape.Out = 1
	pass += float64(shape.Products())
	return pass, 4*pass + 2*(pass-first)
}

func BenchmarkStepPixelCNN(b *testing.B) {
	_, step := macsPixelCNN(16, 64, 13)
	benchStep(b, benchPixelCNN, 20, true, true, step)
}

func BenchmarkSamplePixelCNN(b *testing.B) {
	pass, _ := macsPixelCNN(16, 64, 13)
	benchStep(b, benchPixelCNN, 20, true, false, 2*pass)
}

func BenchmarkPullPixelCNN(b *testing.B) {
	pass, step := macsPixelCNN(16, 64, 13)
	benchStep(b, benchPixelCNN, 20, false, true, step-2*pass)
}
