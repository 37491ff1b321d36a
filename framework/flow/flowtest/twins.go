package flowtest

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// Precisions tests that a bijection in float32 is that of float64 up to rounding: the map, its
// inverse, l, and the pull-backs of both, in the variables and in the parameters, at
// parameters and variables of float32. Each array is compared by its length,
//
//	|a32 - a64| <= tolerance |a64|,
//
// and may not have the bits of float64. It sets the parameters of both.
func Precisions(t *testing.T, single flow.Bijection[float32], double flow.Bijection[float64], dim int, tolerance float64) {
	t.Helper()
	r := rand.New(rand.NewPCG(21, 22))
	pairs := double.Params()
	for k, p := range single.Params() {
		theta := make([]float64, p.Size())
		if p.Start != nil {
			p.Start(theta, r)
		}
		for i := range theta {
			theta[i] = float64(float32(theta[i] + 0.1*r.NormFloat64()))
		}
		p.Load(theta)
		pairs[k].Load(theta)
	}
	const n = 21 // two vectors of eight, and five left over
	in, bar, lbar := normal(r, dim*n), normal(r, dim*n), normal(r, n)
	for _, values := range [][]float64{in, bar} {
		for i, v := range values {
			values[i] = float64(float32(v))
		}
	}
	for _, forward := range []bool{true, false} {
		name := map[bool]string{true: "Forward", false: "Inverse"}[forward]
		got, want := through(t, single, forward, in, bar, lbar, n), through(t, double, forward, in, bar, lbar, n)
		for what, a := range want {
			square, size := 0.0, 0.0
			for i, v := range a {
				square += (got[what][i] - v) * (got[what][i] - v)
				size += v * v
			}
			switch e := math.Sqrt(square / size); {
			case !(e <= tolerance):
				t.Errorf("%s: %s is off by %.2g of its length", name, what, e)
			case e == 0:
				t.Errorf("%s: %s has the bits of float64", name, what)
			default:
				t.Logf("%s: %s is off by %.2g of its length", name, what, e)
			}
		}
	}
}

// through goes one way through a new workspace, and back.
func through[T tensor.Real](t *testing.T, b flow.Bijection[T], forward bool, in, bar, lbar []float64, n int) map[string][]float64 {
	t.Helper()
	w := b.On(n)
	out, inbar, l := make([]T, len(in)), make([]T, len(in)), make([]float64, n)
	run, pull := w.Forward, w.PullForward
	if !forward {
		run, pull = w.Inverse, w.PullInverse
	}
	if err := run(out, l, rounded[T](in)); err != nil {
		t.Fatal(err)
	}
	pull(inbar, rounded[T](bar), lbar, true)
	return map[string][]float64{"the result": rounded[float64](out), "l": l, "the slope": rounded[float64](inbar), "the gradient": gradient(w.Grads())}
}

func rounded[D, S tensor.Real](x []S) []D {
	y := make([]D, len(x))
	for i, v := range x {
		y[i] = D(v)
	}
	return y
}

// gradient is that of all parameters.
func gradient[T tensor.Real](params []*grad.Param[T]) (all []float64) {
	for _, p := range params {
		all = append(all, rounded[float64](p.Grad)...)
	}
	return all
}
