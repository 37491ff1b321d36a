package run

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// trace is an estimator of a number that depends on all configurations and
// energies that it saw, and on their order.
type trace struct {
	name   string
	source core.Source
	sum, n float64
	// scatter is sqrt(n) times the standard error, which is 1 where it is 0.
	scatter float64
}

func (s *trace) Spec() core.EstimatorSpec {
	return core.EstimatorSpec{Observables: []core.Observable{{Name: s.name}}, Source: s.source, Columns: []core.Column{s.column()}}
}

// column is one of its own: E twice.
func (s *trace) column() *core.Quantity[float64] {
	return core.Own(s.name, core.Observed{Name: "twice", Axes: []core.Axis{{Values: []float64{0, 1}}}})
}

func (s *trace) Add(b *core.Batch) error {
	for i, twice := 0, s.column().Room(b, 2*b.N); i < b.N; i++ {
		twice[2*i], twice[2*i+1] = b.E[i], b.E[i]
	}
	for _, x := range append(append(b.X, b.E...), b.LogP...) {
		s.sum = s.sum*0.99 + x
	}
	s.n += float64(b.N)
	return nil
}

func (s *trace) Report() ([]core.Estimate, error) {
	stderr := 1.0
	if s.scatter > 0 {
		stderr = s.scatter / math.Sqrt(s.n)
	}
	return []core.Estimate{core.Scalar(s.name, "", s.sum, stderr, "1", int64(s.n))}, nil
}

func (s *trace) State() core.EstimatorState { return core.EstimatorState{"sum, n": {s.sum, s.n}} }

func (s *trace) Restore(state core.EstimatorState) error {
	if len(state["sum, n"]) != 2 {
		return errors.New("no sums")
	}
	s.sum, s.n = state["sum, n"][0], state["sum, n"][1]
	return nil
}

func (s *trace) Merge(core.EstimatorState) error { panic("not merged") }

// stopAfter is a monitor that stops a run after so many reports of progress.
type stopAfter struct {
	left   int
	cancel context.CancelCauseFunc
	notes  []string
}

func (s *stopAfter) Progress(Progress) {
	if s.left--; s.left == 0 {
		s.cancel(errors.New("signal: test"))
	}
}

func (s *stopAfter) Note(text string) { s.notes = append(s.notes, text) }

// evaluationCase is a run with an evaluation, built anew for every process.
type evaluationCase func(t *testing.T) (*plan.Plan, Parts)

func evaluationCases() map[string]evaluationCase {
	traced := func(parts *Parts) {
		parts.Estimators = []core.Estimator{&trace{name: "chains", source: core.OfChains}, &trace{name: "either"}, &trace{name: "model", source: core.OfModel}}
	}
	chains := func(method string, model bool) evaluationCase {
		return func(t *testing.T) (*plan.Plan, Parts) {
			parts := ring(t)
			traced(&parts)
			if !model {
				parts.Model = nil
			}
			p := chainPlan(method)
			return p, parts
		}
	}
	return map[string]evaluationCase{
		"model":                 chains("direct", true),
		"model, then hmc":       chains("hmc", true),
		"independence":          chains("independence", true),
		"latent hmc":            chains("latent_hmc", true),
		"hmc without a model":   chains("hmc", false),
		"metropolis":            chains("metropolis", false),
		"model with its chains": walkingFermions,
		"model, then rows":      rowsJudged,
		"model with a target":   aiming(chains("direct", true)),
		"chains with a target":  aiming(chains("hmc", true)),
	}
}

func walkingFermions(t *testing.T) (*plan.Plan, Parts) {
	parts := fermions(t, core.Settings{"walk": true})
	parts.Estimators = []core.Estimator{&trace{name: "either"}, &trace{name: "model", source: core.OfModel}}
	p := fermionPlan("natural", 2)
	p.Train.Batch = 50
	p.Evaluate = plan.Evaluate{Samples: 200, Batch: 50, KeepSamples: 120}
	return p, parts
}

// process runs a case in one process that a signal stops after so many reports.
func process(t *testing.T, build evaluationCase, rec *memory, reports int) (*core.Results, []string, error) {
	t.Helper()
	p, parts := build(t)
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	m := &stopAfter{left: reports, cancel: cancel}
	if reports == 0 {
		cancel(errors.New("signal: test"))
	}
	results, err := runPlan(ctx, p, parts, rec, m, Options{Resume: true})
	return results, m.notes, err
}

