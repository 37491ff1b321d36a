package van

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// A network in float32 is its twin in float64 to rounding, with the parameters of both those
// of float32: ln p, and the gradient for weights of both signs, of relative error
//
//	|g32 - g64| / |g64|.
//
// Logits are off by u = 6e-8 for each of the some 3 x 20 terms that they are sums of, and
// ln p by those of 16 of them: 6e-5 at most, and by chance some 1e-6. So is the gradient, in
// which terms of both signs cancel to about a tenth.
func TestFloat32IsFloat64Rounded(t *testing.T) {
	eachOf(t, core.Float32, func(t *testing.T, s core.Settings) {
		const n = 301
		m, theta := build(t, s, 4, 4)
		for i, v := range theta {
			theta[i] = float64(float32(v))
		}
		s["precision"] = string(core.Float64)
		twin, _ := build(t, s, 4, 4)
		load(t, m, theta)
		load(t, twin, theta)
		b, w := sample(t, m, 3, n), weightsFor(n)
		lp := logProb(t, twin, b.X, n)
		d := maxDiff(b.LogP, lp)
		if d > 6e-5 {
			t.Errorf("ln p differ by %g", d)
		}
		if d == 0 {
			t.Error("ln p has the bits of float64")
		}
		b.ID = 0
		want, square, size := pull(t, twin, b, w), 0.0, 0.0
		for i, g := range pull(t, m, b, w) {
			square += (g - want[i]) * (g - want[i])
			size += want[i] * want[i]
		}
		if e := math.Sqrt(square / size); !(e < 1e-5) {
			t.Errorf("gradients differ by %g of their length", e)
		} else {
			t.Logf("ln p differ by %.2g, gradients by %.2g of their length", d, e)
		}
	})
}
