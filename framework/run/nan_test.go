package run

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// nanPlan makes a checkpoint after every step.
func nanPlan(policy string, steps int) *plan.Plan {
	p := testPlan(steps)
	p.Train.NaN = policy
	p.Checkpoint.Every = 1
	return p
}

// nanAt is a fault: sample 17 of the given calls has no energy.
func nanAt(calls ...int) func(int, []float64) error {
	return func(call int, dst []float64) error {
		if slices.Contains(calls, call) {
			dst[17] = math.NaN()
		}
		return nil
	}
}

func at(t *testing.T, rec *memory, step int64) *core.Checkpoint {
	t.Helper()
	for _, c := range rec.checkpoints {
		if c.Step == step {
			return c
		}
	}
	t.Fatalf("no checkpoint of step %d", step)
	return nil
}

// What a failing step leaves: the state of the step before (skip), or that of
// the last step divisible by 100 (rollback). The step counts either way.
func TestAfterAFailedStep(t *testing.T) {
	for policy, from := range map[string]int64{"skip": 141, "rollback": 100} {
		t.Run(policy, func(t *testing.T) {
			rec, watch := &memory{}, &watcher{}
			parts, energy := testParts()
			energy.fail = nanAt(142, 145)
			results, err := runPlan(context.Background(), nanPlan(policy, 150), parts, rec, watch, Options{})
			if err != nil {
				t.Fatal(err)
			}
			got, want, before := at(t, rec, 142), at(t, rec, from), at(t, rec, 141)
			if !slices.Equal(got.Theta, want.Theta) || !maps.EqualFunc(got.Optimizer, want.Optimizer, slices.Equal) {
				t.Errorf("theta %v, want that of step %d, %v", got.Theta, from, want.Theta)
			}
			if policy == "rollback" && slices.Equal(got.Theta, before.Theta) {
				t.Error("nothing was rolled back")
			}
			if slices.Equal(at(t, rec, 143).Theta, got.Theta) {
				t.Error("training did not go on")
			}
			loss := results.History.Column("loss")
			if len(loss) != 150 || !math.IsNaN(loss[141]) || math.IsNaN(loss[140]) || math.IsNaN(loss[142]) || results.History.Step[149] != 150 {
				t.Errorf("history has %d rows, around the failure %v", len(loss), loss[140:143])
			}
			note := fmt.Sprintf("2 of 150 training steps had numbers that are not finite (train.nan = %q)", policy)
			if !slices.Equal(results.Run.Warnings, []string{note}) {
				t.Errorf("warnings %q, want %q", results.Run.Warnings, note)
			}
			if len(watch.notes) != 2 || !strings.Contains(watch.notes[0], "train: step 142: energy well: sample 17: the energy is NaN; the run goes on") {
				t.Errorf("notes %q", watch.notes)
			}
		})
	}
}

// The message of a run that stops names step, part and sample, and what the
// user can do; other failures are nobody's to overcome.
func TestStopOnNaN(t *testing.T) {
	const hint = ` (train.nan = "skip" or "rollback" continues the run in spite of it)`
	crash := func(call int, _ []float64) error { return errors.New("exit status 2") }
	late := func(call int, dst []float64) error { return nanAt(12, 13, 14, 15, 16, 17, 18, 19, 20, 21)(call, dst) }
	for _, c := range []struct {
		policy string
		fail   func(int, []float64) error
		kind   core.Kind
		want   string
		step   int64
	}{
		{"stop", nanAt(3), core.Numeric, "train: step 3: energy well: sample 17: the energy is NaN" + hint, 2},
		{"", nanAt(3), core.Numeric, "train: step 3: energy well: sample 17: the energy is NaN" + hint, 2},
		{"skip", crash, core.Plugin, "train: step 1: energy well: exit status 2", 0},
		{"skip", late, core.Numeric, `train: step 21: energy well: sample 17: the energy is NaN (the last 10 steps failed alike and train.nan = "skip" does not help: lower the learning rate, clip the gradient, or anneal)`, 21},
	} {
		rec := &memory{}
		parts, energy := testParts()
		energy.fail = c.fail
		_, err := runPlan(context.Background(), nanPlan(c.policy, 30), parts, rec, &watcher{}, Options{})
		if core.KindOf(err) != c.kind || err.Error() != c.want || last(rec.checkpoints).Step != c.step {
			t.Errorf("%q: %v error %q with a checkpoint of step %d, want %q", c.policy, core.KindOf(err), err, last(rec.checkpoints).Step, c.want)
		}
	}
}

