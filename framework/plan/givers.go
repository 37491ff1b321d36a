package plan

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/recipe"
)

// Givers are what gives columns in a run of this plan: the energy, the model if
// there is one, and the host's rules. It is the one place that knows that a quantum
// Hamiltonian gives V where its row says E.
func (p *Plan) Givers(energy core.EnergySpec, model *core.ModelSpec) []*recipe.Giver {
	e := recipe.NewGiver(core.KindEnergy, p.Energy.Plugin, energy.Powers)
	givers := []*recipe.Giver{e}
	if energy.Quantum() {
		e.Actual = map[core.Column]core.Column{core.E: core.V}
	}
	if model != nil {
		m := recipe.NewGiver(core.KindModel, p.Model.Plugin, model.Powers)
		givers = append(givers, m)
		if slices.Contains(energy.Powers, core.PowerLinks) {
			givers = append(givers, m.InRole(core.RoleLink), &recipe.Giver{Name: "H = V + links", Rows: []*core.Row{core.RowLinkedEnergy}})
		}
	}
	if energy.Kinetic > 0 {
		givers = append(givers, &recipe.Giver{Name: "H = -c lap + V", Rows: []*core.Row{core.RowLocalEnergy}})
	}
	return givers
}

// Known is what is known of training configurations before any call: all that a draw of
// the model gives, of data and chains the configurations alone.
func (p *Plan) Known() []core.Column {
	if p.Train.Data != "" {
		return []core.Column{core.X}
	}
	return core.Drawn
}

// TrainingStep is the calls of a training step of parts that Fit found to fit: those
// that complete what was drawn, and the pull-back.
func (p *Plan) TrainingStep(b Bound) (complete []recipe.Step, pull recipe.Step) {
	complete, _ = recipe.Find(b.Objective.Wants, p.Known(), p.Givers(b.Energy, b.Model))
	model := recipe.NewGiver(core.KindModel, p.Model.Plugin, b.Model.Powers)
	return complete, recipe.Step{Giver: model, Row: recipe.PullBack(model.Rows, b.Objective.Bars, b.Optimizer.Direction)}
}
