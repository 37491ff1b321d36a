package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/run"
)

// BenchmarkStep is a training step as a user's run has it, with energy, objective and
// optimiser, of run files whose models docs/performance.md compares with other programs.
// What processes of their own add is BenchmarkSubprocess.
func BenchmarkStep(b *testing.B) {
	made := []string{"model.depth=3", "model.width=4"}
	ridges := []string{"model.hidden=512", "model.steps=50", "train.batch=64"}
	for _, c := range []struct {
		name, file string
		set        []string
	}{
		{"made", "van/ising-16.toml", made},
		{"made-float32", "van/ising-16.toml", append(made, "model.precision=float32")},
		{"pixelcnn", "van/ising-16.toml", []string{"model.network=pixelcnn", "model.depth=3", "model.width=64", "model.kernel=13", "train.batch=20"}},
		{"neuralrg", "neuralrg/ising-16.toml", []string{"model.couplings=10", "model.layers=3", "model.hidden=10", "model.repeats=1", "train.gradient=pathwise", "train.batch=512"}},
		{"mongeampere", "mongeampere/ising-16.toml", append(ridges, "model.translation=false")},
		{"mongeampere-translation", "mongeampere/ising-16.toml", ridges},
		{"fermiflow", "fermiflow/dot-6.toml", []string{"train.batch=1024"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			defer par.Spare()()
			benchRun(b, filepath.Join(repository(), "runs", c.file), c.set)
		})
	}
}

// unmeasured are the steps before those that count: workspaces are made in them.
const unmeasured = 2

func benchRun(b *testing.B, file string, set []string) {
	f, err := plan.Read(file, append(set, fmt.Sprintf("train.steps=%d", unmeasured+b.N+1)))
	if err != nil {
		b.Fatal(err)
	}
	sweep, err := f.Sweep()
	if err != nil {
		b.Fatal(err)
	}
	s, err := (&binding{builtins: parts, inProcess: true}).open(b.Context(), sweep, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer s.close()
	ctx, cancel := context.WithCancelCause(b.Context())
	if _, err := run.Run(ctx, s.plan, s.parts, nowhere{}, &stepWatch{b: b, stop: cancel}, run.Options{}); core.KindOf(err) != core.Interrupted {
		b.Fatalf("the run ended with %v", err)
	}
}

// stepWatch times the steps of a run after the first, and ends it.
type stepWatch struct {
	b    *testing.B
	stop context.CancelCauseFunc
	cpu  float64
}

func (w *stepWatch) Note(string) {}

func (w *stepWatch) Progress(p run.Progress) {
	switch p.Done {
	case unmeasured:
		w.b.ReportAllocs()
		w.b.ResetTimer()
		w.cpu = enginetest.CPU(w.b)
	case int64(unmeasured + w.b.N):
		w.b.StopTimer()
		w.b.ReportMetric((enginetest.CPU(w.b)-w.cpu)/float64(w.b.N)*1e3, "cpu-ms/op")
		w.stop(errors.New("measured"))
	}
}

// nowhere keeps nothing of a run.
type nowhere struct{}

func (nowhere) SaveResults(*core.Results) error                       { return nil }
func (nowhere) SaveCheckpoint(*core.Checkpoint, int) error            { return nil }
func (nowhere) LatestCheckpoint() (*core.Checkpoint, []string, error) { return nil, nil, nil }
func (nowhere) AppendProgress(any) error                              { return nil }
func (nowhere) SaveGlimpse(core.Glimpse) error                        { return nil }
func (nowhere) TruncateProgress(int64) error                          { return nil }
