package core

import "math"

// Scale is how large the units of an energy are where its settings change them: of an electron gas with
// energies in Ry/r_s^2 and lengths in r_s Bohr radii, Energy is 1/r_s^2 Ry and Length r_s Bohr radii. Runs
// with different settings can then be compared, as derivatives by the volume need. The zero Scale is of
// units that are the same for all settings.
type Scale struct {
	// Energy is one of EnergySpec.Units in EnergyUnits, > 0.
	Energy      float64 `json:"energy"`
	EnergyUnits string  `json:"energy_units"`
	// Length is one unit of length in LengthUnits, > 0.
	Length      float64 `json:"length"`
	LengthUnits string  `json:"length_units"`
}

// Fault says what is wrong with a scale, "" where nothing is.
func (s Scale) Fault() string {
	switch {
	case s == Scale{}:
	case !(s.Energy > 0 && s.Length > 0) || math.IsInf(s.Energy, 0) || math.IsInf(s.Length, 0):
		return "its energy and length must be finite and above 0"
	case s.EnergyUnits == "" || s.LengthUnits == "":
		return "its energy and length need units"
	}
	return ""
}

// Conditions are those under which a free energy is meant, beside the space.
type Conditions struct {
	// Temperature in the energy's units, k_B = 1; 0 is the ground state.
	Temperature float64 `json:"temperature"`
	Scale       Scale   `json:"scale,omitzero"`
	// Quantum tells that free energies are those of a density matrix, with all factors that depend on the
	// number of particles.
	Quantum bool `json:"quantum,omitempty"`
}

// ConditionsOf an energy at an inverse temperature; nil where E is not known, and there is no ensemble.
func ConditionsOf(e EnergySpec, beta float64) *Conditions {
	for _, p := range e.Powers {
		if p == PowerUnknown {
			return nil
		}
	}
	return &Conditions{Temperature: 1 / beta, Scale: e.Scale, Quantum: e.Kinetic > 0}
}
