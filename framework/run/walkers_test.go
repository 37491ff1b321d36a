package run

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// missing is an energy whose V is NaN where a call or its draws say so.
type missing struct {
	core.Energy
	calls int
	at    func(call int, b *core.Batch) bool
}

func (e *missing) Eval(dst []float64, b *core.Batch) error {
	e.calls++
	err := e.Energy.Eval(dst, b)
	if e.at(e.calls, b) {
		dst[0] = math.NaN()
	}
	return err
}

// walking runs 40 steps of fermions whose model has chains, stopped after a
// step (none: -1), with faults of the energy.
func walking(t *testing.T, rec *memory, policy string, stop int64, at func(int, *core.Batch) bool) (*core.Results, error) {
	t.Helper()
	parts := fermions(t, core.Settings{"walk": true})
	parts.Energy = &missing{Energy: parts.Energy, at: at}
	p := fermionPlan("natural", 40)
	p.Train.NaN, p.Train.Batch, p.Checkpoint.Every = policy, 50, 1
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	return runPlan(ctx, p, parts, rec, &watcher{step: func(done int64) {
		if done == stop {
			cancel(errors.New("signal: test"))
		}
	}}, Options{Resume: true})
}

// far tells draws that one step in some ten has; those of the evaluation are spared.
func far(_ int, b *core.Batch) bool { return b.N == 50 && b.X[0] > 1.5 }

func never(int, *core.Batch) bool { return false }

// The chains of the model are part of what a run resumes from, also where steps
// fail: the run that was stopped is the run that was not.
func TestResumeWithWalkersIsBitwise(t *testing.T) {
	for policy, fault := range map[string]func(int, *core.Batch) bool{"stop": never, "skip": far, "rollback": far} {
		whole := &memory{}
		want, err := walking(t, whole, policy, -1, fault)
		if err != nil {
			t.Fatal(err)
		}
		stops := []int64{1, 39}
		for i, loss := range want.History.Column("loss") {
			step := int64(i + 1)
			if c := at(t, whole, step); math.IsNaN(loss) {
				stops = append(stops, step)
				if policy == "rollback" && !reflect.DeepEqual(c.Walkers, c.Rollback.Walkers) {
					t.Errorf("step %d took the chains elsewhere than theta", step)
				}
			}
		}
		if n := len(stops) - 2; (n > 0) != (policy != "stop") || n > 20 || last(whole.checkpoints).Walkers.N != 50 {
			t.Fatalf("%s: %d steps failed, %d walkers", policy, n, last(whole.checkpoints).Walkers.N)
		}
		for _, stop := range stops[:min(len(stops), 5)] {
			rec := &memory{}
			if _, err := walking(t, rec, policy, stop, fault); core.KindOf(err) != core.Interrupted {
				t.Fatal(err)
			}
			got, err := walking(t, rec, policy, -1, fault)
			if err != nil {
				t.Fatal(err)
			}
			sameState(t, last(rec.checkpoints), last(whole.checkpoints))
			if a, b := got.Estimates[0].Value[0], want.Estimates[0].Value[0]; a != b {
				t.Errorf("%s, stopped after %d: free energy %v, uninterrupted %v", policy, stop, a, b)
			}
		}
	}
}

// A step that fails has moved the chains; its repetition starts from where they
// were before it.
func TestFailedStepLeavesTheWalkers(t *testing.T) {
	whole, rec := &memory{}, &memory{}
	if _, err := walking(t, whole, "stop", -1, never); err != nil {
		t.Fatal(err)
	}
	if _, err := walking(t, rec, "stop", -1, func(call int, _ *core.Batch) bool { return call == 13 }); core.KindOf(err) != core.Numeric {
		t.Fatal(err)
	}
	if _, err := walking(t, rec, "stop", -1, never); err != nil {
		t.Fatal(err)
	}
	sameState(t, last(rec.checkpoints), last(whole.checkpoints))
}

// The evaluation depends on theta and the seed alone, and sees chains of one
// number: 1000 samples in batches of 300 are four times 300.
func TestEvaluationStartsNewWalkers(t *testing.T) {
	evaluated := func(parts Parts, steps int, rec *memory) []core.Batch {
		watch := &seen{name: "model", source: core.OfModel}
		parts.Estimators = []core.Estimator{watch}
		p := fermionPlan("natural", steps)
		p.Train.Batch = 300
		if _, err := runPlan(context.Background(), p, parts, rec, &watcher{}, Options{}); err != nil {
			t.Fatal(err)
		}
		return watch.batches
	}
	rec := &memory{}
	trained := evaluated(fermions(t, core.Settings{"walk": true}), 5, rec)
	parts := fermions(t, core.Settings{"walk": true})
	parts.Model = trainedAlready{parts.Model, parts.Model.(core.DensityMatrix), parts.Model.(core.Walker), parts.Model.(core.Noticer), last(rec.checkpoints).Theta}
	fresh := evaluated(parts, 0, &memory{})
	for _, batches := range [][]core.Batch{trained, fresh} {
		if len(batches) != 4 || slices.ContainsFunc(batches, func(b core.Batch) bool { return b.N != 300 || b.Chains != 300 }) {
			t.Errorf("%d batches, the last of %d draws of %d chains", len(batches), last(batches).N, last(batches).Chains)
		}
	}
	for k, b := range trained {
		if !slices.Equal(b.X, fresh[k].X) || !slices.Equal(b.E, fresh[k].E) {
			t.Errorf("batch %d depends on the training's chains", k)
		}
	}
}

// trainedAlready starts from given parameters.
type trainedAlready struct {
	core.Model
	core.DensityMatrix
	core.Walker
	core.Noticer
	theta []float64
}

func (m trainedAlready) Init(theta []float64, _ uint64) error {
	copy(theta, m.theta)
	return nil
}

// declaring is a model that promises more than it has.
type declaring struct {
	core.Model
	powers []core.Power
}

func (m declaring) Spec() core.ModelSpec {
	s := m.Model.Spec()
	s.Powers = m.powers
	return s
}

func TestPromisedPowersMustBeThere(t *testing.T) {
	for _, power := range []core.Power{core.PowerWalk, core.PowerNotices} {
		parts, _ := testParts()
		parts.Model = declaring{parts.Model, []core.Power{power}}
		_, err := runPlan(context.Background(), testPlan(3), parts, &memory{}, &watcher{}, Options{})
		want := fmt.Sprintf("model fields: declares the power %q and does not have it", power)
		if core.KindOf(err) != core.Unsupported || fmt.Sprint(err) != want {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