// spoilt is a model whose answers a test may change.
type spoilt struct {
	*fields
	logProb func(logP []float64)
	pull    func(grad []float64)
}

func (m spoilt) Sample(dst *core.Batch, seed uint64, n int) error {
	err := m.fields.Sample(dst, seed, n)
	m.logProb(dst.LogP)
	return err
}

func (m spoilt) Pull(grad []float64, b *core.Batch, w []float64) error {
	err := m.fields.Pull(grad, b, w)
	m.pull(grad)
	return err
}

func TestEveryNumberIsWatched(t *testing.T) {
	nothing := func([]float64) {}
	infinite := func(v []float64) { v[4] = math.Inf(-1) }
	for want, m := range map[string]spoilt{
		"train: step 1: model fields: sample 4: ln p is -Inf":                              {logProb: infinite, pull: nothing},
		"train: step 1: model fields: measure gradient: parameter 4: the gradient is -Inf": {logProb: nothing, pull: infinite},
	} {
		parts, _ := testParts()
		m.fields = parts.Model.(*fields)
		parts.Model = m
		_, err := runPlan(context.Background(), nanPlan("stop", 5), parts, &memory{}, &watcher{}, Options{})
		if core.KindOf(err) != core.Numeric || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// What the run went back to does not grow old in the checkpoints of another
// policy: with rollback again, a failing step returns to where that began.
func TestRollbackBeginsWithItsPolicy(t *testing.T) {
	rec := &memory{}
	for _, c := range []struct {
		policy string
		steps  int
	}{{"rollback", 20}, {"stop", 40}, {"rollback", 50}} {
		parts, energy := testParts()
		if c.steps == 50 {
			energy.fail = nanAt(5) // step 45
		}
		if _, err := runPlan(context.Background(), nanPlan(c.policy, c.steps), parts, rec, &watcher{}, Options{Resume: true}); err != nil {
			t.Fatal(err)
		}
		if kept := last(rec.checkpoints).Rollback != nil; kept != (c.policy == "rollback") {
			t.Errorf("%s: a state to return to: %v", c.policy, kept)
		}
	}
	if !slices.Equal(at(t, rec, 45).Theta, at(t, rec, 40).Theta) {
		t.Errorf("step 45 left %v, step 40 %v, step 20 %v", at(t, rec, 45).Theta, at(t, rec, 40).Theta, at(t, rec, 20).Theta)
	}
}

// Failures that the draws themselves decide on, and a run that is stopped
// before, between and after them: it ends as the one that was not.
func TestResumeWithFailuresIsBitwise(t *testing.T) {
	fail := func(_ int, dst []float64) error {
		if dst[0] < -field*sites+1e-9 { // all spins of the first sample are up
			dst[0] = math.NaN()
		}
		return nil
	}
	start := func(policy string, rec *memory, ctx context.Context, watch *watcher) error {
		parts, energy := testParts()
		energy.fail = fail
		_, err := runPlan(ctx, nanPlan(policy, 250), parts, rec, watch, Options{Resume: true})
		return err
	}
	for _, policy := range []string{"skip", "rollback"} {
		whole := &memory{}
		if err := start(policy, whole, context.Background(), &watcher{}); err != nil {
			t.Fatal(err)
		}
		failed := 0
		for _, loss := range last(whole.checkpoints).History.Column("loss") {
			if math.IsNaN(loss) {
				failed++
			}
		}
		if failed < 3 || failed > 50 {
			t.Fatalf("%d failures test nothing", failed)
		}
		for _, stop := range []int64{50, 99, 100, 101, 173, 200, 240} {
			rec := &memory{}
			ctx, cancel := context.WithCancelCause(context.Background())
			watch := &watcher{step: func(done int64) {
				if done == stop {
					cancel(errors.New("signal: test"))
				}
			}}
			if err := start(policy, rec, ctx, watch); core.KindOf(err) != core.Interrupted {
				t.Fatal(err)
			}
			if err := start(policy, rec, context.Background(), &watcher{}); err != nil {
				t.Fatal(err)
			}
			sameState(t, last(rec.checkpoints), last(whole.checkpoints))
		}
	}
}
