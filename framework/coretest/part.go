package coretest

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/host2plugin"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wiretest"
)

// worlds are the ways a part can be reached.
var worlds = []struct {
	name         string
	wire, shared bool
}{{"bare", false, false}, {"shared memory", true, true}, {"bytes", true, false}}

// inWorlds runs a suite on a part in every world: on what local makes, and on what
// remote makes of a link to a process that serves the part.
func inWorlds[T any](t *testing.T, p core.Part, local func() (T, error), remote func(l host2plugin.Link) (T, error), suite func(t *testing.T, open func(t *testing.T) T)) {
	for _, w := range worlds {
		t.Run(w.name, func(t *testing.T) {
			suite(t, func(t *testing.T) T {
				reach := local
				if w.wire {
					reach = func() (T, error) { return remote(wiretest.Loopback(t, w.shared, p)) }
				}
				v, err := reach()
				if err != nil {
					t.Fatal(err)
				}
				return v
			})
		})
	}
}

// ModelPart runs the suite on a part's model with the given settings on the
// given space: on the bare value, then through the wire.
func ModelPart(t *testing.T, p core.Part, s core.Settings, space core.Space, o ModelOptions) {
	full := complete(t, p, s)
	inWorlds(t, p, func() (core.Model, error) { return p.NewModel(full, space) }, func(l host2plugin.Link) (core.Model, error) {
		m, spec, err := host2plugin.OpenModel(l, p.Name, full, space)
		return core.ViewModel(m, spec), err
	}, func(t *testing.T, open func(t *testing.T) core.Model) { Model(t, open, o) })
}

// EnergyPart runs the suite on a part's energy with the given settings: on
// the bare value, then through the wire.
func EnergyPart(t *testing.T, p core.Part, s core.Settings, o EnergyOptions) {
	full := complete(t, p, s)
	inWorlds(t, p, func() (core.Energy, error) { return p.NewEnergy(full) }, func(l host2plugin.Link) (core.Energy, error) {
		e, spec, err := host2plugin.OpenEnergy(l, p.Name, full)
		return core.ViewEnergy(e, spec), err
	}, func(t *testing.T, open func(t *testing.T) core.Energy) { Energy(t, open, o) })
}

// complete checks the manifest and fills in the defaults.
func complete(t *testing.T, p core.Part, s core.Settings) core.Settings {
	t.Helper()
	if p.Name == "" || p.Version == "" || p.Summary == "" {
		t.Errorf("the manifest needs a name, a version and a summary: %+v", p.Manifest)
	}
	for _, param := range p.Params {
		if param.Help == "" {
			t.Errorf("key %s has no help", param.Name)
		}
	}
	if t.Failed() {
		t.FailNow()
	}
	return Settings(t, p, s)
}

// implements tells whether a model or energy has the methods of a power. One
// that is called by the table has every row; what answers is its business.
func implements(part any, p core.Power) (ok bool) {
	if _, ok := part.(core.Instance); ok {
		return true
	}
	switch p {
	case core.PowerExact, core.PowerGround:
		_, ok = part.(core.Exacter)
		return ok
	case core.PowerUnknown, core.PowerKinds:
		return true
	case core.PowerClusters:
		_, ok = part.(core.Bonded)
		return ok
	case core.PowerWalk:
		_, ok = part.(core.Walker)
		return ok
	case core.PowerNotices:
		_, ok = part.(core.Noticer)
		return ok
	}
	kind := core.KindModel
	if _, energy := part.(core.Energy); energy {
		kind = core.KindEnergy
	}
	for _, r := range core.Rows {
		if r.Kind == kind && r.Power == p {
			if ok = r.Has(part); !ok {
				return false
			}
		}
	}
	return ok
}
