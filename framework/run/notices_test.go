package run

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// bounded reports a bound and something that is none.
type bounded struct{ freeEnergy }

func (b *bounded) Report() ([]core.Estimate, error) {
	e, err := b.freeEnergy.Report()
	other := e[0]
	e[0].Bound, other.Name = 1, "energy"
	other.Warn(core.CautionFewDraws, "few draws")
	lower := e[0]
	lower.Name, lower.Bound = "log_z", -1
	lower.Warn(core.CautionFewDraws, "few draws")
	return append(e, other, lower), err
}

// The model leaves a notice at each draw: 5 steps and 4 batches. The user hears
// of it once, the results count it, and what would be a bound is none.
func TestNotices(t *testing.T) {
	const text = "a notice that was asked for"
	for _, warn := range []bool{true, false} {
		parts := fermions(t, core.Settings{"warn": warn})
		parts.Estimators = []core.Estimator{&bounded{freeEnergy{beta: 1}}}
		watch := &watcher{}
		results, err := runPlan(context.Background(), fermionPlan("adam", 5), parts, &memory{}, watch, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !warn {
			if e := results.Estimates; len(watch.notes)+len(results.Run.Warnings) > 0 || e[0].Bound != 1 || e[0].Caution() != "" || e[2].Bound != -1 {
				t.Errorf("notes %q, warnings %q, estimates %+v", watch.notes, results.Run.Warnings, e)
			}
			continue
		}
		if !slices.Equal(watch.notes, []string{text}) || !slices.Equal(results.Run.Warnings, []string{text + " (count: 9)"}) {
			t.Errorf("notes %q, warnings %q", watch.notes, results.Run.Warnings)
		}
		want := []string{"no bound: " + text, "few draws", "few draws; no bound: " + text}
		for i, e := range results.Estimates {
			if e.Bound != 0 || e.Caution() != want[i] {
				t.Errorf("%s: bound %d, caution %q, want %q", e.Name, e.Bound, e.Caution(), want[i])
			}
		}
	}
}

// A bound that failed in training may hold for what was trained.
func TestNoticesOfTrainingDoNotReachTheEvaluation(t *testing.T) {
	parts := fermions(t, core.Settings{"warn": true})
	parts.Model = quietAfter{parts.Model, parts.Model.(core.DensityMatrix), parts.Model.(core.Noticer), new(int), 5}
	parts.Estimators = []core.Estimator{&bounded{freeEnergy{beta: 1}}}
	results, err := runPlan(context.Background(), fermionPlan("adam", 5), parts, &memory{}, &watcher{}, Options{})
	if err != nil || results.Estimates[0].Bound != 1 || results.Estimates[0].Caution() != "" || !strings.HasSuffix(results.Run.Warnings[0], "(count: 5)") {
		t.Errorf("estimate %+v, warnings %q, error %v", results.Estimates[0], results.Run.Warnings, err)
	}
}

// quietAfter has no notices after some calls.
type quietAfter struct {
	core.Model
	core.DensityMatrix
	core.Noticer
	calls *int
	loud  int
}

func (m quietAfter) Notices() ([]core.Notice, error) {
	*m.calls++
	if *m.calls > m.loud {
		return nil, nil
	}
	return m.Noticer.Notices()
}

// loose is a model whose digits are not promised.
type loose struct{ core.Model }

func (l loose) Spec() core.ModelSpec {
	s := l.Model.Spec()
	s.NotBitwise = true
	return s
}

// A part that is not bitwise says so in the results, once, also of a run that goes on.
func TestNotBitwiseIsNoted(t *testing.T) {
	p, rec := testPlan(3), &memory{}
	for _, resumed := range []bool{false, true} {
		parts, _ := testParts()
		parts.Model = loose{parts.Model}
		results, err := runPlan(context.Background(), p, parts, rec, &watcher{}, Options{Resume: resumed})
		want := "model " + p.Model.Plugin + " is not bitwise: the same run, resumed or on other ranks, may have other digits"
		if err != nil {
			t.Fatal(err)
		}
		if count := strings.Count(strings.Join(results.Run.Warnings, "\n"), want); count != 1 {
			t.Errorf("warnings %q have %d times %q", results.Run.Warnings, count, want)
		}
	}
}
