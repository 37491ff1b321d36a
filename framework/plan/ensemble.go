package plan

import (
	"math"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Ensemble is the [ensemble] table. Exactly one of beta, temperature, kelvin and theta is given.
type Ensemble struct {
	Beta        float64 `key:"beta" above:"0" opt:"required" help:"inverse temperature, in reciprocal units of the energy (k_B = 1)"`
	Temperature float64 `key:"temperature" min:"0" opt:"required" help:"temperature in the energy's units (k_B = 1); 0 is the ground state"`
	Kelvin      float64 `key:"kelvin" min:"0" opt:"required" unit:"K" help:"temperature in kelvin, of an energy whose units are eV, meV, kJ/mol, kcal/mol, Ha, Ry or K; 0 is the ground state"`
	Theta       float64 `key:"theta" min:"0" opt:"required" help:"degeneracy T/T_F, the temperature in units of the Fermi temperature of the energy, which must have one; 0 is the ground state"`
	ThetaOf     string  `key:"theta_of" choices:"majority,unpolarised" help:"with theta: the Fermi temperature of the spin of most particles, or that at the same density with as many of one spin as of the other, so that one theta is one temperature whatever the polarisation"`
}

// Names of the Fermi temperatures.
const (
	ofMajority    = "majority"
	ofUnpolarised = "unpolarised"
)

// checkEnsemble reads [ensemble]. A temperature of 0 is beta = +Inf. Above 0,
// kelvin and theta leave beta unknown (NaN) until Bind.
func (f *File) checkEnsemble(r *report, p *Plan, missing bool) {
	p.Beta = 1 // where nothing is given
	given := f.table("ensemble")
	switch {
	case p.unknown && given != nil:
		r.add("ensemble", "[ensemble] has no effect with energy %q, which is data and knows no E; leave it out", p.Energy.Plugin)
		return
	case !p.unknown && missing:
		r.add("ensemble", "the table [ensemble] is missing")
	}
	params := core.SchemaOf(Ensemble{Beta: 1, Temperature: 1, Kelvin: 1, Theta: 1, ThetaOf: ofMajority})
	var chosen []string
	for i := range params {
		params[i].Required = false
		if _, ok := given[params[i].Name]; ok && params[i].Name != "theta_of" {
			chosen = append(chosen, params[i].Name)
		}
	}
	if len(chosen) > 1 {
		r.add("ensemble."+chosen[1], "ensemble.%s are given together; keep one", strings.Join(chosen, " and ensemble."))
	}
	if given != nil && len(chosen) == 0 {
		r.add("ensemble", "[ensemble] needs beta, temperature, kelvin or theta")
	}
	full, ok := r.complete("ensemble", params, given)
	if !ok || len(chosen) != 1 {
		return
	}
	if _, ok := given["theta_of"]; ok && chosen[0] != "theta" {
		r.add("ensemble.theta_of", "ensemble.theta_of has no effect with ensemble.%s; leave it out, or give ensemble.theta", chosen[0])
	}
	x := full[chosen[0]].(float64)
	switch chosen[0] {
	case "beta":
		p.Beta = x
	case "temperature":
		p.Beta = 1 / x
	case "kelvin":
		p.Kelvin, p.Beta = &x, later(x)
	case "theta":
		p.Theta, p.Beta, p.ThetaOf = &x, later(x), full["theta_of"].(string)
	}
}

// later is beta of a temperature in a unit that is not known yet: only that of the ground state is.
func later(temperature float64) float64 {
	if temperature == 0 {
		return math.Inf(1)
	}
	return math.NaN()
}

// Bind settles what only the bound energy can say: beta of a temperature in kelvin, or in
// units of the Fermi temperature, beta = 1/(theta T_F).
func (p *Plan) Bind(energy core.EnergySpec) error {
	switch {
	case p.Kelvin != nil:
		return p.bindKelvin(energy)
	case p.Theta != nil:
		return p.bindTheta(energy)
	}
	return nil
}

func (p *Plan) bindKelvin(energy core.EnergySpec) error {
	k, ok := energy.Boltzmann()
	if !ok {
		r := report{file: p.file}
		r.mismatch("ensemble.kelvin", "ensemble.kelvin is no temperature for energy %q, whose units are %q; give ensemble.temperature in these units", p.Energy.Plugin, energy.Units)
		return r.err()
	}
	p.Beta = 1 / (*p.Kelvin * k)
	return nil
}

func (p *Plan) bindTheta(energy core.EnergySpec) error {
	unit, key, of := energy.FermiTemperature, "ensemble.theta", ""
	if p.ThetaOf == ofUnpolarised {
		unit, key, of = energy.UnpolarisedFermiTemperature, "ensemble.theta_of", " of the unpolarised system"
	}
	if !(unit > 0) {
		r := report{file: p.file}
		r.mismatch(key, "ensemble.theta is in units of the Fermi temperature%s, and energy %q has none; give ensemble.temperature", of, p.Energy.Plugin)
		return r.err()
	}
	p.Beta = 1 / (*p.Theta * unit)
	return nil
}

func (p *Plan) ensembleTable() table {
	t := table{name: "ensemble"}
	switch {
	case p.Kelvin != nil:
		t.entries = []entry{{"kelvin", *p.Kelvin}}
	case p.Theta != nil:
		t.entries = []entry{{"theta", *p.Theta}}
		if p.ThetaOf == ofUnpolarised { // the default is left out
			t.entries = append(t.entries, entry{"theta_of", p.ThetaOf})
		}
	case math.IsInf(p.Beta, 1):
		t.entries = []entry{{"temperature", 0.0}}
	default:
		t.entries = []entry{{"beta", p.Beta}}
	}
	if math.IsInf(p.Beta, 1) {
		t.comment = "the ground state"
	} else if !math.IsNaN(p.Beta) {
		t.comment = "temperature = " + float(1/p.Beta)
	}
	return t
}
