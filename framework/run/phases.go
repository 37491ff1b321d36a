package run

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/learn"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// phase is one source of configurations and what is done with them.
type phase struct {
	name       Phase
	op         string // for messages
	sampler    core.Sampler
	purpose    uint64
	total      int64 // configurations
	most       int64 // of them, where there are targets, else 0
	group      int64 // draws come in multiples of it
	gives      []core.Column
	blame      func(error) error
	estimators []int // that see the draws, by place
	keep       bool  // whether the samples to keep are of this phase

	always bool              // whether calls are made though a draw knows E
	calls  *learn.Completion // of a batch
}

// phases are the draws of an evaluation: first from the trained model, then the rows of an
// energy that has some, and last, if the plan has a sampler of another density, from that.
func (r *runner) phases() (all []phase, err error) {
	apart := r.plan.Apart()
	if r.parts.Model != nil {
		if p := r.ofModel(apart); len(p.estimators) > 0 || p.keep {
			all = append(all, p)
		}
	}
	rows, err := r.ofRows()
	if err != nil {
		return nil, err
	}
	all = append(all, rows...)
	if apart {
		all = append(all, phase{name: Sampling, op: "draw from " + r.plan.Sampler.Plugin, sampler: r.parts.Sampler, purpose: purposeChains,
			total: int64(r.plan.Evaluate.Samples), most: r.plan.MostSamples(), group: int64(r.plan.Chains()), gives: core.Drawn, blame: func(err error) error { return err },
			estimators: r.estimatorsOf(core.OfEither, core.OfChains, core.OfDrawsAndRows), keep: true})
	}
	return all, nil
}

// ofModel are the draws from the model; where others are drawn apart, only those that are
// about the model.
func (r *runner) ofModel(apart bool) phase {
	p := phase{name: Evaluating, op: "after training", sampler: r.parts.Sampler, purpose: purposeEvaluate,
		total: int64(r.plan.Evaluate.Samples), most: r.plan.MostSamples(), group: 1, gives: r.parts.Model.Spec().Drawn(), blame: r.blameModel, keep: !apart}
	if p.estimators = r.estimatorsOf(core.OfModel); !apart {
		p.estimators = r.estimatorsOf(core.OfModel, core.OfEither, core.OfDrawsAndRows)
	}
	if apart || p.sampler == nil || len(r.plan.Evaluate.Orbit) > 0 {
		p.sampler = sample.Direct{Density: r.density()}
	}
	if r.can(core.PowerWalk) {
		p.group = int64(r.plan.Evaluate.Batch)
	}
	return p
}

// density is what draws from the model are drawn from.
func (r *runner) density() core.Density {
	if r.parts.Density != nil {
		return r.parts.Density
	}
	return r.parts.Model
}

// ofRows are the rows of the energy, range by range, if anybody judges by them.
func (r *runner) ofRows() (all []phase, err error) {
	estimators := r.estimatorsOf(core.OfData, core.OfDrawsAndRows)
	if len(estimators) == 0 {
		return nil, nil
	}
	given, err := r.given()
	if err != nil {
		return nil, err
	}
	for _, rows := range r.parts.Energy.Spec().Rows {
		given.From, given.To = rows.From, rows.To
		s := sample.InOrder{Given: given, Batch: r.plan.Evaluate.Batch, Most: r.plan.Evaluate.Rows}
		all = append(all, phase{name: Judging + Phase(" "+rows.Name), op: "judge the rows " + rows.Name, sampler: s, total: int64(s.Total()), group: 1,
			gives: []core.Column{core.X, core.RowNumber}, blame: r.blameEnergy, estimators: estimators})
	}
	return all, nil
}

// given are the rows of the energy.
func (r *runner) given() (sample.Given, error) {
	of, err := power[core.Given](r.parts.Energy, core.PowerRows)
	if err != nil {
		err = r.blameEnergy(err)
	}
	return sample.Given{Of: of, Size: r.sizes.X}, err
}

// passed tells whether an earlier process finished the first of these phases: it had begun
// one of the others.
func (r *runner) passed(phases []phase) bool {
	return r.evaluation != nil && slices.ContainsFunc(phases[1:], func(p phase) bool { return r.evaluation.Phase == string(p.name) })
}

// complete finds the calls by which a batch of a phase gets what its estimators read, and
// of samples that are kept E, where it is known.
func (r *runner) complete(p *phase) (err error) {
	var want []core.Column
	if p.keep && !slices.Contains(r.parts.Energy.Spec().Powers, core.PowerUnknown) {
		want = append(want, core.E)
	}
	p.always = false
	for _, i := range p.estimators {
		spec := r.parts.Estimators[i].Spec()
		reads := spec.Reads()
		if slices.Contains(spec.EnergyPowers, core.PowerSlope) {
			reads = append(slices.Clone(reads), core.Slope)
		}
		for _, c := range reads {
			if !slices.Contains(want, c) && !slices.Contains(p.gives, c) {
				want, p.always = append(want, c), true
			}
		}
	}
	p.calls, err = learn.Complete(want, p.gives, r.givers(core.Coupling{}))
	return err
}

// estimatorsOf finds the estimators of configurations from given sources.
func (r *runner) estimatorsOf(sources ...core.Source) (places []int) {
	for i, e := range r.parts.Estimators {
		if slices.Contains(sources, e.Spec().Source) {
			places = append(places, i)
		}
	}
	return places
}
