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
	size  int // of a configuration

	drawn   core.Batch // the last batch drawn, in shared memory or our own
	drawnID uint64     // the host's name for it, 0 if there is none

	drawnX, drawnLogP []float64 // its memory where it is our own
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
		s.size = s.spec.Space.Size()
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
			v := s.in.read(theta, s.spec.Parameters, "theta")
			if s.in.err != nil {
				return misfit("load", s.in.err)
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
		theta := s.in.place(r.Theta, s.spec.Parameters, "theta")
		if s.in.err != nil {
			return misfit("initialise", s.in.err)
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
		n := s.in.count(r.N, s.size)
		x := s.in.placeIn(r.X, n*s.size, &s.drawnX, "x")
		logP := s.in.placeIn(r.LogP, n, &s.drawnLogP, "log_p")
		if s.in.err != nil {
			return misfit("sample", s.in.err)
		}
		// The model finds room of exactly the right size, and draws there.
		s.drawn.X, s.drawn.LogP = x, logP
		if err := s.model.Sample(&s.drawn, r.Seed, n); err != nil {
			return err
		}
		var err error
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
		n := s.in.count(r.N, s.size)
		x, logP := s.in.read(r.X, n*s.size, "x"), s.in.place(r.LogP, n, "log_p")
		if s.in.err != nil {
			return misfit("log_prob", s.in.err)
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
		n := s.in.count(r.N, s.size)
		b := core.Batch{N: n}
		switch {
		case r.X != nil:
			b.X = s.in.read(r.X, n*s.size, "x")
		case s.knows(r.BatchId, n):
			b = s.drawn
		default:
			reply.UnknownBatch = true
			return nil
		}
		w, grad := s.in.read(r.W, n, "w"), s.in.place(r.Grad, s.spec.Parameters, "grad")
		if s.in.err != nil {
			return misfit("pull", s.in.err)
		}
		if err := s.model.Pull(grad, &b, w); err != nil {
			return err
		}
		reply.Grad = s.in.answer(grad)
		return nil
	})
	return reply, nil
}

// knows tells whether the batch drawn last has the host's name id.
func (s *modelServer) knows(id uint64, n int) bool {
	return id != 0 && id == s.drawnID && n == s.drawn.N
}
