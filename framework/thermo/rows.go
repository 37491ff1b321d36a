package thermo

import "strings"

// Row is a quantity that is derived from those of several points of a sweep.
type Row struct {
	Name, Long string
	// Way is the formula.
	Way string
	// Beside is the name of what should be the same, "" where nothing is measured.
	Beside    string
	Extensive bool
	// Exact is the observable whose exact value is that of this, "" where none is.
	Exact string
}

// Rows by what they are derived along.
var (
	EntropyRow           = Row{"entropy_from_free_energy", "entropy by the slope of the free energy", "-dF/dT", "entropy", true, "entropy"}
	EnergyRow            = Row{"energy_from_free_energy", "energy by the slope of the free energy", "F - T dF/dT", "energy", true, "energy"}
	EntropyReweightedRow = Row{"entropy_from_free_energy_reweighted", "entropy of the Boltzmann density by the slope of its free energy", "-dF/dT", "entropy_reweighted", true, "entropy"}
	EnergyReweightedRow  = Row{"energy_from_free_energy_reweighted", "energy of the Boltzmann density by the slope of its free energy", "F - T dF/dT", "energy_reweighted", true, "energy"}
	HeatOfEnergyRow      = Row{"heat_capacity_from_energy", "heat capacity by the slope of the energy", "dE/dT", "heat_capacity", true, "heat_capacity"}
	HeatOfEntropyRow     = Row{"heat_capacity_from_entropy", "heat capacity by the slope of the entropy", "T dS/dT", "heat_capacity_from_energy", true, "heat_capacity"}
	BestRow              = Row{"free_energy_best", "least free energy of the densities of all points at this temperature", "min_j E_j - T S_j", "", true, "free_energy"}

	PressureRow = Row{"pressure_from_free_energy", "pressure by the slope of the free energy", "-(dF/dV)_T", "pressure", false, ""}
	ModulusRow  = Row{"bulk_modulus", "isothermal bulk modulus, the inverse compressibility", "-V (dP/dV)_T", "", false, ""}
	GibbsRow    = Row{"chemical_potential_from_pressure", "chemical potential of a homogeneous system", "(F + P V)/N", "", false, ""}
	DensityRow  = Row{"entropy_by_density", "derivative of the entropy density by the density at constant temperature", "(ds/dn)_T", "", false, ""}
	CoolingRow  = Row{"minus_chemical_potential_by_temperature", "minus the derivative of the chemical potential by the temperature at constant density", "-(dmu/dT)_n", "entropy_by_density", false, ""}

	ChemicalRow = Row{"chemical_potential", "chemical potential between this number of particles and the next smaller one of the sweep", "(dF + S dT + P dV)/dN", "", false, ""}
)

// Rows are all of them, in the order in which they are shown.
var Rows = []Row{BestRow, EntropyRow, EnergyRow, EntropyReweightedRow, EnergyReweightedRow, HeatOfEnergyRow, HeatOfEntropyRow,
	PressureRow, ModulusRow, GibbsRow, DensityRow, CoolingRow, ChemicalRow}

// LimitSuffix makes the name of a limit of the name of what is extrapolated.
const LimitSuffix = "_limit"

// Derived tells whether a name is that of a row, of one per site or particle, or of the limit of a value per site or particle.
func Derived(name string) bool {
	if per, limit := strings.CutSuffix(name, LimitSuffix); limit {
		return strings.HasSuffix(per, "_per_site") || strings.HasSuffix(per, "_per_particle")
	}
	for _, r := range Rows {
		if per, cut := strings.CutPrefix(name, r.Name); cut && (per == "" || r.Extensive && (per == "_per_site" || per == "_per_particle")) {
			return true
		}
	}
	return false
}
