package autoregressive

import (
	"math"
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
