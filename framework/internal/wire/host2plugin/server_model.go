package host2plugin

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// modelServer serves one of its parts, the one that Open names.
type modelServer struct {
	wirepb.UnimplementedModelServer
	border
	parts []core.Part

	model core.Model
	spec  core.ModelSpec

	drawn   core.Batch // the last batch drawn, in shared memory or our own
	drawnID uint64     // the host's name for it, 0 if there is none

	// Memory of arrays that travelled inside a message.
	theta, x, w, out, drawnX, drawnLogP []float64
}

func (s *modelServer) Open(_ context.Context, r *wirepb.OpenRequest) (*wirepb.OpenReply, error) {
	reply := &wirepb.OpenReply{}
	reply.Error = s.run("open model", nil, func() error {
		if s.model != nil {
			return core.Errorf(core.Internal, "open model", r.Name, "this process has opened a model already")
		}
		part, settings, err := choose(s.parts, core.KindModel, r)
		if err != nil {
			return err
		}
		var space core.Space
		if err := json.Unmarshal(r.SpaceJson, &space); err != nil {
			return core.Errorf(core.Internal, "open model", r.Name, "reading the space: %w", err)
		}
		m, err := part.NewModel(settings, space)
		if err != nil {
			return err
		}
		s.model, s.spec = m, m.Spec()
		reply.Shared = s.in.open(r)
		reply.SpecJson, err = json.Marshal(s.spec)
		return err
	})
	return reply, nil
}

// with is border.run for calls that need the model and may bring parameters.
func (s *modelServer) with(op string, segment *wirepb.Segment, theta *wirepb.Array, f func() error) *wirepb.Error {
	return s.run(op, segment, func() error {
		if s.model == nil {
			return errNotOpen
		}
		if theta != nil {
			v, err := s.in.read(theta, s.spec.Parameters, &s.theta, "theta")
			if err != nil {
				return misfit("load", err)
			}
			if err := s.model.Load(v); err != nil {
				return err
			}
		}
		return f()
	})
}

func (s *modelServer) Init(_ context.Context, r *wirepb.InitRequest) (*wirepb.InitReply, error) {
	reply := &wirepb.InitReply{}
	reply.Error = s.with("initialise", r.Segment, nil, func() error {
		theta, err := s.in.place(r.Theta, s.spec.Parameters, &s.out, "theta")
		if err != nil {
			return misfit("initialise", err)
		}
		if err := s.model.Init(theta, r.Seed); err != nil {
			return err
		}
		reply.Theta = s.in.answer(theta)
		return nil
	})
	return reply, nil
}

func (s *modelServer) Sample(_ context.Context, r *wirepb.SampleRequest) (*wirepb.SampleReply, error) {
	reply := &wirepb.SampleReply{}
	reply.Error = s.with("sample", r.Segment, r.Theta, func() error {
		s.drawnID = 0
		n, err := count(r.N, s.spec.Space.Size())
		if err != nil {
			return misfit("sample", err)
		}
		x, err := s.in.place(r.X, n*s.spec.Space.Size(), &s.drawnX, "x")
		if err != nil {
			return misfit("sample", err)
		}
		logP, err := s.in.place(r.LogP, n, &s.drawnLogP, "log_p")
		if err != nil {
			return misfit("sample", err)
		}
		// The model finds room of exactly the right size, and draws there.
		s.drawn.X, s.drawn.LogP = x, logP
		if err := s.model.Sample(&s.drawn, r.Seed, n); err != nil {
			return err
		}
		if s.drawn.X, err = settle(x, s.drawn.X, "x"); err != nil {
			return misfit("sample", err)
		}
		if s.drawn.LogP, err = settle(logP, s.drawn.LogP, "log_p"); err != nil {
			return misfit("sample", err)
		}
		s.drawn.N, s.drawnID = n, r.BatchId
		reply.X, reply.LogP = s.in.answer(x), s.in.answer(logP)
		return nil
	})
	return reply, nil
}

// settle brings what a model drew to its place, where it normally is already.
func settle(place, got []float64, what string) ([]float64, error) {
	if len(got) != len(place) {
		return nil, fmt.Errorf("%s has %d numbers, want %d", what, len(got), len(place))
	}
	if len(got) > 0 && &got[0] != &place[0] {
		copy(place, got)
	}
	return place, nil
}

func (s *modelServer) LogProb(_ context.Context, r *wirepb.LogProbRequest) (*wirepb.LogProbReply, error) {
	reply := &wirepb.LogProbReply{}
	reply.Error = s.with("log_prob", r.Segment, r.Theta, func() error {
		n, err := count(r.N, s.spec.Space.Size())
		if err != nil {
			return misfit("log_prob", err)
		}
		x, err := s.in.read(r.X, n*s.spec.Space.Size(), &s.x, "x")
		if err != nil {
			return misfit("log_prob", err)
		}
		logP, err := s.in.place(r.LogP, n, &s.out, "log_p")
		if err != nil {
			return misfit("log_prob", err)
		}
		if err := s.model.LogProb(logP, x); err != nil {
			return err
		}
		reply.LogP = s.in.answer(logP)
		return nil
	})
	return reply, nil
}

func (s *modelServer) Pull(_ context.Context, r *wirepb.PullRequest) (*wirepb.PullReply, error) {
	reply := &wirepb.PullReply{}
	reply.Error = s.with("pull", r.Segment, r.Theta, func() error {
		n, err := count(r.N, s.spec.Space.Size())
		if err != nil {
			return misfit("pull", err)
		}
		b := core.Batch{N: n}
		switch {
		case r.X != nil:
			if b.X, err = s.in.read(r.X, n*s.spec.Space.Size(), &s.x, "x"); err != nil {
				return misfit("pull", err)
			}
		case r.BatchId != 0 && r.BatchId == s.drawnID && n == s.drawn.N:
			b = s.drawn
		default:
			reply.UnknownBatch = true
			return nil
		}
		w, err := s.in.read(r.W, n, &s.w, "w")
		if err != nil {
			return misfit("pull", err)
		}
		grad, err := s.in.place(r.Grad, s.spec.Parameters, &s.out, "grad")
		if err != nil {
			return misfit("pull", err)
		}
		if err := s.model.Pull(grad, &b, w); err != nil {
			return err
		}
		reply.Grad = s.in.answer(grad)
		return nil
	})
	return reply, nil
}
