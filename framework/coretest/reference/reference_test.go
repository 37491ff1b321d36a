package reference_test

import (
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/coretest/reference"
)

func TestParts(t *testing.T) {
	ring := core.Space{Kind: core.Spins, Shape: []int{6}, Lattice: "square", Periodic: true}
	balanced := func(r *rand.Rand, x []float64) { // without magnetisation
		for k, j := range r.Perm(len(x)) {
			x[j] = float64(1 - 2*(k&1))
		}
	}
	t.Run("bridge", func(t *testing.T) {
		coretest.ModelPart(t, reference.Bridge(), nil, core.Space{Kind: core.Field, Shape: []int{2}}, coretest.ModelOptions{})
	})
	t.Run("ornstein", func(t *testing.T) {
		coretest.ModelPart(t, reference.Ornstein(1), nil, core.Space{Kind: core.Field, Shape: []int{2}}, coretest.ModelOptions{})
	})
	t.Run("factor", func(t *testing.T) {
		coretest.ModelPart(t, reference.Factor(), nil, core.Space{Kind: core.Field, Shape: []int{2}}, coretest.ModelOptions{})
	})
	t.Run("jastrow", func(t *testing.T) {
		coretest.ModelPart(t, reference.Jastrow(false), nil, ring, coretest.ModelOptions{})
	})
	t.Run("boltzmann", func(t *testing.T) {
		coretest.ModelPart(t, reference.Boltzmann(3, 2), nil, core.Space{Kind: core.Spins, Shape: []int{4}}, coretest.ModelOptions{})
	})
	t.Run("transverse ising", func(t *testing.T) {
		coretest.EnergyPart(t, reference.TransverseIsing(6, 1), nil, coretest.EnergyOptions{})
	})
	t.Run("points", func(t *testing.T) {
		coretest.EnergyPart(t, reference.Points([]float64{-1, 0.5, 2}), nil, coretest.EnergyOptions{})
	})
	t.Run("heisenberg", func(t *testing.T) {
		coretest.EnergyPart(t, reference.Heisenberg(6), nil, coretest.EnergyOptions{Draw: balanced})
	})
}
