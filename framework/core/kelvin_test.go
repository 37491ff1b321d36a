package core

import (
	"math"
	"testing"
)

// The molar gas constant and Boltzmann's constant in other units, as NIST lists them (CODATA 2022).
func TestBoltzmann(t *testing.T) {
	for units, want := range map[string]float64{"kJ/mol": 8.314462618e-3, "kcal/mol": 8.314462618e-3 / 4.184, "eV": 8.617333262e-5, "meV": 8.617333262e-2,
		"Ha": 3.1668115634564e-6, "Ry": 2 * 3.1668115634564e-6, "K": 1} {
		if k, ok := (EnergySpec{Units: units}).Boltzmann(); !ok || math.Abs(k/want-1) > 2e-10 { // the digits that are listed
			t.Errorf("k_B = %v %s/K, %v, want %v", k, units, ok, want)
		}
	}
	for _, units := range []string{"J", "1", "", "hbar omega"} {
		if k, ok := (EnergySpec{Units: units}).Boltzmann(); ok {
			t.Errorf("units %q have k_B = %v", units, k)
		}
	}
	gas := EnergySpec{Units: "Ry/r_s^2", Scale: Scale{Energy: 0.25, EnergyUnits: "Ry", Length: 2, LengthUnits: "Bohr"}}
	if k, ok := gas.Boltzmann(); !ok || k != 4*perKelvin["Ry"] {
		t.Errorf("k_B = %v, %v in units of Ry/4", k, ok)
	}
}

func TestCheckStart(t *testing.T) {
	s := EnergySpec{Space: Space{Kind: Particles, Shape: []int{2, 3}}}
	for n, want := range map[int]string{0: "", 6: "", 12: "", 7: "start has 7 numbers, and configurations have 6, of which 10000 are the most",
		60006: "start has 60006 numbers, and configurations have 6, of which 10000 are the most"} {
		s.Start = make([]float64, n)
		if err := s.CheckStart(); want == "" && err != nil || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("%d numbers: %v, want %q", n, err, want)
		}
	}
	s.Start = []float64{0, 0, 0, 0, math.NaN(), 0}
	if err := s.CheckStart(); err == nil {
		t.Error("NaN is taken for a place")
	}
}
