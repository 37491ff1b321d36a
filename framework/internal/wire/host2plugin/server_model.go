package host2plugin

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

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

	labels int     // of the state of one configuration, 0 if there are none
	walks  bool    // it keeps Markov chains
	sentK  []int32 // memory for states that are sent

	drawn   core.Batch // the last batch drawn, in shared memory or our own
	drawnID uint64     // the host's name for it, 0 if there is none

	own core.Batch // its memory where it is our own
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
		s.size, s.labels = s.spec.Space.Size(), labels(s.spec)
		s.walks = slices.Contains(s.spec.Powers, core.PowerWalk)
		reply.Shared = s.in.open(r)
		reply.SpecJson, err = encode("open model", "its spec", s.spec)
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
		place := core.Batch{X: placeIn(&s.in, r.X, n*s.size, &s.own.X, "x"), LogP: placeIn(&s.in, r.LogP, n, &s.own.LogP, "log_p")}
		if s.labels > 0 {
			place.K = placeIn(&s.in, r.K, n*s.labels, &s.own.K, "k")
		}
		if s.walks {
			place.Accept = placeIn(&s.in, r.Accept, n, &s.own.Accept, "accept")
		}
		if s.in.err != nil {
			return misfit("sample", s.in.err)
		}
		// The model finds room of exactly the right size, and draws there.
		s.drawn.X, s.drawn.LogP, s.drawn.K, s.drawn.Accept = place.X, place.LogP, place.K, place.Accept
		if err := s.model.Sample(&s.drawn, r.Seed, n); err != nil {
			return err
		}
		err := cmp.Or(settle(&s.drawn.X, place.X, "x"), settle(&s.drawn.LogP, place.LogP, "log_p"),
			settle(&s.drawn.K, place.K, "k"), settle(&s.drawn.Accept, place.Accept, "accept"))
		if err != nil {
			return misfit("sample", err)
		}
		s.drawn.N, s.drawnID = n, r.BatchId
		reply.X, reply.LogP = s.in.answer(place.X), s.in.answer(place.LogP)
		if s.labels > 0 {
			reply.K = answer(&s.in, place.K)
		}
		if s.walks {
			reply.Accept, reply.Chains = s.in.answer(place.Accept), uint64(s.drawn.Chains)
		}
		return nil
	})
	return reply, nil
}

// settle brings what a model drew to its place, where it normally is already.
func settle[T any](got *[]T, place []T, what string) error {
	if len(*got) != len(place) {
		return fmt.Errorf("%s has %d numbers, want %d", what, len(*got), len(place))
	}
	if len(place) > 0 && &(*got)[0] != &place[0] {
		copy(place, *got)
	}
	*got = place
	return nil
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
		b, known := s.batch(&wirepb.Batch{N: r.N, BatchId: r.BatchId, X: r.X, K: r.K})
		if reply.UnknownBatch = !known; !known {
			return nil
		}
		w, grad := s.in.read(r.W, b.N, "w"), s.in.place(r.Grad, s.spec.Parameters, "grad")
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

// batch is the one that a request is about; known is false if it was named and
// is not here any more.
func (s *modelServer) batch(r *wirepb.Batch) (b core.Batch, known bool) {
	n := s.in.count(r.GetN(), s.size)
	if r.GetX() == nil {
		return s.drawn, s.knows(r.GetBatchId(), n)
	}
	b = core.Batch{N: n, X: s.in.read(r.X, n*s.size, "x")}
	if s.labels > 0 {
		b.K = read(&s.in, r.K, n*s.labels, &s.sentK, "k")
	}
	return b, true
}

// knows tells whether the batch drawn last has the host's name id.
func (s *modelServer) knows(id uint64, n int) bool {
	return id != 0 && id == s.drawnID && n == s.drawn.N
}
