package coretest

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// energyGround tests the values at T = 0 and near both ends of temperature. For
// spins whose states can be enumerated, S is the logarithm of the number of
// states whose energy is the lowest within 1e-12 of the largest |E|.
func energyGround(t *testing.T, e core.Energy, o EnergyOptions) {
	energyNeeds(t, e, core.PowerGround)
	x := exact(t, e, math.Inf(1)).Values
	if _, ok := x["log_z"]; ok {
		t.Error("there is an ln Z at T = 0")
	}
	lowest, ok := x["lowest_energy"]
	if !ok {
		lowest = x["energy"]
	}
	near(t, "energy and free energy at T = 0", []float64{x["energy"], x["free_energy"]}, []float64{lowest, lowest}, o.Tolerance)
	s := e.Spec()
	alsoWarm := slices.Contains(s.Powers, core.PowerExact)
	for _, beta := range []float64{1e-300, 1e13, 1e300} {
		if !alsoWarm {
			break
		}
		if v, ok := exact(t, e, beta).Values["lowest_energy"]; ok {
			near(t, "lowest_energy at another temperature", []float64{v}, []float64{lowest}, o.Tolerance)
		}
	}
	states := enumerate(s.Space.Values(), o.MaxStates)
	if len(states) == 0 {
		return
	}
	energies := allowed(eval(t, e, states))
	least, count := slices.Min(energies), 0
	largest := max(-least, slices.Max(energies))
	for _, v := range energies {
		if v-least <= 1e-12*largest {
			count++
		}
	}
	near(t, "lowest energy against enumeration", []float64{lowest}, []float64{least}, o.Tolerance)
	near(t, "entropy at T = 0", []float64{x["entropy"]}, []float64{math.Log(float64(count))}, o.Tolerance)
	if !alsoWarm {
		return
	}
	cold, hot := exact(t, e, 1e16/(largest+1)).Values, exact(t, e, 1e-300).Values
	if v, ok := cold["entropy"]; ok {
		near(t, "entropy near T = 0", []float64{v}, []float64{math.Log(float64(count))}, o.Tolerance)
	}
	if v, ok := hot["entropy"]; ok {
		near(t, "entropy at beta = 1e-300", []float64{v}, []float64{math.Log(float64(len(energies)))}, o.Tolerance)
	}
}
