package app

import (
	"testing"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/host"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
	"github.com/helmholtz-physics/helmholtz/framework/optim"
)

// BenchmarkSubprocess measures a training step with model and energy in their
// own processes against the same step with both in this one, turn by turn, so
// that a drifting machine hits both. The networks are those of
// arXiv:1809.10606 on the 16 x 16 torus.
func BenchmarkSubprocess(b *testing.B) {
	for _, c := range []struct {
		name     string
		batch    int
		settings core.Settings
	}{
		{"made", 1000, core.Settings{"network": "made", "depth": 3, "width": 4, "z2": true}},
		{"made-float32", 1000, core.Settings{"network": "made", "depth": 3, "width": 4, "z2": true, "precision": "float32"}},
		{"pixelcnn", 20, core.Settings{"network": "pixelcnn", "depth": 3, "width": 64, "kernel": 13, "z2": true}},
	} {
		b.Run(c.name, func(b *testing.B) {
			defer par.Spare()() // as the subprocess does; here, because every run sets GOMAXPROCS anew
			inside := newStepper(b, true, c.settings, c.batch)
			border := newStepper(b, false, c.settings, c.batch)
			inside.step(b)
			border.step(b)
			var times [2]time.Duration
			for range enginetest.Loop(b) {
				for k, s := range []*stepper{inside, border} {
					begin := time.Now()
					s.step(b)
					times[k] += time.Since(begin)
				}
			}
			b.ReportMetric(1000*times[0].Seconds()/float64(b.N), "ms/inprocess-step")
			b.ReportMetric(1000*times[1].Seconds()/float64(b.N), "ms/subprocess-step")
			b.ReportMetric(times[1].Seconds()/times[0].Seconds(), "ratio")
		})
	}
}

// stepper is a training step as package run does it, on parts of its own.
type stepper struct {
	model     core.Model
	energy    core.Energy
	n         int
	count     uint64
	batch     core.Batch
	bar       core.Batch
	theta     []float64
	grad      []float64
	objective core.Objective
	optimizer core.Optimizer
}

func newStepper(b *testing.B, inProcess bool, settings core.Settings, n int) *stepper {
	h := host.New(host.Options{Builtins: parts, InProcess: inProcess, Self: built.helmholtz})
	b.Cleanup(func() { h.Close() })
	find := func(kind core.PartKind, name string) *host.Found {
		f, err := h.Find(kind, name, "", "")
		if err != nil {
			b.Fatal(err)
		}
		return f
	}
	s := &stepper{n: n, objective: &objective.ReverseKL{Divergence: objective.Divergence{Target: 0.44}}, optimizer: &optim.Adam{Schedule: optim.Constant(1e-3), Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8}}
	var err error
	if s.energy, err = h.OpenEnergy(find(core.KindEnergy, "ising"), core.Settings{"L": 16}); err != nil {
		b.Fatal(err)
	}
	if s.model, err = h.OpenModel(find(core.KindModel, "van"), settings, s.energy.Spec().Space); err != nil {
		b.Fatal(err)
	}
	s.theta = make([]float64, s.model.Spec().Parameters)
	s.grad = make([]float64, len(s.theta))
	if err := s.model.Init(s.theta, 1); err != nil {
		b.Fatal(err)
	}
	return s
}

func (s *stepper) step(b *testing.B) {
	s.count++
	if err := s.try(); err != nil {
		b.Fatal(err)
	}
}

func (s *stepper) try() error {
	if err := s.model.Load(s.theta); err != nil {
		return err
	}
	if err := s.model.Sample(&s.batch, s.count, s.n); err != nil {
		return err
	}
	s.batch.E = core.Resize(s.batch.E, s.n)
	if err := s.energy.Eval(s.batch.E, &s.batch); err != nil {
		return err
	}
	if _, err := s.objective.Cotangents(&s.bar, &s.batch, &s.batch, 0.44); err != nil {
		return err
	}
	if err := s.model.Pull(s.grad, &s.batch, s.bar.LogP); err != nil {
		return err
	}
	norm, err := optim.Norm(s.grad)
	if err != nil {
		return err
	}
	_, err = s.optimizer.Step(s.theta, core.Derivative{Gradient: s.grad, Norm: norm}, int64(s.count))
	return err
}
