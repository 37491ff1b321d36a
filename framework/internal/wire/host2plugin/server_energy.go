package host2plugin

import (
	"context"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// energyServer serves one of its parts, the one that Open names.
type energyServer struct {
	wirepb.UnimplementedEnergyServer
	border
	parts []core.Part

	energy core.Energy
	size   int // of a configuration
}

func (s *energyServer) Open(_ context.Context, r *wirepb.OpenRequest) (*wirepb.OpenReply, error) {
	reply := &wirepb.OpenReply{}
	reply.Error = s.run("open energy", nil, func() error {
		if s.energy != nil {
			return core.Errorf(core.Internal, "open energy", r.Name, "this process has opened an energy already")
		}
		part, settings, err := choose(s.parts, core.KindEnergy, r)
		if err != nil {
			return err
		}
		e, err := part.NewEnergy(settings)
		if err != nil {
			return err
		}
		spec := e.Spec()
		s.energy, s.size = e, spec.Space.Size()
		reply.Shared = s.in.open(r)
		reply.SpecJson, err = encode("open energy", "its spec", spec)
		return err
	})
	return reply, nil
}

func (s *energyServer) Eval(_ context.Context, r *wirepb.EvalRequest) (*wirepb.EvalReply, error) {
	reply := &wirepb.EvalReply{}
	reply.Error = s.run("evaluate", r.Segment, func() error {
		if s.energy == nil {
			return errNotOpen
		}
		n := s.in.count(r.N, s.size)
		x, energy := s.in.read(r.X, n*s.size, "x"), s.in.place(r.Energy, n, "energy")
		if s.in.err != nil {
			return misfit("evaluate", s.in.err)
		}
		if err := s.energy.Eval(energy, &core.Batch{N: n, X: x}); err != nil {
			return err
		}
		reply.Energy = s.in.answer(energy)
		return nil
	})
	return reply, nil
}

func (s *energyServer) Slope(_ context.Context, r *wirepb.EnergySlopeRequest) (*wirepb.EnergySlopeReply, error) {
	reply := &wirepb.EnergySlopeReply{}
	reply.Error = s.run(opSlope, r.Segment, func() error {
		if s.energy == nil {
			return errNotOpen
		}
		sloper, ok := s.energy.(core.EnergySloper)
		if !ok {
			return lacks(opSlope)
		}
		n := s.in.count(r.N, s.size)
		x := s.in.read(r.X, n*s.size, "x")
		slope, energy := s.in.place(r.Slope, n*s.size, "slope"), s.in.place(r.Energy, n, "energy")
		if s.in.err != nil {
			return misfit(opSlope, s.in.err)
		}
		if err := sloper.Slope(slope, energy, &core.Batch{N: n, X: x}); err != nil {
			return err
		}
		reply.Slope, reply.Energy = s.in.answer(slope), s.in.answer(energy)
		return nil
	})
	return reply, nil
}

func (s *energyServer) Exact(_ context.Context, r *wirepb.ExactRequest) (*wirepb.ExactReply, error) {
	reply := &wirepb.ExactReply{}
	reply.Error = s.run(opExact, nil, func() error {
		if s.energy == nil {
			return errNotOpen
		}
		exacter, ok := s.energy.(core.Exacter)
		if !ok {
			return lacks(opExact)
		}
		exact, err := exacter.Exact(r.Beta)
		if err != nil {
			return err
		}
		reply.ExactJson, err = encode(opExact, "its answer", exact)
		return err
	})
	return reply, nil
}