// A run that is stopped after every step of training, piece of burn-in and
// batch of draws ends with the digits, and the samples, of one that is not.
func TestResumedEvaluationIsBitwise(t *testing.T) {
	for name, build := range evaluationCases() {
		t.Run(name, func(t *testing.T) {
			want, _, err := process(t, build, &memory{}, -1)
			if err != nil {
				t.Fatal(err)
			}
			rec := &memory{}
			for processes := 1; ; processes++ {
				got, _, err := process(t, build, rec, 1)
				if err != nil && core.KindOf(err) == core.Interrupted && processes < 60 {
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(got.Estimates, want.Estimates) {
					t.Errorf("estimates %+v, uninterrupted %+v", got.Estimates, want.Estimates)
				}
				columns := slices.Concat(core.Kept, want.Columns)
				kept := samplesOf(want.Samples, columns)
				if !reflect.DeepEqual(samplesOf(got.Samples, columns), kept) {
					t.Errorf("samples %+v, uninterrupted %+v", got.Samples, want.Samples)
				}
				if twice, e := kept["either/twice"], kept["energy"]; len(e) == 0 || len(twice) != 2*len(e) || twice[1] != e[0] || twice[len(twice)-2] != e[len(e)-1] {
					t.Errorf("the column of an estimator's own has %v of the energies %v", twice, e)
				}
				if processes < 3 {
					t.Errorf("only %d processes: nothing was resumed", processes)
				}
				if c := last(rec.checkpoints); c.Evaluation != nil {
					t.Error("the last checkpoint of a run that is done still has the sums of its evaluation")
				}
				return
			}
		})
	}
}

// A run that is stopped twice at the same place made no progress: a batch
// system that queued it again would do so for ever.
func TestStalled(t *testing.T) {
	for name, build := range evaluationCases() {
		t.Run(name, func(t *testing.T) {
			rec := &memory{}
			if _, _, err := process(t, build, rec, 2); core.KindOf(err) != core.Interrupted {
				t.Fatalf("first process: %v", err)
			}
			results, _, err := process(t, build, rec, 0)
			// A phase that starts does one piece before it looks, so that a
			// second process may come further; a third cannot always.
			for again := 0; core.KindOf(err) == core.Interrupted && again < 40; again++ {
				results, _, err = process(t, build, rec, 0)
			}
			if err == nil {
				return // every process did a piece: it came to its end
			}
			if core.KindOf(err) != core.Stalled || results.Run.Status != core.Held || !strings.Contains(err.Error(), "it came no further than the time before") {
				t.Errorf("status %s, error %v", results.Run.Status, err)
			}
		})
	}
}

// An evaluation whose settings have changed starts again, and says so.
func TestChangedEvaluationStartsAgain(t *testing.T) {
	build := evaluationCases()["hmc without a model"]
	rec := &memory{}
	if _, _, err := process(t, build, rec, 12); core.KindOf(err) != core.Interrupted { // 10 pieces of burn-in, 2 batches
		t.Fatal(err)
	}
	longer := func(t *testing.T) (*plan.Plan, Parts) {
		p, parts := build(t)
		p.Evaluate.Samples = 200
		return p, parts
	}
	want, _, err := process(t, longer, &memory{}, -1)
	if err != nil {
		t.Fatal(err)
	}
	got, notes, err := process(t, longer, rec, -1)
	if err != nil || !reflect.DeepEqual(got.Estimates, want.Estimates) {
		t.Errorf("%+v, want %+v (%v)", got.Estimates, want.Estimates, err)
	}
	if len(notes) != 1 || notes[0] != "the evaluation starts again, because its settings have changed" {
		t.Errorf("notes %q", notes)
	}
}

// What an estimator of this program does not know is said, with what to do.
func TestEvaluationOfAnotherVersion(t *testing.T) {
	build := evaluationCases()["hmc without a model"]
	rec := &memory{}
	if _, _, err := process(t, build, rec, 12); core.KindOf(err) != core.Interrupted {
		t.Fatal(err)
	}
	other := func(t *testing.T) (*plan.Plan, Parts) {
		p, parts := build(t)
		parts.Estimators[0] = forgetful{parts.Estimators[0]}
		return p, parts
	}
	_, _, err := process(t, other, rec, -1)
	if want := "the checkpoint does not have what it gathers, as one of another version of the program: no such sums"; core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "add --set evaluate.seed=N") {
		t.Errorf("%v, want %q", err, want)
	}
}

// forgetful takes nothing back.
type forgetful struct{ core.Estimator }

func (forgetful) Restore(core.EstimatorState) error { return errors.New("no such sums") }

// What some estimators have seen and others not is in no checkpoint.
func TestTornBatchIsNotKept(t *testing.T) {
	p, parts := evaluationCases()["metropolis"](t)
	calls := 0
	parts.Estimators[1] = &failing{trace: parts.Estimators[1].(*trace), at: 3, calls: &calls}
	rec := &memory{}
	if _, err := runPlan(context.Background(), p, parts, rec, &watcher{}, Options{}); err == nil || !strings.Contains(err.Error(), "no more") {
		t.Fatal(err)
	}
	for _, c := range rec.checkpoints {
		if c.Evaluation != nil && c.Evaluation.Estimators[0]["sum, n"][1] != c.Evaluation.Estimators[1]["sum, n"][1] {
			t.Errorf("a checkpoint after %d draws has estimators that saw %v and %v", c.Evaluation.Done,
				c.Evaluation.Estimators[0]["sum, n"][1], c.Evaluation.Estimators[1]["sum, n"][1])
		}
	}
}

// failing refuses one batch.
type failing struct {
	*trace
	at    int
	calls *int
}

func (f *failing) Add(b *core.Batch) error {
	if *f.calls++; *f.calls == f.at {
		return errors.New("no more")
	}
	return f.trace.Add(b)
}
