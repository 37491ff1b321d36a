package core

// Boltzmann's constant and the units of energy, by the definitions of the SI (2019), but for the hartree, which is
// measured (CODATA 2022).
const (
	boltzmann    = 1.380649e-23        // J/K
	electronVolt = 1.602176634e-19     // J
	mole         = 6.02214076e23       // 1
	hartree      = 4.3597447222060e-18 // J, +- 4.8e-30
)

// perKelvin is Boltzmann's constant in units of energy by their names.
var perKelvin = map[string]float64{
	"K":        1,
	"eV":       boltzmann / electronVolt,
	"meV":      1000 * boltzmann / electronVolt,
	"kJ/mol":   boltzmann * mole / 1000,
	"kcal/mol": boltzmann * mole / 4184,
	"Ha":       boltzmann / hartree,
	"Ry":       2 * boltzmann / hartree,
}

// Boltzmann is Boltzmann's constant in the energy's units per kelvin, where these are units that
// measure energies, or Scale says how large they are in such units. "J" is a coupling, and not one of them.
func (s EnergySpec) Boltzmann() (k float64, ok bool) {
	if k, ok = perKelvin[s.Units]; ok {
		return k, true
	}
	if k, ok = perKelvin[s.Scale.EnergyUnits]; ok {
		return k / s.Scale.Energy, true
	}
	return 0, false
}
