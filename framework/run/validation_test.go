package run

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/mixture"
)

// ailing is a model whose ln p fails in one call: it is NaN, or the model dies.
type ailing struct {
	core.Model
	calls, fails int
	dies         bool
}

// Spec hides powers whose methods are not here.
func (m *ailing) Spec() core.ModelSpec {
	s := m.Model.Spec()
	s.Powers = nil
	return s
}

func (m *ailing) LogProb(dst, x []float64) error {
	m.calls++
	if err := m.Model.LogProb(dst, x); err != nil || m.calls != m.fails {
		return err
	}
	if m.dies {
		return core.Errorf(core.Plugin, "", "", "died")
	}
	dst[0] = math.NaN()
	return nil
}

// learning fits one normal density to normal rows, of which few are held out: their loss
// soon goes up and down, and patience ends the training. Each step asks for ln p once, and so does
// each look, every fifth step.
func learning(t *testing.T, seed uint64) (*plan.Plan, Parts, *ailing) {
	t.Helper()
	e, err := mixture.New(mixture.Config{Dimension: 1, Weights: []float64{1}, Means: []float64{0}, Widths: []float64{1}, Train: 1000, Validation: 50, Test: 70, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	normal := coretest.Gaussian()
	settings, _ := core.Complete(normal.Params, nil)
	model, err := normal.NewModel(settings, e.Spec().Space)
	if err != nil {
		t.Fatal(err)
	}
	p := testPlan(60)
	p.Beta, p.Seed = 1, seed
	p.Train.Anneal, p.Train.Batch, p.Train.NaN = 0, 100, "skip"
	p.Train.Validate, p.Train.Patience = 5, 10
	p.Train.Objective = "maximum_likelihood"
	p.Objective = partPlan(objective.Parts(), "maximum_likelihood", nil)
	p.Evaluate = plan.Evaluate{Samples: 100, Batch: 40}
	m := &ailing{Model: model}
	parts := Parts{Model: m, Energy: e, Estimators: []core.Estimator{&freeEnergy{beta: 1}}}
	parts.Data = sample.Epochs{Given: sample.Given{Of: e, Size: 1, To: 1000}}
	return p, parts, m
}

// sameLosses compares with NaN as a value.
func sameLosses(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(v, w float64) bool { return v == w || v != v && w != w })
}

// A process that dies while it looks at the held-out rows leaves a run that ends as the
// undisturbed one, also where that look would have gone against patience.
func TestLookThatDied(t *testing.T) {
	for seed := range uint64(12) {
		p, parts, _ := learning(t, seed)
		want, err := runPlan(context.Background(), p, parts, &memory{}, &watcher{}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		losses := want.History.Column(core.ValidationLoss)
		if n := len(losses); n < 15 || n%5 != 0 || losses[n-1] != losses[n-1] {
			t.Fatalf("training ended after %d steps with the losses %v", n, losses)
		}
		for step := 5; step <= len(losses); step += 5 {
			p, parts, m := learning(t, seed)
			m.fails, m.dies = step+step/5, true
			rec := &memory{}
			if _, err := runPlan(context.Background(), p, parts, rec, &watcher{}, Options{}); core.KindOf(err) != core.Plugin {
				t.Fatalf("seed %d, step %d: error %v", seed, step, err)
			}
			p, parts, _ = learning(t, seed)
			got, err := runPlan(context.Background(), p, parts, rec, &watcher{}, Options{Resume: true})
			if err != nil {
				t.Fatal(err)
			}
			if now := got.History.Column(core.ValidationLoss); !sameLosses(now, losses) || got.Estimates[0].Value[0] != want.Estimates[0].Value[0] {
				t.Errorf("seed %d, died in the look after step %d: losses %v and F %v, undisturbed %v and %v", seed, step, now, got.Estimates[0].Value, losses, want.Estimates[0].Value)
			}
		}
	}
}

// A step that failed has a look when it is time, whether the run was stopped there or not.
func TestLookAfterStepThatFailed(t *testing.T) {
	const failed = 11 // the call of step 10: before it nine steps and a look
	p, parts, m := learning(t, 3)
	m.fails = failed
	want, err := runPlan(context.Background(), p, parts, &memory{}, &watcher{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	losses := want.History.Column(core.ValidationLoss)
	if loss := want.History.Column("loss")[9]; loss == loss || losses[9] != losses[9] {
		t.Fatalf("step 10 has the loss %v and the validation loss %v", loss, losses[9])
	}
	p, parts, m = learning(t, 3)
	m.fails = failed
	rec := &memory{}
	ctx, cancel := context.WithCancelCause(context.Background())
	stop := &watcher{step: func(done int64) {
		if done == 10 {
			cancel(errors.New("signal: test"))
		}
	}}
	if _, err := runPlan(ctx, p, parts, rec, stop, Options{}); core.KindOf(err) != core.Interrupted {
		t.Fatal(err)
	}
	p, parts, _ = learning(t, 3)
	got, err := runPlan(context.Background(), p, parts, rec, &watcher{}, Options{Resume: true})
	if err != nil {
		t.Fatal(err)
	}
	if now := got.History.Column(core.ValidationLoss); !sameLosses(now, losses) {
		t.Errorf("losses %v, undisturbed %v", now, losses)
	}
}

// What is learned from data is judged at the run's own temperature, and not at that of a
// step to which another term is annealed.
func TestValidationIsNotAnnealed(t *testing.T) {
	p, parts, _ := learning(t, 3)
	p.Train.Anneal, p.Train.Steps, p.Train.Patience = 0.9, 10, 0
	parts.Objective = &ofBeta{}
	p.Objective = plan.PartPlan{Plugin: "of_beta", Source: core.OfData}
	results, err := runPlan(context.Background(), p, parts, &memory{}, &watcher{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if v := results.History.Column(core.ValidationLoss); v[4] != 1 || v[9] != 1 {
		t.Errorf("looks at beta %v, want 1", v)
	}
}

// ofBeta has the inverse temperature as its loss.
type ofBeta struct{ objective.MaximumLikelihood }

func (o *ofBeta) Cotangents(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	numbers, err := o.MaximumLikelihood.Cotangents(bar, b, all, beta)
	numbers[0] = beta
	return numbers, err
}

// rowsJudged is a run whose evaluation has a phase for each range of rows.
func rowsJudged(t *testing.T) (*plan.Plan, Parts) {
	p, parts, _ := learning(t, 3)
	p.Evaluate.KeepSamples = 60
	parts.Estimators = []core.Estimator{&trace{name: "either"}, &trace{name: "model", source: core.OfModel}, &trace{name: "rows", source: core.OfData}}
	return p, parts
}
