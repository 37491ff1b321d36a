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
	givers = append(givers, &recipe.Giver{Name: "path", Rows: []*core.Row{core.RowInterpolate, core.RowArc, core.RowCouple, core.RowDisplacement, core.RowResidual}},
		&recipe.Giver{Name: "noise", Rows: []*core.Row{core.RowPerturb, core.RowDenoised, core.RowScoreSquare}})
	if model != nil && slices.Contains(model.Powers, core.PowerWeak) {
		m := recipe.NewGiver(core.KindModel, p.Model.Plugin, model.Powers)
		givers = append(givers, m.InRole(core.RolePair), e.InRole(core.RolePair), &recipe.Giver{Name: "pairs", Rows: []*core.Row{core.RowWeakDerivative}})
	}
	if model != nil && slices.Contains(model.Powers, core.PowerMove) {
		moved := recipe.NewGiver(core.KindModel, p.Model.Plugin+" where it moves", nil)
		moved.Rows, moved.Actual = []*core.Row{core.RowLogWeight}, map[core.Column]core.Column{core.X: core.Moved, core.LogWeight: core.MovedWeight}
		givers = append(givers, moved)
	}
	if model != nil && slices.Contains(model.Powers, core.PowerLogZ) {
		givers = append(givers, &recipe.Giver{Name: "p = exp(w)/Z", Rows: []*core.Row{core.RowNormalise}})
	}
	if energy.Kinetic > 0 {
		givers = append(givers, &recipe.Giver{Name: "H = -c lap + V", Rows: []*core.Row{core.RowLocalEnergy}})
	}
	return givers
}

// Givers are what gives columns to this term alone: its teacher, which carries the starts of
// paths to their ends.
func (t Term) Givers() []*recipe.Giver {
	if !t.OfTeacher() {
		return nil
	}
	return []*recipe.Giver{{Name: "the teacher", Rows: []*core.Row{core.RowMap},
		Actual: map[core.Column]core.Column{core.Z: core.X.In(core.RoleStart), core.X: core.X.In(core.RoleEnd), core.LogDet: core.LogDet.In(core.RoleEnd)}}}
}

// TermStep is the calls of a training step for a term: those that complete what was
// drawn, then the pull-back.
type TermStep struct {
	Term
	Calls []recipe.Step
}

// TrainingStep is the calls of a training step of parts that Fit found to fit.
func (p *Plan) TrainingStep(b Bound) (all []TermStep) {
	givers, model := p.Givers(b.Energy, b.Model), recipe.NewGiver(core.KindModel, p.Model.Plugin, b.Model.Powers)
	for k, t := range p.AllTerms() {
		spec := b.objectives()[k]
		calls, _ := recipe.Find(spec.Wants, spec.Gives(t.Drawn()), append(givers, t.Givers()...))
		pull := recipe.Step{Giver: model, Row: recipe.PullBack(model.Rows, spec.Bars, b.Optimizer.Direction)}
		all = append(all, TermStep{t, append(calls, pull)})
	}
	return all
}
