package host2plugin

import (
	"context"
	"errors"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// lostNoise answers a PathPull of any batch but the one drawn last.
func lostNoise(subject string) error {
	return &core.Error{Kind: core.Invalid, Op: opPathPull, Subject: subject,
		Err: errors.New("the batch is not the one that was drawn last, its noise is lost"), Hint: "draw again"}
}

func (s *modelServer) PathPull(_ context.Context, r *wirepb.PathPullRequest) (*wirepb.PathPullReply, error) {
	reply := &wirepb.PathPullReply{}
	reply.Error = s.with(opPathPull, r.Segment, r.Theta, func() error {
		m, ok := s.model.(core.PathPuller)
		if !ok {
			return lacks(opPathPull)
		}
		n := s.in.count(r.N, s.size)
		xbar, lbar := s.in.read(r.Xbar, n*s.size, "xbar"), s.in.read(r.Lbar, n, "lbar")
		grad := s.in.place(r.Grad, s.spec.Parameters, "grad")
		if s.in.err != nil {
			return misfit(opPathPull, s.in.err)
		}
		if !s.knows(r.BatchId, n) {
			return lostNoise("")
		}
		if err := m.PathPull(grad, &s.drawn, xbar, lbar); err != nil {
			return err
		}
		reply.Grad = s.in.answer(grad)
		return nil
	})
	return reply, nil
}

func (s *modelServer) Slope(_ context.Context, r *wirepb.ModelSlopeRequest) (*wirepb.ModelSlopeReply, error) {
	reply := &wirepb.ModelSlopeReply{}
	reply.Error = s.with(opSlope, r.Segment, r.Theta, func() error {
		m, ok := s.model.(core.ModelSloper)
		if !ok {
			return lacks(opSlope)
		}
		n := s.in.count(r.N, s.size)
		x := s.in.read(r.X, n*s.size, "x")
		slope, logP := s.in.place(r.Slope, n*s.size, "slope"), s.in.place(r.LogP, n, "log_p")
		if s.in.err != nil {
			return misfit(opSlope, s.in.err)
		}
		if err := m.Slope(slope, logP, x); err != nil {
			return err
		}
		reply.Slope, reply.LogP = s.in.answer(slope), s.in.answer(logP)
		return nil
	})
	return reply, nil
}

func (s *modelServer) Map(_ context.Context, r *wirepb.MapRequest) (*wirepb.MapReply, error) {
	reply := &wirepb.MapReply{}
	reply.Error = s.with(opMap, r.Segment, r.Theta, func() error {
		m, ok := s.model.(core.Mapper)
		if !ok {
			return lacks(opMap)
		}
		n := s.in.count(r.N, s.size)
		z := s.in.read(r.Z, n*s.size, "z")
		x, lnDet := s.in.place(r.X, n*s.size, "x"), s.in.place(r.LogDet, n, "log_det")
		if s.in.err != nil {
			return misfit(opMap, s.in.err)
		}
		if err := m.Map(x, lnDet, z); err != nil {
			return err
		}
		reply.X, reply.LogDet = s.in.answer(x), s.in.answer(lnDet)
		return nil
	})
	return reply, nil
}

func (s *modelServer) Inverse(_ context.Context, r *wirepb.InverseRequest) (*wirepb.InverseReply, error) {
	reply := &wirepb.InverseReply{}
	reply.Error = s.with(opInverse, r.Segment, r.Theta, func() error {
		m, ok := s.model.(core.Mapper)
		if !ok {
			return lacks(opInverse)
		}
		n := s.in.count(r.N, s.size)
		x := s.in.read(r.X, n*s.size, "x")
		z, lnDet := s.in.place(r.Z, n*s.size, "z"), s.in.place(r.LogDet, n, "log_det")
		if s.in.err != nil {
			return misfit(opInverse, s.in.err)
		}
		if err := m.Inverse(z, lnDet, x); err != nil {
			return err
		}
		reply.Z, reply.LogDet = s.in.answer(z), s.in.answer(lnDet)
		return nil
	})
	return reply, nil
}

func (s *modelServer) MapPull(_ context.Context, r *wirepb.MapPullRequest) (*wirepb.MapPullReply, error) {
	reply := &wirepb.MapPullReply{}
	reply.Error = s.with(opMapPull, r.Segment, r.Theta, func() error {
		m, ok := s.model.(core.Mapper)
		if !ok {
			return lacks(opMapPull)
		}
		n := s.in.count(r.N, s.size)
		z, xbar, lbar := s.in.read(r.Z, n*s.size, "z"), s.in.read(r.Xbar, n*s.size, "xbar"), s.in.read(r.Lbar, n, "lbar")
		zbar := s.in.place(r.Zbar, n*s.size, "zbar")
		if s.in.err != nil {
			return misfit(opMapPull, s.in.err)
		}
		if err := m.MapPull(zbar, z, xbar, lbar); err != nil {
			return err
		}
		reply.Zbar = s.in.answer(zbar)
		return nil
	})
	return reply, nil
}
