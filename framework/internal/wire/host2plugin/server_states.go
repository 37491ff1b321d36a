package host2plugin

import (
	"context"
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

func (s *modelServer) StateLogP(_ context.Context, r *wirepb.StateLogPRequest) (*wirepb.StateLogPReply, error) {
	reply := &wirepb.StateLogPReply{}
	reply.Error = s.with(opStateLogP, r.Segment, r.Theta, func() error {
		m, ok := s.model.(core.StateLister)
		if !ok {
			return lacks(opStateLogP)
		}
		logP, err := m.StateLogP()
		reply.LogP = inside(logP)
		return err
	})
	return reply, nil
}

func (s *modelServer) Walkers(_ context.Context, r *wirepb.WalkersRequest) (*wirepb.WalkersReply, error) {
	reply := &wirepb.WalkersReply{}
	reply.Error = s.with(opWalkers, r.Segment, r.Theta, func() error {
		m, ok := s.model.(core.Walker)
		if !ok {
			return lacks(opWalkers)
		}
		state, err := m.Walkers()
		reply.State = inside(state)
		return err
	})
	return reply, nil
}

func (s *modelServer) SetWalkers(_ context.Context, r *wirepb.SetWalkersRequest) (*wirepb.SetWalkersReply, error) {
	reply := &wirepb.SetWalkersReply{}
	reply.Error = s.with(opSetWalkers, r.Segment, r.Theta, func() error {
		m, ok := s.model.(core.Walker)
		if !ok {
			return lacks(opSetWalkers)
		}
		state := wire.Decode[float64](nil, r.State.GetData())
		if r.State.GetLength() != uint64(len(state)) {
			return misfit(opSetWalkers, fmt.Errorf("state has %d bytes for %d numbers", len(r.State.GetData()), r.State.GetLength()))
		}
		return m.SetWalkers(state)
	})
	return reply, nil
}

func (s *modelServer) Notices(_ context.Context, r *wirepb.NoticesRequest) (*wirepb.NoticesReply, error) {
	reply := &wirepb.NoticesReply{}
	reply.Error = s.with(opNotices, r.Segment, r.Theta, func() error {
		m, ok := s.model.(core.Noticer)
		if !ok {
			return lacks(opNotices)
		}
		notices, err := m.Notices()
		if err != nil {
			return err
		}
		reply.NoticesJson, err = encode(opNotices, "its answer", notices)
		return err
	})
	return reply, nil
}
