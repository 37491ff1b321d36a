package host2plugin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync"

	"google.golang.org/grpc"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// Register serves the parts on s.
func Register(s *grpc.Server, parts []core.Part) {
	wirepb.RegisterPartServer(s, &server{parts: parts})
}

// server serves one of its parts, the one that Open names. It makes one call at
// a time, and nothing that goes wrong in a part ends the process.
type server struct {
	wirepb.UnimplementedPartServer
	mu    sync.Mutex
	in    inbox
	parts []core.Part

	kind    core.PartKind
	part    core.Local // its Part is nil until it is opened
	row     *core.Row  // of an objective, nil of any other
	sizes   core.Sizes
	notices bool // it notices things

	call core.Call
	sent core.Batch // configurations that were sent
	bar  core.Batch
	out  core.Batch

	drawn   core.Batch // the batch drawn last, in shared memory or our own
	drawnID uint64     // the host's name for it, 0 if there is none
	own     core.Batch // where it is drawn
	some    core.Batch // of it

	opened opened     // the sampler of its energy's chains
	walked core.Batch // by them
}

// run calls f and returns its error, or its panic, for the reply.
func (s *server) run(op string, segment *wirepb.Segment, f func() error) (failure *wirepb.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(os.Stderr, "panic in %s: %v\n%s", op, p, debug.Stack())
			failure = wire.ErrorToProto(&core.Error{Kind: core.Internal, Op: op, Err: fmt.Errorf("panic: %v", p),
				Hint: "a bug of the plugin; the stack is in its log"})
		}
	}()
	if err := s.in.begin(segment); err != nil {
		return wire.ErrorToProto(misfit(op, err))
	}
	return wire.ErrorToProto(f())
}

// with is run for calls that need the part and may bring parameters.
func (s *server) with(op string, segment *wirepb.Segment, theta *wirepb.Array, f func() error) *wirepb.Error {
	return s.run(op, segment, func() error {
		if s.part.Part == nil {
			return errNotOpen
		}
		if theta != nil {
			v := core.Theta.Of(&s.sent)
			v = read(&s.in, theta, s.sizes.Theta, &v, core.Theta.Name)
			core.Theta.Put(&s.sent, v)
			if s.in.err != nil {
				return misfit("load", s.in.err)
			}
			if err := s.part.Load(v); err != nil {
				return err
			}
		}
		return f()
	})
}

// misfit reports a call that does not keep to the protocol, or a part whose
// answer does not fit the question.
func misfit(op string, err error) error {
	return &core.Error{Kind: core.Plugin, Op: op, Err: err}
}

// lostNoise answers a pull-back along the samples of any batch but the one drawn
// last.
func lostNoise(r *core.Row, subject string) error {
	return &core.Error{Kind: core.Invalid, Op: r.Name, Subject: subject,
		Err: errors.New("the batch is not the one that was drawn last, its noise is lost"), Hint: "draw again"}
}

// encode writes a document of a part as JSON, which has no NaN and no infinity.
func encode(op, what string, v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, misfit(op, fmt.Errorf("%s cannot be sent: %w", what, err))
	}
	return data, nil
}

var errNotOpen = core.Errorf(core.Internal, "", "", "nothing was opened yet")

// Init implements the protocol.
func (s *server) Init(_ context.Context, r *wirepb.InitRequest) (*wirepb.InitReply, error) {
	reply := &wirepb.InitReply{}
	const op = "initialise"
	reply.Error = s.with(op, r.Segment, nil, func() error {
		v := core.Theta.Of(&s.out)
		v = place(&s.in, r.Theta, s.sizes.Theta, &v, core.Theta.Name)
		core.Theta.Put(&s.out, v)
		if s.in.err != nil {
			return misfit(op, s.in.err)
		}
		if err := s.part.Init(v, r.Seed); err != nil {
			return err
		}
		reply.Theta = s.in.answer(core.Theta.Name, v)
		return nil
	})
	return reply, nil
}

// Draw implements the protocol.
func (s *server) Draw(_ context.Context, r *wirepb.DrawRequest) (*wirepb.DrawReply, error) {
	reply := &wirepb.DrawReply{}
	const op = "sample"
	reply.Error = s.with(op, r.Segment, r.Theta, func() error {
		s.drawnID = 0
		s.own.N = s.in.count(r.N, s.sizes.X)
		s.in.placeColumns(core.Drawn, &s.own, s.sizes, r.Out)
		if s.in.err != nil {
			return misfit(op, s.in.err)
		}
		// The model finds room of exactly the right size, and draws there.
		for _, c := range core.Drawn {
			c.Share(&s.drawn, &s.own, c)
		}
		s.drawn.From = s.in.count(r.First, 1)
		s.drawn.Total, s.drawn.Shares = s.in.count(r.Total, 1), s.in.shares(r.Shares)
		if err := s.part.Draw(&s.drawn, r.Seed, s.own.N); err != nil {
			return err
		}
		for _, c := range core.Drawn {
			if err := bring(c, &s.drawn, &s.own); err != nil {
				return misfit(op, err)
			}
		}
		s.drawn.N, s.drawnID = s.own.N, r.BatchId
		reply.Out, reply.Chains = s.in.answerColumns(core.Drawn, &s.own, s.sizes), uint64(s.drawn.Chains)
		return s.notice(&reply.NoticesJson)
	})
	return reply, nil
}

