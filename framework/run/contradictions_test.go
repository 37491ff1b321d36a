package run

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// Which rows of a phase carry the contradiction that one of them shows: of chains all, of a
// model averages, but neither its bound nor what is reweighted, unless that is what is wrong, and the bound only
// where weights are too large; of rows of data none. A model's average that is far from the exact one has a word of its own.
func TestContradict(t *testing.T) {
	row := func(name string, value, stderr float64) core.Estimate {
		return core.Scalar(name, name, value, stderr, "1", 1000)
	}
	bound, logZ := row("free_energy", -9, 0.1), row("log_z", 20, 0.1)
	bound.Bound, logZ.Reweighted = 1, true
	noneLogZ := row("log_z_orbit", 0.6, 0.1)
	noneLogZ.Reweighted = true
	integrated := row("log_z", 20+1e-5, 1e-7)
	integrated.Reweighted = true
	smallLogZ, largeLogZ := logZ, logZ
	many := row("energy", -7.99, 0.001) // ten errors and a hundredth of the standard deviation of a draw
	many.N = 1000000
	smallLogZ.Value, largeLogZ.Value = []float64{19.4}, []float64{20.6}
	for name, c := range map[string]struct {
		source core.Source
		rows   []core.Estimate
		want   map[string]bool
	}{
		"chains with a magnetization": {core.OfChains, []core.Estimate{row("magnetization", 0.5, 0.1), row("energy", -8, 0.1)},
			map[string]bool{"magnetization": true, "energy": true}},
		"a model with a magnetization": {core.OfModel, []core.Estimate{row("magnetization", 0.5, 0.1), row("energy", -8, 0.1), bound, logZ},
			map[string]bool{"magnetization": true, "energy": true}},
		"a magnetization within its error":                      {core.OfChains, []core.Estimate{row("magnetization", 0.39, 0.1), row("energy", -8, 0.1)}, nil},
		"chains with another energy":                            {core.OfChains, []core.Estimate{row("energy", -7.4, 0.1)}, map[string]bool{"energy": true}},
		"a model with another energy":                           {core.OfModel, []core.Estimate{row("energy", -7.4, 0.1), row("magnetization", 0.1, 0.1)}, map[string]bool{"energy": true}},
		"a model with nearly the energy, which many draws tell": {core.OfModel, []core.Estimate{many}, nil},
		"a model with weights that miss something": {core.OfModel, []core.Estimate{row("energy", -8, 0.1), bound, smallLogZ},
			map[string]bool{"energy": true, "log_z": true}},
		"a model whose density is not normalised": {core.OfModel, []core.Estimate{row("energy", -8, 0.1), bound, largeLogZ},
			map[string]bool{"energy": true, "free_energy": true, "log_z": true}},
		"a density that an integrator normalises": {core.OfModel, []core.Estimate{row("energy", -8, 0.1), bound, integrated}, map[string]bool{"log_z": true}},
		"weights whose exact ln Z is 0":           {core.OfModel, []core.Estimate{noneLogZ}, map[string]bool{"log_z_orbit": true}},
		"chains that do not move": {core.OfChains, []core.Estimate{row("energy", -8, 0.1), row("acceptance", 0, 0)},
			map[string]bool{"energy": true, "acceptance": true}},
		"a model's loss on rows of data": {core.OfData, []core.Estimate{row("energy", -7, 0.1), row("magnetization", 0.5, 0.1)}, nil},
		"a lower bound that is not sure": {core.OfChains, []core.Estimate{row("free_energy_lower", -12, 0.1)}, nil},
		"a lower bound above":            {core.OfChains, []core.Estimate{row("free_energy_lower", -9, 0.1)}, map[string]bool{"free_energy_lower": true}},
		"errors that are unknown":        {core.OfChains, []core.Estimate{row("energy", -7, 0)}, nil},
	} {
		r := &runner{plan: &plan.Plan{Beta: 1}, results: &core.Results{Exact: map[string]float64{"magnetization": 0, "energy": -8, "log_z": 20, "free_energy": -10, "free_energy_lower": -10, "log_z_orbit": 0}}}
		r.parts.Energy = coin{}
		p := phase{source: c.source}
		for i, e := range c.rows {
			e.Value, e.Stderr, e.Cautions = append([]float64(nil), e.Value...), append([]float64(nil), e.Stderr...), nil
			r.estimates = append(r.estimates, []core.Estimate{e})
			r.parts.Estimators = append(r.parts.Estimators, nil)
			p.estimators = append(p.estimators, i)
		}
		r.contradict(p)
		var about []core.Caution
		for _, rows := range r.estimates {
			about = append(about, rows[0].Cautions...)
		}
		for i := range r.estimates {
			e := &r.estimates[i][0]
			r.warn(i, about)
			if flagged := len(e.Cautions) > 0; flagged != c.want[e.Name] {
				t.Errorf("%s: %s has the cautions %v", name, e.Name, e.Cautions)
			}
		}
	}
}
