package estimators

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// ln Z and its error are those that came with the last batch, however often; where the model
// sums exactly they are constant.
func TestModelLogZ(t *testing.T) {
	for _, stderr := range []float64{0, 0.25} {
		open := func() core.Estimator {
			e, err := modelLogZ().NewEstimator(nil, core.Setting{})
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		e, other := open(), open()
		if got := reportOf(t, e); !math.IsNaN(got.Value[0]) || got.N != 0 {
			t.Errorf("before any batch it is %v of %d", got.Value[0], got.N)
		}
		b := &core.Batch{N: 5}
		core.LogZ.Put(b, []float64{3.5})
		core.LogZStderr.Put(b, []float64{stderr})
		addAll(t, e, []*core.Batch{b, b})
		addAll(t, other, []*core.Batch{b})
		if err := e.Merge(other.State()); err != nil {
			t.Fatal(err)
		}
		if got := reportOf(t, e); got.Value[0] != 3.5 || got.Stderr[0] != stderr || got.N != 15 || got.Constant != (stderr == 0) {
			t.Errorf("ln Z = %v +- %v of %d, constant %v", got.Value[0], got.Stderr[0], got.N, got.Constant)
		}
	}
}