// bring brings what a model drew to its place, where it normally is already.
func bring(c core.Column, drawn, place *core.Batch) error {
	if got, want := c.Len(drawn), c.Len(place); got != want {
		return fmt.Errorf("%s has %d numbers, want %d", c.Info().Name, got, want)
	}
	switch q := c.(type) {
	case *core.Quantity[float64]:
		move(q, drawn, place)
	case *core.Quantity[int32]:
		move(q, drawn, place)
	}
	return nil
}

func move[T core.Number](q *core.Quantity[T], drawn, place *core.Batch) {
	got, want := q.Of(drawn), q.Of(place)
	if len(want) > 0 && &got[0] != &want[0] {
		copy(want, got)
	}
	q.Put(drawn, want)
}

// Call implements the protocol.
func (s *server) Call(_ context.Context, r *wirepb.CallRequest) (*wirepb.CallReply, error) {
	reply := &wirepb.CallReply{}
	reply.Error = s.with(r.Row, r.Segment, r.Theta, func() error {
		if r.Row == exactRow {
			return s.exact(r, reply)
		}
		row := core.RowNamed(s.kind, r.Row)
		if s.row != nil && s.row.Name == r.Row {
			row = s.row
		}
		if row == nil {
			return core.Errorf(core.Unsupported, r.Row, "", "this plugin does not know the call; it may have been built before there was one")
		}
		if known, err := s.arguments(row, r); !known || err != nil {
			reply.UnknownBatch = err == nil
			return err
		}
		if err := row.On(s.part.Part, &s.call); err != nil {
			return err
		}
		reply.Out = s.in.answerColumns(row.Out, &s.out, s.sizes)
		return s.notice(&reply.NoticesJson)
	})
	return reply, nil
}

// arguments reads those of a call; known is false if it is about a batch that is
// not here any more.
func (s *server) arguments(row *core.Row, r *wirepb.CallRequest) (known bool, err error) {
	n, b := s.in.count(r.N, s.sizes.X), &s.sent
	if r.BatchId != 0 || row.Noise {
		if b = s.known(r, n); b == nil && row.Noise {
			return false, lostNoise(row, "")
		} else if b == nil {
			return false, s.in.err
		}
		columns := beside(row.In)
		s.in.readColumns(columns, b, s.sizes, r.In, len(columns))
		b.Total, b.Shares = s.in.count(r.Total, 1), s.in.shares(r.Shares)
	} else {
		b.N, b.ID, b.From = n, 0, s.in.count(r.From, 1)
		b.Total, b.Shares = s.in.count(r.Total, s.sizes.X), s.in.shares(r.Shares)
		s.in.readColumns(row.In, b, s.sizes, r.In, len(row.In))
	}
	s.bar.N, s.out.N = n, n
	s.in.readColumns(row.Bar, &s.bar, s.sizes, r.Bar, 1)
	s.in.placeColumns(row.Out, &s.out, s.sizes, r.Out)
	s.call = core.Call{In: b, Bar: &s.bar, Out: &s.out}
	if s.in.err != nil {
		return false, misfit(row.Name, s.in.err)
	}
	return true, nil
}

// known is the batch drawn last, or n configurations of it, if the call is about it;
// nil if not.
func (s *server) known(r *wirepb.CallRequest, n int) *core.Batch {
	from := s.in.count(r.From, 1) - s.drawn.From
	switch {
	case r.BatchId == 0 || r.BatchId != s.drawnID:
		return nil
	case n == s.drawn.N:
		return &s.drawn
	case from < 0 || from+n > s.drawn.N:
		return nil
	}
	s.drawn.Part(&s.some, from, n)
	s.some.From = s.drawn.From + from
	return &s.some
}

// notice puts what the part has noticed into a reply.
func (s *server) notice(into *[]byte) error {
	if !s.notices {
		return nil
	}
	all, err := s.part.Notices()
	if len(all) > 0 && err == nil {
		*into, err = encode("notices", "its answer", all)
	}
	return err
}

// exact answers with what an energy knows exactly.
func (s *server) exact(r *wirepb.CallRequest, reply *wirepb.CallReply) error {
	exact, err := s.part.Exact(r.Beta)
	if err == nil {
		reply.ExactJson, err = encode(opExact, "its answer", exact)
	}
	return err
}

// State implements the protocol.
func (s *server) State(_ context.Context, r *wirepb.StateRequest) (*wirepb.StateReply, error) {
	reply := &wirepb.StateReply{}
	reply.Error = s.with("state", r.Segment, r.Theta, func() error {
		if r.Set != nil {
			state, err := unpackState(r.Set)
			if err != nil {
				return misfit("set_state", err)
			}
			if err := s.part.SetState(state); err != nil {
				return err
			}
		}
		state, err := s.part.State()
		reply.State = packState(state)
		return err
	})
	return reply, nil
}
