package plan

import (
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

const degenerate = `[energy]
plugin = "phi4"
[ensemble]
theta = 0.125
[sampler]
`

// beta = 1/(theta T_F), with numbers that are exact in binary.
func TestBind(t *testing.T) {
	gas := core.EnergySpec{FermiTemperature: 4}
	p := mustCheck(t, degenerate)
	before := p.Fingerprint()
	if !math.IsNaN(p.Beta) {
		t.Errorf("beta = %v before the energy is known", p.Beta)
	}
	if err := p.Bind(gas); err != nil || p.Beta != 2 {
		t.Errorf("beta = %v, want 2; %v", p.Beta, err)
	}
	// The file keeps theta, and the same run goes on.
	again := mustCheck(t, p.TOML())
	if !strings.Contains(p.TOML(), "# temperature = 0.5\n[ensemble]\ntheta = 0.125\n") || again.Fingerprint() != before {
		t.Errorf("resolved\n%s", p.TOML())
	}
	cold := mustCheck(t, degenerate, "ensemble.theta=0", "sampler.method=direct")
	if err := cold.Bind(gas); err != nil || !math.IsInf(cold.Beta, 1) {
		t.Errorf("theta = 0 gives beta = %v, %v", cold.Beta, err)
	}
	warm := mustCheck(t, degenerate, "ensemble={beta=3}")
	if err := warm.Bind(core.EnergySpec{}); err != nil || warm.Beta != 3 {
		t.Errorf("beta = 3 became %v, %v", warm.Beta, err)
	}
}

func TestBindWithoutFermiTemperature(t *testing.T) {
	for _, set := range [][]string{nil, {"ensemble.theta=0", "sampler.method=direct"}} {
		p := mustCheck(t, degenerate, set...)
		err := p.Bind(core.EnergySpec{})
		want := `ensemble.theta is in units of the Fermi temperature, and energy "phi4" has none; give ensemble.temperature`
		if core.KindOf(err) != core.Mismatch || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v: error %v", set, err)
		}
	}
}
