package host2plugin

import (
	"context"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

func (s *modelServer) LogPsi(_ context.Context, r *wirepb.LogPsiRequest) (*wirepb.LogPsiReply, error) {
	reply := &wirepb.LogPsiReply{}
	reply.Error = s.with(opLogPsi, r.Segment, r.Theta, func() error {
		m, ok := s.model.(core.DensityMatrix)
		if !ok {
			return lacks(opLogPsi)
		}
		b, known := s.batch(r.Batch)
		if reply.UnknownBatch = !known; !known {
			return nil
		}
		logPsi, logP := s.in.place(r.LogPsi, 2*b.N, "log_psi"), s.in.place(r.LogP, b.N, "log_p")
		if s.in.err != nil {
			return misfit(opLogPsi, s.in.err)
		}
		if err := m.LogPsi(wire.Complex(logPsi), logP, &b); err != nil {
			return err
		}
		reply.LogPsi, reply.LogP = s.in.answer(logPsi), s.in.answer(logP)
		return nil
	})
	return reply, nil
}

func (s *modelServer) Laplacian(_ context.Context, r *wirepb.LaplacianRequest) (*wirepb.LaplacianReply, error) {
	reply := &wirepb.LaplacianReply{}
	reply.Error = s.with(opLaplacian, r.Segment, r.Theta, func() error {
		m, ok := s.model.(core.DensityMatrix)
		if !ok {
			return lacks(opLaplacian)
		}
		b, known := s.batch(r.Batch)
		if reply.UnknownBatch = !known; !known {
			return nil
		}
		lap := s.in.place(r.Lap, 2*b.N, "lap")
		if s.in.err != nil {
			return misfit(opLaplacian, s.in.err)
		}
		if err := m.Laplacian(wire.Complex(lap), &b); err != nil {
			return err
		}
		reply.Lap = s.in.answer(lap)
		return nil
	})
	return reply, nil
}

func (s *modelServer) StatePull(_ context.Context, r *wirepb.StatePullRequest) (*wirepb.StatePullReply, error) {
	reply := &wirepb.StatePullReply{}
	reply.Error = s.with(opStatePull, r.Segment, r.Theta, func() error {
		m, ok := s.model.(core.DensityMatrix)
		if !ok {
			return lacks(opStatePull)
		}
		b, known := s.batch(r.Batch)
		if reply.UnknownBatch = !known; !known {
			return nil
		}
		w, v := s.in.read(r.W, b.N, "w"), s.in.read(r.V, 2*b.N, "v")
		grad := s.in.place(r.Grad, s.spec.Parameters, "grad")
		if s.in.err != nil {
			return misfit(opStatePull, s.in.err)
		}
		if err := m.StatePull(grad, &b, w, wire.Complex(v)); err != nil {
			return err
		}
		reply.Grad = s.in.answer(grad)
		return nil
	})
	return reply, nil
}

func (s *modelServer) NaturalPull(_ context.Context, r *wirepb.NaturalPullRequest) (*wirepb.NaturalPullReply, error) {
	reply := &wirepb.NaturalPullReply{}
	reply.Error = s.with(opNaturalPull, r.Segment, r.Theta, func() error {
		m, ok := s.model.(core.NaturalPuller)
		if !ok {
			return lacks(opNaturalPull)
		}
		b, known := s.batch(r.Batch)
		if reply.UnknownBatch = !known; !known {
			return nil
		}
		w := s.in.read(r.W, b.N, "w")
		var v []complex128
		if r.V != nil {
			v = wire.Complex(s.in.read(r.V, 2*b.N, "v"))
		}
		grad, step := s.in.place(r.Grad, s.spec.Parameters, "grad"), s.in.place(r.Step, s.spec.Parameters, "step")
		if s.in.err != nil {
			return misfit(opNaturalPull, s.in.err)
		}
		if err := m.NaturalPull(grad, step, &b, w, v, r.Damping); err != nil {
			return err
		}
		reply.Grad, reply.Step = s.in.answer(grad), s.in.answer(step)
		return nil
	})
	return reply, nil
}
