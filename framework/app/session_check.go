package app

import (
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/host"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// check makes the plan of a file.
func (s *session) check(f *plan.File) (err error) {
	s.plan, err = f.Check(func(kind core.PartKind, ref plan.PartPlan) (core.Manifest, error) {
		found, err := s.find(kind, ref)
		if err != nil {
			return core.Manifest{}, err
		}
		switch kind {
		case core.KindEnergy:
			s.energy = found
		case core.KindModel:
			s.model = found
		}
		return found.Manifest, nil
	}, s.builtins.manifests())
	return err
}

// find looks a part up. Of the points of a sweep, each part is found once.
func (s *session) find(kind core.PartKind, ref plan.PartPlan) (*host.Found, error) {
	if s.found == nil {
		s.found = map[string]*host.Found{}
		if s.like != nil {
			s.found = s.like.found
		}
	}
	name := strings.Join([]string{string(kind), ref.Plugin, ref.Path, ref.SHA256}, "\x00")
	if known := s.found[name]; known != nil {
		return known, nil
	}
	found, err := s.host.Find(kind, ref.Plugin, ref.Path, ref.SHA256)
	if err == nil {
		s.found[name] = found
	}
	return found, err
}
