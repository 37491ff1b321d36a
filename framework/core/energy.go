package core

// Energy is a Hamiltonian: E(x), or for quantum particles
//
//	H = -c sum_i lap_i + V(x)
//
// with V from Eval and c from EnergySpec.Kinetic.
//
// Further powers, declared in EnergySpec.Powers:
//
//	PowerExact   Exacter       thermodynamics known without sampling
//	PowerGround  Exacter       the same at T = 0, beta = +Inf
//	PowerSlope   EnergySloper  dE/dx
//	PowerLinks   Linker        matrix elements between configurations
//	PowerRows    Given         configurations of its density
//	PowerLabels       Labelled     classes of their own
//	PowerTransformed  Transformed  their units, where those of the data are others
//	PowerUnknown  (no methods)  there is no E, only rows
//	PowerClusters  Bonded      couplings of pairs, none of them frustrated
type Energy interface {
	// Spec is constant over the value's life.
	Spec() EnergySpec

	// Eval writes E(x_i) of b.X, or V(x_i), into dst; len(dst) = b.N. Totals,
	// not per site, in EnergySpec.Units.
	Eval(dst []float64, b *Batch) error
}

// EnergySpec is what a bound energy says of itself.
type EnergySpec struct {
	// Space of its configurations; the model is built on it.
	Space Space `json:"space"`
	// Units of E, for instance "J". k_B = 1, so temperature has the same units.
	Units string `json:"units"`
	// Kinetic is c = hbar^2/2m of quantum particles, in Units times the square
	// of the unit of length; 0 where E(x) is all. It makes any differentiable
	// potential a quantum Hamiltonian. Of a mixed space the model says which fields
	// are quantum: its Laplacian is about these.
	Kinetic float64 `json:"kinetic,omitempty"`
	// Degree of V in all lengths, those of the box too, where it is homogeneous:
	// V(sx; sL) = s^Degree V(x; L), -1 of charges. 0 where it is not, or not known.
	Degree float64 `json:"degree,omitempty"`
	// Scale of Units and of the unit of length, where the settings change them.
	Scale Scale `json:"scale,omitzero"`
	// FermiTemperature in Units, which a run file may give its temperature in, that of the
	// kind of most particles; 0 where there is none.
	FermiTemperature float64 `json:"fermi_temperature,omitempty"`
	// UnpolarisedFermiTemperature is that at the same density of all with as many
	// particles of one spin as of the other; 0 where it is not known.
	UnpolarisedFermiTemperature float64 `json:"unpolarised_fermi_temperature,omitempty"`
	// Symmetries of E, for instance Z2 when there is no field.
	Symmetries []Symmetry `json:"symmetries,omitempty"`
	// Precision is the relative accuracy of E and its slope, up to which the host
	// checks the claims of a plugin; 0 is 1e-6. An energy in single precision
	// may need 1e-3.
	Precision float64 `json:"precision,omitempty"`
	// NotBitwise tells that equal calls, and a configuration in other batches, may give numbers
	// that differ by rounding, as on some accelerators: so may runs.
	NotBitwise bool `json:"not_bitwise,omitempty"`
	// Rows are the configurations of its density that are at hand, in ranges; none
	// without PowerRows.
	Rows []Range `json:"rows,omitempty"`
	// Start are configurations, one after the other, at which Markov chains begin, where the energy is
	// beyond all sense at random places of the space: those of a molecule's structure. Empty for these.
	Start []float64 `json:"start,omitempty"`
	// Symbols are the letters that levels stand for, the first also what comes after the end
	// of a string; empty where levels are numbers.
	Symbols []string `json:"symbols,omitempty"`
	// Forbids tells that E is +Inf where a model may well draw: hard constraints.
	Forbids bool `json:"forbids,omitempty"`
	// Dimension is how many numbers a row has in the units of the data; 0 where they are
	// its own.
	Dimension int `json:"dimension,omitempty"`
	// Powers beyond the Energy interface.
	Powers []Power `json:"powers,omitempty"`
	// Memory that it takes.
	Memory Memory `json:"memory,omitzero"`
	// Warnings are what the user should know of these settings, one sentence
	// each: what is allowed and yet probably a mistake, as a site that has no
	// coupling. They are shown by check and run, and kept in the results.
	Warnings []string `json:"warnings,omitempty"`
}

// EnergySloper is an energy that is differentiable in x.
type EnergySloper interface {
	// Slope writes dE/dx at b.X into slope and E into e: len(slope) = len(b.X),
	// len(e) = b.N. The forces are -slope.
	Slope(slope, e []float64, b *Batch) error
}

// Concurrent is an energy that several goroutines may ask at once, in the process where it is (see
// AbilityOf). It needs no power: chains in that process walk in blocks, each by itself, if they can.
type Concurrent interface {
	// EvalRows writes E of the len(e) configurations in x, row-major, and dE/dx into slope unless
	// that is nil. It starts no goroutines and keeps no slice.
	EvalRows(slope, e, x []float64) error
}

// Itself is a value with abilities that are no powers, Concurrent, Followed or Bonded, and that other
// types may embed: Go gives them its methods, also where their own Eval says something else.
type Itself interface {
	// Itself returns the value, a pointer, that the methods are about.
	Itself() Energy
}

// AbilityOf returns an energy as an ability T, if it has it: by methods that are about itself, and not
// about another energy that it embeds. A type that embeds an energy and leaves E as it is, or has
// methods of its own for all abilities, keeps them by an Itself of its own.
func AbilityOf[T any](e Energy) (ability T, ok bool) {
	if i, is := e.(Itself); is && i.Itself() != e {
		return ability, false
	}
	ability, ok = e.(T)
	return ability, ok
}

// PowerExact declares that the energy is an Exacter.
const PowerExact Power = "exact"

// PowerGround declares that Exact takes beta = +Inf, too: its values are then
// the limits for T -> 0, without those that have none, as ln Z.
const PowerGround Power = "ground"

// Exacter is an energy whose thermodynamics is known exactly, wholly or in part.
type Exacter interface {
	// Exact returns reference values at inverse temperature beta > 0.
	Exact(beta float64) (Exact, error)
}

// Exact holds exact values by observable name ("log_z", "free_energy",
// "energy", "entropy", "heat_capacity", "magnetization_abs", ...), normalised
// as that observable is: totals in the energy's units, magnetizations per site.
// "lowest_energy" is the least E of all configurations, at any beta.
// A quantity that is not known is absent. What only the free particles have is
// called "ideal_free_energy", "ideal_energy", "ideal_entropy".
type Exact struct {
	Values map[string]float64 `json:"values"`
	// Source says how they were obtained, for instance "Kaufman 1949,
	// finite periodic lattice" or "enumeration of 2^20 states".
	Source string `json:"source"`
}
