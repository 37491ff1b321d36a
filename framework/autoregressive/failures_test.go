package autoregressive

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Where a logit of levels is not finite, their probabilities are no numbers: an error of the
// draw.
func TestInfiniteLogits(t *testing.T) {
	all := options[float64]()
	for _, name := range []string{"bits", "categories"} {
		for _, logit := range []float64{math.Inf(1), math.NaN()} {
			m, theta := start(t, all[name])
			at := len(theta) - 1 // the last site's last bias
			theta[at] = logit
			if err := m.Load(theta); err != nil {
				t.Fatal(err)
			}
			var b core.Batch
			if err := m.Sample(&b, 8, 30); core.KindOf(err) != core.Numeric {
				t.Errorf("%s: with a logit of %v drawing gives the error %v", name, logit, err)
			}
		}
	}
}

func TestLevelsHaveNoFlip(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("levels were symmetrised under the flip of spins")
		}
	}()
	o := options[float64]()["bits"]
	o.Z2 = true
	New(o)
}

// A batch that is refused leaves nothing in the sums of the next gradient.
func TestGradientAfterARefusedBatch(t *testing.T) {
	o := options[float32]()["spins"]
	o.Budget = newChunk(o, 1).bytes() * 24 * 3 // several slabs, the last of them refused
	m := New(o)
	if m.Spec().Precision != core.SinglePrecision {
		t.Errorf("precision %v of a model in float32", m.Spec().Precision)
	}
	theta := make([]float64, m.spec.Parameters)
	for i := range theta {
		theta[i] = 0.01 * float64(i%7-3)
	}
	if err := m.Load(theta); err != nil {
		t.Fatal(err)
	}
	const n = 600
	x, w := make([]float64, n*m.sites()), make([]float64, n)
	for i := range x {
		x[i] = float64(1 - 2*(i*7919/13%2))
	}
	for i := range w {
		w[i] = float64(i%5) - 2.2
	}
	want, got := make([]float64, len(theta)), make([]float64, len(theta))
	if err := m.Pull(want, &core.Batch{N: n, X: x}, w); err != nil || m.chunks.Slabs() < 2 {
		t.Fatal(err, m.chunks.Slabs())
	}
	bad := slices.Clone(x)
	bad[len(bad)-1] = 0
	if err := m.Pull(got, &core.Batch{N: n, X: bad}, w); core.KindOf(err) != core.Invalid {
		t.Fatal(err)
	}
	if err := m.Pull(got, &core.Batch{N: n, X: x}, w); err != nil || !slices.Equal(got, want) {
		t.Errorf("error %v, gradient %v, want %v", err, got[:4], want[:4])
	}
}
