package run

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// A run stopped at any step and resumed is the run that was not stopped.
func TestResumeIsBitwise(t *testing.T) {
	whole := &memory{}
	parts, _ := testParts()
	if _, err := runPlan(context.Background(), testPlan(30), parts, whole, &watcher{}, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, stop := range []int64{0, 1, 7, 13, 29} {
		t.Run(fmt.Sprint(stop), func(t *testing.T) {
			rec := &memory{}
			ctx, cancel := context.WithCancelCause(context.Background())
			watch := &watcher{step: func(done int64) {
				if done == stop {
					cancel(errors.New("signal: test"))
				}
			}}
			if stop == 0 {
				cancel(errors.New("signal: test"))
			}
			parts, _ := testParts()
			results, err := runPlan(ctx, testPlan(30), parts, rec, watch, Options{Resume: true})
			if core.KindOf(err) != core.Interrupted || results.Run.Status != core.Stopped {
				t.Fatalf("stopped run: status %s, error %v", results.Run.Status, err)
			}
			parts, _ = testParts()
			if _, err := runPlan(context.Background(), testPlan(30), parts, rec, &watcher{}, Options{Resume: true}); err != nil {
				t.Fatal(err)
			}
			sameState(t, last(rec.checkpoints), last(whole.checkpoints))
			a, b := last(rec.results).Estimates[0], last(whole.results).Estimates[0]
			if a.Value[0] != b.Value[0] || a.Stderr[0] != b.Stderr[0] {
				t.Errorf("free energy %v +- %v, uninterrupted %v +- %v", a.Value, a.Stderr, b.Value, b.Stderr)
			}
		})
	}
}

func last[T any](s []T) T { return s[len(s)-1] }

func sameState(t *testing.T, a, b *core.Checkpoint) {
	t.Helper()
	if a.Step != b.Step || !slices.Equal(a.Theta, b.Theta) || !slices.Equal(a.History.Step, b.History.Step) {
		t.Errorf("step %d theta %v, want step %d theta %v", a.Step, a.Theta, b.Step, b.Theta)
	}
	if !maps.EqualFunc(a.Optimizer, b.Optimizer, slices.Equal) {
		t.Error("the optimiser's state differs")
	}
	if !reflect.DeepEqual(a.Walkers, b.Walkers) {
		t.Error("the model's chains differ")
	}
	for i, c := range a.History.Columns {
		if !slices.EqualFunc(c.Data, b.History.Columns[i].Data, sameBits) {
			t.Errorf("history column %s differs", c.Name)
		}
	}
}

func sameBits(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }

func TestResumeRefusesOtherSettings(t *testing.T) {
	rec := &memory{}
	parts, _ := testParts()
	if _, err := runPlan(context.Background(), testPlan(3), parts, rec, &watcher{}, Options{}); err != nil {
		t.Fatal(err)
	}
	other := testPlan(3)
	other.Optimizer.Settings["learning_rate"] = 0.1
	_, err := runPlan(context.Background(), other, parts, rec, &watcher{}, Options{Resume: true})
	if core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "other settings") {
		t.Errorf("error %v", err)
	}
}

// A checkpoint that another program or version wrote is refused, not trusted.
func TestResumeRefusesOtherHistory(t *testing.T) {
	for name, spoil := range map[string]func(*core.Checkpoint){
		"none":    func(c *core.Checkpoint) { c.History = nil },
		"fewer":   func(c *core.Checkpoint) { c.History.Columns = c.History.Columns[1:] },
		"renamed": func(c *core.Checkpoint) { c.History.Columns[2].Name = "variance" },
	} {
		t.Run(name, func(t *testing.T) {
			rec := &memory{}
			parts, _ := testParts()
			if _, err := runPlan(context.Background(), testPlan(3), parts, rec, &watcher{}, Options{}); err != nil {
				t.Fatal(err)
			}
			spoil(last(rec.checkpoints))
			_, err := runPlan(context.Background(), testPlan(3), parts, rec, &watcher{}, Options{Resume: true})
			if core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "other columns") {
				t.Errorf("error %v", err)
			}
		})
	}
}

// With a constant learning rate more steps may be asked for later: the longer
// run is the same as one that was long from the start.
func TestMoreStepsContinue(t *testing.T) {
	rec, whole := &memory{}, &memory{}
	for _, run := range []struct {
		rec   *memory
		steps int
	}{{rec, 12}, {rec, 30}, {whole, 30}} {
		parts, _ := testParts()
		if _, err := runPlan(context.Background(), testPlan(run.steps), parts, run.rec, &watcher{}, Options{Resume: true}); err != nil {
			t.Fatal(err)
		}
	}
	sameState(t, last(rec.checkpoints), last(whole.checkpoints))
}

// A continuation by other kernels is noted, and by the same ones is not.
func TestResumeNotesOtherKernels(t *testing.T) {
	for now, notes := range map[string]int{"avx2": 0, "generic": 1} {
		rec := &memory{}
		ctx, cancel := context.WithCancelCause(context.Background())
		watch := &watcher{step: func(done int64) {
			if done == 5 {
				cancel(errors.New("signal: test"))
			}
		}}
		parts, _ := testParts()
		if _, err := runPlan(ctx, testPlan(10), parts, rec, watch, Options{Resume: true, Info: core.RunInfo{Kernels: "avx2"}}); core.KindOf(err) != core.Interrupted {
			t.Fatal(err)
		}
		parts, _ = testParts()
		results, err := runPlan(context.Background(), testPlan(10), parts, rec, &watcher{}, Options{Resume: true, Info: core.RunInfo{Kernels: now}})
		if err != nil {
			t.Fatal(err)
		}
		said := slices.DeleteFunc(slices.Clone(results.Run.Warnings), func(w string) bool { return !strings.Contains(w, "kernels") })
		if len(said) != notes || notes > 0 && !strings.HasPrefix(said[0], "kernels generic instead of avx2 go on from step 5: ") {
			t.Errorf("%s after avx2: %q", now, said)
		}
		if got := last(rec.checkpoints).Kernels; got != now {
			t.Errorf("the last checkpoint names the kernels %q, not %q", got, now)
		}
	}
}
