package coretest

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// molecule is a nucleus R in a well and electrons r_i in one about it, with a unit vector
// n that it pulls along,
//
//	E = R^2/2 + sum_i (r_i - R)^2 - R . n,
//
// with every symmetry that moves a field: electrons change places, all turn together.
func molecule(electrons, dimension int) core.Part {
	type config struct{}
	return core.Part{
		Manifest: core.Manifest{Kind: core.KindEnergy, Name: "molecule", Version: "1", Summary: "several fields", Params: core.SchemaOf(config{})},
		NewEnergy: func(core.Settings) (core.Energy, error) {
			space := core.Space{Kind: core.Mixed, Fields: []core.NamedSpace{
				{Name: "nuclei", Space: core.Space{Kind: core.Particles, Shape: []int{1, dimension}}},
				{Name: "electrons", Space: core.Space{Kind: core.Particles, Shape: []int{electrons, dimension}}},
				{Name: "spin", Space: core.Space{Kind: core.Sphere, Shape: []int{1, dimension}}}}}
			m := &moleculeEnergy{space: space, size: space.Size(), dimension: dimension}
			m.nuclei, _ = space.View("nuclei")
			m.electrons, _ = space.View("electrons")
			m.spin, _ = space.View("spin")
			return m, nil
		},
	}
}

type moleculeEnergy struct {
	space                   core.Space
	nuclei, electrons, spin core.View
	size, dimension         int
}

func (m *moleculeEnergy) Spec() core.EnergySpec {
	return core.EnergySpec{Space: m.space, Units: "1", Powers: []core.Power{core.PowerSlope},
		Symmetries: []core.Symmetry{core.Permutation, core.Rotation, core.Z2}}
}

func (m *moleculeEnergy) Eval(dst []float64, b *core.Batch) error {
	return m.Slope(make([]float64, len(b.X)), dst, b)
}

func (m *moleculeEnergy) Slope(slope, e []float64, b *core.Batch) error {
	for i := range e {
		at := func(v core.View, x []float64) []float64 { return v.Of(x, i, m.size) }
		nucleus, spin := at(m.nuclei, b.X), at(m.spin, b.X)
		ofNucleus, ofSpin, ofElectrons := at(m.nuclei, slope), at(m.spin, slope), at(m.electrons, slope)
		e[i] = 0
		for a, v := range nucleus {
			e[i] += v*v/2 - v*spin[a]
			ofNucleus[a], ofSpin[a] = v-spin[a], -v
		}
		for k, r := range at(m.electrons, b.X) {
			d := r - nucleus[k%m.dimension]
			e[i] += d * d
			ofElectrons[k] = 2 * d
			ofNucleus[k%m.dimension] -= 2 * d
		}
	}
	return nil
}

func TestMixedEnergy(t *testing.T) {
	EnergyPart(t, molecule(3, 3), nil, EnergyOptions{})
}

// A nucleus and an electron on a line, also through the wire.
func TestMixedModel(t *testing.T) {
	line := core.Space{Kind: core.Particles, Shape: []int{1, 1}}
	ModelPart(t, Gaussian(), nil, core.Space{Kind: core.Mixed, Fields: []core.NamedSpace{{Name: "nuclei", Space: line}, {Name: "electrons", Space: line}}}, ModelOptions{})
}
