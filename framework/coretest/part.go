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

// ModelPart runs the suite on a part's model with the given settings on the
// given space: on the bare value, then through the wire.
func ModelPart(t *testing.T, p core.Part, s core.Settings, space core.Space, o ModelOptions) {
	full := complete(t, p, s)
	for _, w := range worlds {
		t.Run(w.name, func(t *testing.T) {
			Model(t, func(t *testing.T) core.Model {
				if w.wire {
					m, spec, err := host2plugin.OpenModel(wiretest.Loopback(t, w.shared, p), p.Name, full, space)
					if err != nil {
						t.Fatal(err)
					}
					return core.ViewModel(m, spec)
				}
				m, err := p.NewModel(full, space)
				if err != nil {
					t.Fatal(err)
				}
				return m
			}, o)
		})
	}
}

// EnergyPart runs the suite on a part's energy with the given settings: on
// the bare value, then through the wire.
func EnergyPart(t *testing.T, p core.Part, s core.Settings, o EnergyOptions) {
	full := complete(t, p, s)
	for _, w := range worlds {
		t.Run(w.name, func(t *testing.T) {
			Energy(t, func(t *testing.T) core.Energy {
				if w.wire {
					e, spec, err := host2plugin.OpenEnergy(wiretest.Loopback(t, w.shared, p), p.Name, full)
					if err != nil {
						t.Fatal(err)
					}
					return core.ViewEnergy(e, spec)
				}
				e, err := p.NewEnergy(full)
				if err != nil {
					t.Fatal(err)
				}
				return e
			}, o)
		})
	}
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
