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

// beta = 1/(k_B T) in the energy's units, whose k_B core knows.
func TestBindKelvin(t *testing.T) {
	gas := core.EnergySpec{Units: "kJ/mol"}
	k, _ := gas.Boltzmann()
	p := mustCheck(t, degenerate, "ensemble={kelvin=1000}")
	if err := p.Bind(gas); err != nil || p.Beta != 1/(1000*k) {
		t.Errorf("beta = %v, want %v; %v", p.Beta, 1/(1000*k), err)
	}
	again := mustCheck(t, p.TOML())
	if !strings.Contains(p.TOML(), "[ensemble]\nkelvin = 1000.0\n") || again.Fingerprint() != p.Fingerprint() {
		t.Errorf("resolved\n%s", p.TOML())
	}
	cold := mustCheck(t, degenerate, "ensemble={kelvin=0}", "sampler.method=direct")
	if err := cold.Bind(gas); err != nil || !math.IsInf(cold.Beta, 1) {
		t.Errorf("kelvin = 0 gives beta = %v, %v", cold.Beta, err)
	}
	p = mustCheck(t, degenerate, "ensemble={kelvin=1000}")
	want := `ensemble.kelvin is no temperature for energy "phi4", whose units are "J"; give ensemble.temperature in these units`
	if err := p.Bind(core.EnergySpec{Units: "J"}); core.KindOf(err) != core.Mismatch || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("error %v", err)
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

// theta_of chooses which of the two Fermi temperatures of an energy is the unit.
func TestBindThetaOf(t *testing.T) {
	gas := core.EnergySpec{FermiTemperature: 4, UnpolarisedFermiTemperature: 2}
	for of, beta := range map[string]float64{"majority": 2, "unpolarised": 4} {
		p := mustCheck(t, degenerate, "ensemble.theta_of="+of)
		if err := p.Bind(gas); err != nil || p.Beta != beta {
			t.Errorf("theta_of = %s: beta = %v, want %v; %v", of, p.Beta, beta, err)
		}
		again := mustCheck(t, p.TOML())
		if err := again.Bind(gas); err != nil || again.Beta != beta || again.Fingerprint() != p.Fingerprint() {
			t.Errorf("theta_of = %s came back with beta = %v, %v, as\n%s", of, again.Beta, err, p.TOML())
		}
	}
	p := mustCheck(t, degenerate, "ensemble.theta_of=unpolarised")
	want := `ensemble.theta is in units of the Fermi temperature of the unpolarised system, and energy "phi4" has none; give ensemble.temperature`
	if err := p.Bind(core.EnergySpec{FermiTemperature: 4}); core.KindOf(err) != core.Mismatch || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("error %v", err)
	}
	for set, want := range map[string]string{
		`ensemble={beta=3, theta_of="unpolarised"}`: "ensemble.theta_of has no effect with ensemble.beta; leave it out, or give ensemble.theta",
		`ensemble={theta_of="unpolarised"}`:         "[ensemble] needs beta, temperature, kelvin or theta",
		`ensemble={theta=1, theta_of="minority"}`:   `ensemble.theta_of`,
	} {
		if _, err := check("run.toml", degenerate, set); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", set, err, want)
		}
	}
}
