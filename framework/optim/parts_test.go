package optim

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Ranks that each move some parameters, on any number of threads, end with the bits of one process, clipped and
// with decay.
func TestPartsAreTheStep(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	const parameters = 3*pieceSize + 7
	clipping := Clipping{Clip: 1, WeightDecay: 0.01}
	for name, make := range map[string]func() core.PartStepper{
		"adam": func() core.PartStepper { a := paperAdam(); a.Clipping, a.Schedule = clipping, Constant(0.1); return a },
		"sgd":  func() core.PartStepper { return &SGD{Clipping: clipping, Momentum: 0.9, Schedule: Constant(0.1)} },
	} {
		step := func(threads, ranks int) []float64 {
			runtime.GOMAXPROCS(threads)
			theta := numbersOf(parameters, 1)
			all := []core.PartStepper{}
			for range ranks {
				all = append(all, make())
			}
			for t := range int64(3) {
				for k, o := range all {
					g := numbersOf(parameters, uint64(t+2))
					norm, _ := Norm(g)
					o.StepPart(theta, core.Derivative{Gradient: g, Norm: norm}, t+1, k*parameters/ranks, (k+1)*parameters/ranks)
				}
			}
			return theta
		}
		want := step(1, 1)
		for _, c := range [][2]int{{4, 1}, {1, 3}, {2, 7}} {
			if !slices.Equal(step(c[0], c[1]), want) {
				t.Errorf("%s: %d threads and %d ranks end elsewhere than one", name, c[0], c[1])
			}
		}
	}
}

func numbersOf(n int, seed uint64) []float64 {
	r, v := rand.New(rand.NewPCG(seed, 1)), make([]float64, n)
	for i := range v {
		v[i] = r.NormFloat64()
	}
	return v
}
