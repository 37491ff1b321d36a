package host2plugin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// Open implements the protocol.
func (s *server) Open(_ context.Context, r *wirepb.OpenRequest) (*wirepb.OpenReply, error) {
	reply := &wirepb.OpenReply{}
	op := "open " + r.Kind
	reply.Error = s.run(op, nil, func() error {
		if s.part.Part != nil {
			return core.Errorf(core.Internal, op, r.Name, "this process has opened a %s already", s.kind)
		}
		part, settings, err := choose(s.parts, core.PartKind(r.Kind), r)
		if err != nil {
			return err
		}
		spec, err := s.open(op, part, settings, r)
		if err != nil {
			return err
		}
		reply.Shared = s.in.open(r)
		reply.SpecJson, err = encode(op, "its spec", spec)
		return err
	})
	return reply, nil
}

// open builds the part and returns its spec.
func (s *server) open(op string, part *core.Part, settings core.Settings, r *wirepb.OpenRequest) (any, error) {
	if part.Kind == core.KindEnergy {
		e, err := part.NewEnergy(settings)
		if err != nil {
			return nil, err
		}
		spec := e.Spec()
		s.kind, s.part.Part, s.sizes = part.Kind, e, spec.Sizes()
		return spec, nil
	}
	var space core.Space
	if err := json.Unmarshal(r.SpaceJson, &space); err != nil {
		return nil, core.Errorf(core.Internal, op, r.Name, "reading the space: %w", err)
	}
	switch part.Kind {
	case core.KindEstimator:
		return s.openObserver(op, part, settings, space, r)
	case core.KindObjective:
		return s.openObjective(op, part, settings, r)
	}
	m, err := part.NewModel(settings, space)
	if err != nil {
		return nil, err
	}
	spec := m.Spec()
	s.kind, s.part.Part, s.sizes = part.Kind, m, spec.Sizes()
	s.notices = slices.Contains(spec.Powers, core.PowerNotices)
	return spec, nil
}

// openObserver builds an observer of a system and returns its spec.
func (s *server) openObserver(op string, part *core.Part, settings core.Settings, space core.Space, r *wirepb.OpenRequest) (any, error) {
	of, err := wire.DecodeSystem(r.SystemJson, space)
	if err != nil {
		return nil, core.Errorf(core.Internal, op, r.Name, "reading the system: %w", err)
	}
	o, err := part.NewObserver(settings, of)
	if err != nil {
		return nil, err
	}
	spec := o.Spec()
	s.kind, s.part.Part, s.sizes = part.Kind, o, spec.Sizes(space)
	return spec, nil
}

// openObjective builds an objective for a setting and returns its spec.
func (s *server) openObjective(op string, part *core.Part, settings core.Settings, r *wirepb.OpenRequest) (any, error) {
	of, err := wire.DecodeSetting(r.SystemJson)
	if err != nil {
		return nil, core.Errorf(core.Internal, op, r.Name, "reading the system: %w", err)
	}
	o, err := part.NewObjective(settings, of)
	if err != nil {
		return nil, err
	}
	spec := o.Spec()
	s.kind, s.part.Part, s.sizes, s.row = part.Kind, o, spec.Sizes(of), spec.Row()
	return wire.NewObjectiveSpec(spec), nil
}

// choose finds the part to open and completes its settings.
func choose(parts []core.Part, kind core.PartKind, r *wirepb.OpenRequest) (*core.Part, core.Settings, error) {
	op := fmt.Sprintf("open %s", kind)
	for i := range parts {
		p := &parts[i]
		if p.Kind != kind || p.Name != r.Name {
			continue
		}
		if p.NewModel == nil && p.NewEnergy == nil && p.NewObserver == nil && p.NewObjective == nil {
			return nil, nil, &core.Error{Kind: core.Plugin, Op: op, Subject: p.Name, Err: errors.New("nothing of it can be served by a plugin"),
				Hint: "an estimator of a plugin has NewObserver; a whole one is compiled into a program made with app.Main"}
		}
		given, err := wire.DecodeSettings(r.SettingsJson)
		if err != nil {
			return nil, nil, core.Errorf(core.Invalid, op, p.Name, "%w", err)
		}
		full, problems := core.Complete(p.Keys(), given)
		if len(problems) > 0 {
			return nil, nil, &core.Error{Kind: core.Invalid, Op: op, Subject: p.Name, Err: problems[0]}
		}
		return p, full, nil
	}
	return nil, nil, core.Errorf(core.Invalid, op, r.Name, "this plugin does not serve it")
}
