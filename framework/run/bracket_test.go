package run

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// both notes which draws it sees, and what ln p they have.
type both struct {
	trace
	model core.Model
	seen  map[core.Source]int
	wrong int // ln p that are not the model's
}

func (b *both) Spec() core.EstimatorSpec {
	return core.EstimatorSpec{Observables: []core.Observable{{Name: b.name}}, Source: b.source}
}

func (b *both) Add(batch *core.Batch) error {
	b.seen[batch.Source] += batch.N
	logP := make([]float64, batch.N)
	if err := b.model.LogProb(logP, batch.X); err != nil {
		return err
	}
	for i := range logP {
		if len(batch.E) != batch.N || math.Abs(batch.LogP[i]-logP[i]) > 1e-9 {
			b.wrong++
		}
	}
	return nil
}

func (b *both) Report() ([]core.Estimate, error) {
	e := core.Scalar(b.name, "", 1, 1, "1", int64(b.seen[core.OfModel]))
	if b.seen[core.OfChains] > 0 {
		e.WarnOf(core.AboutModel, core.CautionLostMode, "%d draws say so", b.seen[core.OfChains])
	}
	return []core.Estimate{e}, nil
}

func (b *both) State() core.EstimatorState { return core.EstimatorState{} }

// Estimators of both kinds of draws see each with ln p of the model, whether the sampler knows it
// or not; the samples kept are those of the chains, with their ln p; and what is wrong with the model's
// draws, as chains show it, stands on what is estimated from them alone, once, but on no bound.
func TestBothKindsOfDraws(t *testing.T) {
	for _, method := range []string{"hmc", "independence"} {
		parts := ring(t)
		two := &both{trace: trace{name: "two", source: core.OfModelAndBoltzmann}, model: parts.Model, seen: map[core.Source]int{}}
		one := &both{trace: trace{name: "one", source: core.OfBoltzmann}, model: parts.Model, seen: map[core.Source]int{}}
		parts.Estimators = []core.Estimator{&trace{name: "model", source: core.OfModel}, &trace{name: "either"}, two, one, &upper{trace{name: "bound", source: core.OfModel}}}
		p := chainPlan(method)
		p.Evaluate = plan.Evaluate{Samples: 120, Batch: 40, KeepSamples: 70}
		results, err := runPlan(context.Background(), p, parts, &memory{}, &watcher{}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if two.seen[core.OfModel] != 120 || two.seen[core.OfChains] != 120 || len(one.seen) != 1 || one.seen[core.OfChains] != 120 || two.wrong+one.wrong > 0 {
			t.Errorf("%s: saw %v and %v, %d wrong ln p", method, two.seen, one.seen, two.wrong+one.wrong)
		}
		kept := results.Samples
		if len(kept.LogP) != 70 {
			t.Errorf("%s: %d ln p of 70 samples", method, len(kept.LogP))
		}
		warned := map[string]int{}
		for _, e := range results.Estimates {
			if slices.ContainsFunc(e.Cautions, func(c core.Caution) bool { return c.Text == "120 draws say so" }) {
				warned[e.Name] += len(e.Cautions)
			}
		}
		if warned["model"] != 1 || warned["two"] != 1 || warned["either"]+warned["bound"] > 0 {
			t.Errorf("%s: cautions on %v", method, warned)
		}
	}
}

// upper is a bound.
type upper struct{ trace }

func (u *upper) Report() ([]core.Estimate, error) {
	all, err := u.trace.Report()
	all[0].Bound = 1
	return all, err
}
