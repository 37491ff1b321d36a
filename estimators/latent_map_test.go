package estimators

import (
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Rows of two ranges go to maps of their own, the first two of each, with classes where the
// energy has some. What one estimator has seen, another continues.
func TestLatentMap(t *testing.T) {
	setting := core.Setting{Model: core.ModelSpec{Latents: 2},
		Energy: core.EnergySpec{Rows: []core.Range{{Name: core.TrainRows, From: 0, To: 3}, {Name: core.TestRows, From: 3, To: 4}}}}
	for _, labelled := range []bool{false, true} {
		if labelled {
			setting.Energy.Powers = []core.Power{core.PowerLabels}
		}
		open := func() core.Estimator {
			e, err := latentMap().NewEstimator(core.Settings{"rows": int64(2)}, setting)
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		batch := func(from, to int32) *core.Batch {
			b := &core.Batch{N: int(to - from)}
			for n := from; n < to; n++ {
				core.RowNumber.Put(b, append(core.RowNumber.Of(b), n))
				core.Label.Put(b, append(core.Label.Of(b), 10-n))
				core.LatentMean.Put(b, append(core.LatentMean.Of(b), float64(n), float64(-n)))
				core.LatentDeviation.Put(b, append(core.LatentDeviation.Of(b), 0.5, float64(n+1)))
			}
			return b
		}
		first, second := open(), open()
		if err := first.Add(batch(0, 1)); err != nil {
			t.Fatal(err)
		}
		if err := second.Restore(first.State()); err != nil {
			t.Fatal(err)
		}
		if err := second.Add(batch(1, 4)); err != nil {
			t.Fatal(err)
		}
		other := open()
		if err := other.Add(batch(2, 4)); err != nil { // for the first of them there is no room
			t.Fatal(err)
		}
		more := other.State()
		more["test"], more["test.mean"], more["test.deviation"] = nil, nil, nil
		if err := second.Merge(more); err != nil {
			t.Fatal(err)
		}
		all, err := second.Report()
		if err != nil || len(all) != 2 {
			t.Fatal(all, err)
		}
		rows, name := []float64{0, 1}, "row"
		if labelled {
			rows, name = []float64{10, 9}, core.AxisLabel
		}
		train, test := all[0], all[1]
		if train.Axes[0].Name != name || !slices.Equal(train.Axes[0].Values, rows) || !slices.Equal(train.Axes[1].Values, []float64{0, 1}) {
			t.Errorf("axes %v", train.Axes)
		}
		if !slices.Equal(train.Value, []float64{0, 0, 1, -1}) || !slices.Equal(train.Stderr, []float64{0.5, 1, 0.5, 2}) || !slices.Equal(test.Value, []float64{3, -3}) {
			t.Errorf("maps %v, %v", train, test)
		}
		for piece, length := range map[string]int{"train": 3, "train.mean": 1, "test.deviation": 1} {
			state := first.State()
			state[piece] = make([]float64, length) // of one row, and none
			for _, take := range []func(core.EstimatorState) error{open().Restore, open().Merge} {
				if err := take(state); err == nil {
					t.Errorf("%d numbers in %s are taken", length, piece)
				}
			}
		}
	}
}
