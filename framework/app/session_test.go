package app

import (
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/host"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// gas is an energy with a Fermi temperature of 4 whose ln Z is beta.
type gas struct{}

func (gas) Spec() core.EnergySpec {
	return core.EnergySpec{Space: core.Space{Kind: core.Particles, Shape: []int{2, 3}}, Units: "Ry", FermiTemperature: 4, Powers: []core.Power{core.PowerExact}}
}

func (gas) Eval(dst []float64, b *core.Batch) error { clear(dst[:b.N]); return nil }

func (gas) Exact(beta float64) (core.Exact, error) {
	return core.Exact{Values: map[string]float64{"log_z": beta}, Source: "by definition"}, nil
}

// A temperature in units of T_F is known once the energy is bound: theta = 1/8
// of T_F = 4 is beta = 2, in all that is built from there on.
func TestThetaReachesTheParts(t *testing.T) {
	part := core.Part{Manifest: core.Manifest{Kind: core.KindEnergy, Name: "gas", Spaces: []core.SpaceKind{core.Particles}},
		NewEnergy: func(core.Settings) (core.Energy, error) { return gas{}, nil }}
	f, err := plan.Parse("run.toml", []byte("[energy]\nplugin = \"gas\"\n[ensemble]\ntheta = 0.125\n[sampler]\nmethod = \"metropolis\"\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &session{host: host.New(host.Options{Builtins: []core.Part{part}, InProcess: true}), builtins: sample.Parts()}
	defer s.close()
	if err := s.bind(f); err != nil {
		t.Fatal(err)
	}
	if s.plan.Beta != 2 || s.parts.Exact.Values["log_z"] != 2 {
		t.Errorf("beta = %v, exact values at %v", s.plan.Beta, s.parts.Exact.Values)
	}
	var out strings.Builder
	writePlan(&out, s)
	if !strings.Contains(out.String(), "# temperature = 0.5\n[ensemble]\ntheta = 0.125\n") {
		t.Errorf("check prints\n%s", out.String())
	}
}
