package run

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// slow is a recorder whose checkpoints take time: the more, the more draws they are of.
type slow struct {
	*memory
	takes   time.Duration
	perDraw time.Duration
}

func (s slow) SaveCheckpoint(c *core.Checkpoint, keep int) error {
	time.Sleep(s.takes)
	if c.Evaluation != nil {
		time.Sleep(time.Duration(c.Evaluation.Done) * s.perDraw)
	}
	return s.memory.SaveCheckpoint(c, keep)
}

// tardy is an estimator that takes a second for each batch, and half of one to report.
type tardy struct{ core.Estimator }

func (e tardy) Add(b *core.Batch) error {
	time.Sleep(time.Second)
	return e.Estimator.Add(b)
}

func (e tardy) Report() ([]core.Estimate, error) {
	time.Sleep(time.Second / 2)
	return e.Estimator.Report()
}

// inBubble runs a test with a clock of its own, which jumps. With one processor no goroutines
// outlive it.
func inBubble(t *testing.T, test func(t *testing.T)) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	synctest.Test(t, test)
}

// process within a limit of time: it must end before.
func within(t *testing.T, limit time.Duration, what string, run func(ctx context.Context) error) error {
	t.Helper()
	begin := time.Now()
	ctx, cancel := context.WithDeadlineCause(context.Background(), begin.Add(limit), errors.New("too late"))
	defer cancel()
	err := run(ctx)
	if took := time.Since(begin); took > limit {
		t.Errorf("%s: ended after %v, and had %v", what, took, limit)
	}
	if err != nil && (core.KindOf(err) != core.Interrupted || !strings.Contains(err.Error(), "the time is nearly over: ")) {
		t.Fatalf("%s: %v", what, err)
	}
	return err
}

// Steps of a second, checkpoints of three: a process of 20 s ends by itself before these are over,
// and the last one with the parameters of a run without a limit.
func TestDeadlineInTraining(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		whole := &memory{}
		parts, _ := testParts()
		if _, err := runPlan(context.Background(), testPlan(30), parts, whole, &watcher{}, Options{}); err != nil {
			t.Fatal(err)
		}
		rec := slow{memory: &memory{}, takes: 3 * time.Second}
		var reached []int64
		for {
			err := within(t, 20*time.Second, fmt.Sprint("after ", reached), func(ctx context.Context) error {
				parts, energy := testParts()
				energy.fail = func(int, []float64) error { time.Sleep(time.Second); return nil }
				_, err := runPlan(ctx, testPlan(30), parts, rec, &watcher{}, Options{Resume: true})
				return err
			})
			c := last(rec.checkpoints)
			if err == nil {
				sameState(t, c, last(whole.checkpoints))
				break
			}
			if c.Step != int64(len(c.History.Step)) {
				t.Errorf("the checkpoint is of step %d, the history has %d", c.Step, len(c.History.Step))
			}
			reached = append(reached, c.Step)
			if n := len(reached); n > 1 && reached[n-1] == reached[n-2] || n > 10 {
				t.Fatalf("no progress: %d", reached)
			}
		}
		// Of 20 s each the first checkpoint takes 3, the last likewise, one in between after 7 steps
		// perhaps, and 1.5 + 6 are needed at the end: at least 20 - 3 - 3 - 7.5 - 1 steps.
		for i, before := range append([]int64{0}, reached...)[:len(reached)] {
			if reached[i]-before < 5 {
				t.Errorf("steps at the ends of processes: %d, too few", reached)
			}
		}
		if len(reached) < 2 {
			t.Errorf("steps at the ends of processes: %d", reached)
		}
	})
}

// The same of an evaluation, of all kinds, with checkpoints that grow with the draws.
func TestDeadlineInEvaluation(t *testing.T) {
	cut := 0
	for name, build := range evaluationCases() {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				run := func(ctx context.Context, rec Recorder, wait bool) (*core.Results, error) {
					p, parts := build(t)
					p.Checkpoint.EverySeconds = 0
					for i := range parts.Estimators {
						if wait {
							parts.Estimators[i] = tardy{parts.Estimators[i]}
						}
					}
					return runPlan(ctx, p, parts, rec, &watcher{}, Options{Resume: true})
				}
				want, err := run(context.Background(), &memory{}, false)
				if err != nil {
					t.Fatal(err)
				}
				rec := slow{memory: &memory{}, takes: 1500 * time.Millisecond, perDraw: 100 * time.Microsecond}
				var got *core.Results
				// Three estimators take 3 s for a batch and 1.5 s to report. A process does at least one
				// piece, of the first phase that is not done, and ends with a report and a checkpoint.
				const limit = 16 * time.Second
				for processes := 1; ; processes++ {
					if err = within(t, limit, fmt.Sprintf("process %d", processes), func(ctx context.Context) error {
						got, err = run(ctx, rec, true)
						return err
					}); err == nil {
						break
					}
					if processes > 40 {
						t.Fatal("no progress")
					}
					cut++
				}
				if !reflect.DeepEqual(got.Estimates, want.Estimates) {
					t.Errorf("estimates %+v, without a limit %+v", got.Estimates, want.Estimates)
				}
			})
		})
	}
	if cut < 10 {
		t.Errorf("all cases together were cut %d times", cut)
	}
}

// A limit that is too short for a step ends the second process as stalled, and not the first.
func TestDeadlineTooShort(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		rec := &memory{}
		for i, want := range []core.Kind{core.Interrupted, core.Stalled} {
			parts, energy := testParts()
			energy.fail = func(int, []float64) error { time.Sleep(time.Second); return nil }
			ctx, cancel := context.WithTimeout(context.Background(), 0)
			results, err := runPlan(ctx, testPlan(30), parts, rec, &watcher{}, Options{Resume: true})
			cancel()
			if core.KindOf(err) != want || (results.Run.Status == core.Held) != (want == core.Stalled) {
				t.Errorf("process %d: status %s, error %v", i, results.Run.Status, err)
			}
		}
	})
}

// What is stopped by hand says so, with a checkpoint.
func TestHalted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	watch := &watcher{step: func(done int64) {
		if done == 5 {
			cancel(core.Errorf(core.Halted, "", "", "by hand"))
		}
	}}
	rec := &memory{}
	parts, _ := testParts()
	results, err := runPlan(ctx, testPlan(30), parts, rec, watch, Options{})
	if core.KindOf(err) != core.Halted || results.Run.Status != core.Held || last(rec.checkpoints).Step != 5 || !strings.Contains(results.Run.StopReason, "after training step 5 of 30: by hand") {
		t.Errorf("status %s (%s), checkpoint of step %d, error %v", results.Run.Status, results.Run.StopReason, last(rec.checkpoints).Step, err)
	}
}
