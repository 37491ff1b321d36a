package estimators

import (
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func TestDefault(t *testing.T) {
	spins := setting(beta)
	alone := spins
	alone.Model, alone.Chains = core.ModelSpec{}, true
	moving := spins
	moving.Chains = true
	field := setting(beta)
	field.Energy.Space = core.Space{Kind: core.Field, Shape: []int{4, 4}, Periodic: true}
	field.Energy.Powers = []core.Power{core.PowerSlope}
	open := field
	open.Energy.Space.Periodic = false
	sampled := field
	sampled.Model, sampled.Chains = core.ModelSpec{}, true
	gas := setting(beta)
	gas.Energy.Space = core.Space{Kind: core.Particles, Shape: []int{3, 2}}
	trap := quantumSetting()
	box := trap
	box.Energy.Space.Periodic, box.Energy.Space.Box = true, []float64{4}
	forced, charged := trap, box
	forced.Energy.Powers, charged.Energy.Degree = []core.Power{core.PowerSlope}, -1
	walking := box
	walking.Model.Powers = []core.Power{core.PowerQuantum, core.PowerWalk}
	density := trap
	density.Model.Powers = nil
	cold := trap
	cold.Beta = math.Inf(1)
	carried := open
	carried.Paths = true
	for _, c := range []struct {
		name    string
		setting core.Setting
		want    string
	}{
		{"draws that are carried on", carried, "free_energy energy heat_capacity magnetization magnetization_abs magnetization_squared binder_cumulant field_squared susceptibility log_z free_energy_reweighted effective_sample_size virial_residual_reweighted"},
		{"spins", spins, "free_energy energy entropy heat_capacity lowest_energy magnetization magnetization_abs magnetization_squared log_z free_energy_reweighted effective_sample_size"},
		{"ground state", setting(math.Inf(1)), "free_energy energy entropy lowest_energy magnetization magnetization_abs magnetization_squared"},
		{"chains without a model", alone, "energy heat_capacity lowest_energy magnetization magnetization_abs magnetization_squared acceptance"},
		{"chains with a model", moving, "free_energy energy entropy heat_capacity lowest_energy magnetization magnetization_abs magnetization_squared log_z free_energy_reweighted effective_sample_size acceptance"},
		{"field", field, "free_energy energy entropy heat_capacity magnetization magnetization_abs magnetization_squared binder_cumulant field_squared susceptibility correlation_length two_point_correlation log_z free_energy_reweighted effective_sample_size virial_residual_reweighted"},
		{"field without a lattice", open, "free_energy energy entropy heat_capacity magnetization magnetization_abs magnetization_squared binder_cumulant field_squared susceptibility log_z free_energy_reweighted effective_sample_size virial_residual_reweighted"},
		{"chains of a field", sampled, "energy heat_capacity magnetization magnetization_abs magnetization_squared binder_cumulant field_squared susceptibility correlation_length two_point_correlation virial_residual acceptance"},
		{"particles", gas, "free_energy energy entropy heat_capacity mean_square_radius log_z free_energy_reweighted effective_sample_size"},
		{"density matrix in a trap", trap, "free_energy energy kinetic_energy potential_energy entropy mean_square_radius"},
		{"density matrix in a box", box, "free_energy energy kinetic_energy potential_energy entropy"},
		{"density matrix in a trap with forces", forced, "free_energy energy kinetic_energy potential_energy entropy mean_square_radius virial_residual"},
		{"density matrix of charges", charged, "free_energy energy kinetic_energy potential_energy pressure entropy"},
		{"density matrix by chains", walking, "free_energy energy kinetic_energy potential_energy entropy acceptance"},
		{"quantum energy without a density matrix", density, "free_energy energy entropy mean_square_radius"},
		{"quantum ground state", cold, "free_energy energy kinetic_energy potential_energy entropy mean_square_radius"},
	} {
		if got := strings.Join(Default(c.setting), " "); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// What is about the density of the model is refused of draws that have left it.
func TestPathsHaveNoDensity(t *testing.T) {
	s := setting(beta)
	s.Exact = map[string]float64{"log_z": 0}
	for name, settings := range map[string]core.Settings{"entropy": nil, "transport_cost": nil, "alpha_divergence": {"alpha": 0.5}} {
		s.Paths = false
		if _, err := build(name, settings, s); err != nil {
			t.Errorf("%s of draws of the model: %v", name, err)
		}
		s.Paths = true
		if _, err := build(name, settings, s); core.KindOf(err) != core.Unsupported || !strings.Contains(err.Error(), "the sampler carries the model's draws away from it") {
			t.Errorf("%s of draws that are carried on: %v", name, err)
		}
	}
}
