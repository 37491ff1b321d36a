package host2plugin

import (
	"context"
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// Advance implements the protocol.
func (s *server) Advance(_ context.Context, r *wirepb.AdvanceRequest) (*wirepb.AdvanceReply, error) {
	reply := &wirepb.AdvanceReply{}
	const op = "move chains"
	reply.Error = s.with(op, r.Segment, nil, func() error {
		sampler, err := s.samplerOf(r)
		if err != nil {
			return err
		}
		state, err := unpackSampler(r.State)
		if err != nil {
			return misfit(op, err)
		}
		if r.Burn {
			next, left, err := sampler.Burn(state)
			reply.State, reply.Left = packSampler(next), uint64(left)
			return err
		}
		return s.drawChains(sampler, state, r, reply)
	})
	return reply, nil
}

// drawChains draws where the host wants the numbers.
func (s *server) drawChains(sampler core.Sampler, state core.SamplerState, r *wirepb.AdvanceRequest, reply *wirepb.AdvanceReply) error {
	n, sizes := s.in.count(r.N, s.sizes.X), ofChains(s.sizes)
	if n < 1 || state.Chains.N < 1 || n%state.Chains.N != 0 {
		return misfit("sample", fmt.Errorf("%d draws of %d chains", n, state.Chains.N))
	}
	s.out.N = n
	s.in.placeColumns(advanced, &s.out, sizes, r.Out)
	if s.in.err != nil {
		return misfit("sample", s.in.err)
	}
	for _, c := range advanced {
		c.Share(&s.walked, &s.out, c)
	}
	next, err := sampler.Next(&s.walked, state, n)
	if err != nil {
		return err
	}
	for _, c := range advanced {
		if c.Info().Dim == core.DimOpen {
			c.Share(&s.out, &s.walked, c)
		} else if err := bring(c, &s.walked, &s.out); err != nil {
			return misfit("sample", err)
		}
	}
	reply.State, reply.Chains, reply.Out = packSampler(next), uint64(s.walked.Chains), s.in.answerColumns(advanced, &s.out, sizes)
	return nil
}
