package run

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/learn"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// givers are the parts of the run as what gives columns, with the host's rules, of which
// one couples paths.
func (r *runner) givers(paths core.Coupling) (all []*learn.Part) {
	energy := r.parts.Energy.Spec()
	var model *core.ModelSpec
	if r.parts.Model != nil {
		spec := r.parts.Model.Spec()
		model = &spec
	}
	for _, g := range r.plan.Givers(energy, model) {
		p := &learn.Part{Giver: g, Sizes: r.sizes}
		switch g.Rows[0].Kind {
		case core.KindModel:
			p.Instance, p.Blame = core.InstanceOf(r.parts.Model), r.blameModel
		case core.KindEnergy:
			p.Instance, p.Blame = core.InstanceOf(r.parts.Energy), r.blameEnergy
		default: // what is wrong with a local energy is wrong with Psi, and with ln p = w - ln Z with w
			p.Sizes.LogP = 1
			p.Instance, p.Blame = core.Local{Part: core.Host{Kinetic: energy.Kinetic, Coupler: learn.NewCoupler(paths, energy.Space)}}, r.blameModel
		}
		all = append(all, p)
	}
	return all
}

// learner is the model as what [train] and [[term]] say to do with it.
func (r *runner) learner() *learn.Learner {
	givers := r.givers(core.Coupling{})
	model := givers[slices.IndexFunc(givers, func(p *learn.Part) bool { return p.Rows[0].Kind == core.KindModel })]
	var terms []*learn.Term
	planned := r.plan.AllTerms()
	for k, bound := range r.terms() {
		t := planned[k]
		source, parts := r.source(t, bound, model), r.givers(bound.Objective.Spec().Coupling)
		for _, g := range t.Givers() {
			parts = append(parts, &learn.Part{Giver: g, Sizes: r.sizes, Instance: core.InstanceOf(bound.Teacher), Blame: r.blameModel})
		}
		beta := r.anneal.At
		if t.Source() == core.OfData { // data is drawn at the run's own temperature
			beta = func(int64) float64 { return r.plan.Beta }
		}
		copies := bound.Objective.Spec().Copies
		terms = append(terms, &learn.Term{Name: t.Name, Objective: bound.Objective, Source: source, Parts: parts, Weight: t.Weight, Batch: t.Batch * max(1, copies), Shares: r.plan.Train.Shares, Copies: copies, Beta: beta,
			Blame: func(err error) error { return core.Blame(core.KindObjective, t.Objective, err) }})
	}
	return &learn.Learner{Model: model, Theta: r.theta, Factors: r.parts.Model.Spec().Factors, Damping: r.parts.Model.Spec().FactorDamping, Optimizer: r.parts.Optimizer,
		Blame: func(err error) error { return core.Blame(core.KindOptimizer, r.plan.Train.Optimizer, err) }, Terms: terms}
}

// source is where a term's configurations come from, in the role that its objective wants.
func (r *runner) source(t plan.Term, bound Term, model *learn.Part) *learn.Source {
	spec := bound.Objective.Spec()
	source := &learn.Source{Name: t.Table(), Draw: bound.Data, Gives: t.Drawn(), Blame: r.blameModel}
	if t.Source() == core.OfData {
		source.Blame = r.blameEnergy
	}
	if spec.Beside != "" {
		rows := &learn.Source{Name: t.Table(), Draw: bound.Data, Gives: []core.Column{core.X}, Blame: r.blameEnergy}
		source.Draw, source.Parents = nil, []learn.Parent{{Source: rows, Role: spec.Beside}}
	}
	if source.Draw == nil {
		source.Draw = sample.Direct{Density: r.parts.Model}
		if r.can(core.PowerWalk) {
			source.Chains = model
		}
	}
	base := r.parts.Model.Spec().Base
	source.Draw = copied(source.Draw, spec.Copies)
	if t.OfTeacher() {
		return &learn.Source{Name: t.Table(), Blame: r.blameModel, Noise: spec.Noise, Base: base}
	}
	if spec.Role == "" {
		source.Noise, source.Base = spec.Noise, base
		return source
	}
	return &learn.Source{Name: t.Table(), Blame: source.Blame, Noise: spec.Noise, Base: base, Parents: []learn.Parent{{Source: source, Role: spec.Role}}}
}

// copied draws so many copies of each configuration.
func copied(of core.Sampler, copies int) core.Sampler {
	if copies > 1 {
		return &sample.Copies{Of: of, Times: copies}
	}
	return of
}

// terms are those of the plan, with their objectives.
func (r *runner) terms() []Term {
	return append([]Term{{r.parts.Objective, r.parts.Data, r.parts.Teacher}}, r.parts.Terms...)
}

// power is a part as what its Spec declares it to be.
func power[T any](part any, name core.Power) (T, error) {
	p, ok := part.(T)
	if !ok {
		return p, core.Errorf(core.Unsupported, "", "", "declares the power %q and does not have it", name)
	}
	return p, nil
}

func (r *runner) blameModel(err error) error {
	return core.Blame(core.KindModel, r.plan.Model.Plugin, err)
}

func (r *runner) blameEnergy(err error) error {
	return core.Blame(core.KindEnergy, r.plan.Energy.Plugin, err)
}
