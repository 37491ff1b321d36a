package run

import (
	"context"
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest/reference"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// Samples are kept with the data that they stand for: those of reference.Points are exp(y),
// also where a batch has more than are wanted.
func TestSamplesHaveTheirData(t *testing.T) {
	p, parts := wellAndData(t, 2)
	p.Terms, parts.Terms = nil, nil
	p.Objective.Settings["gradient"] = "score"
	p.Evaluate = plan.Evaluate{Samples: 60, Batch: 20, KeepSamples: 30}
	var err error
	if parts.Energy, err = reference.Points([]float64{-1, 0, 1}).NewEnergy(nil); err != nil {
		t.Fatal(err)
	}
	results, err := runPlan(context.Background(), p, parts, &memory{}, &watcher{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	y, data := results.Samples.X, core.Data.Of(results.Samples)
	if len(y) != 30 || len(data) != 30 {
		t.Fatalf("kept %d configurations and %d numbers of data", len(y), len(data))
	}
	for i := range y {
		if data[i] != math.Exp(y[i]) {
			t.Errorf("the data of %v is %v", y[i], data[i])
		}
	}
}
