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
	source     core.Source // of the configurations
	op         string      // for messages
	sampler    core.Sampler
	purpose    uint64
	total      int64 // configurations
	most       int64 // of them, where there are targets, else 0
	chains     int   // of the sampler, where each rank walks some of them
	group      int64 // draws come in multiples of it
	gives      []core.Column
	blame      func(error) error
	estimators []int // that see the draws, by place
	keep       bool  // whether the samples to keep are of this phase

	want    []core.Column     // that estimators read, and what is kept
	lacking []core.Column     // those of them that calls give
	calls   *learn.Completion // of a batch
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
		all = append(all, phase{name: Sampling, source: r.plan.Sampler.Source, op: "draw from " + r.plan.Sampler.Plugin, sampler: r.parts.Sampler, purpose: purposeChains,
			total: int64(r.plan.Evaluate.Samples), most: r.plan.MostSamples(), group: int64(r.plan.Chains()), gives: []core.Column{core.X}, blame: func(err error) error { return err },
			estimators: r.estimatorsOf(core.OfEither, core.OfChains, core.OfBoltzmann, core.OfModelAndBoltzmann, core.OfDrawsAndRows), keep: true})
	}
	return all, nil
}

// ofModel are the draws from the model; where others are drawn apart, only those that are
// about the model.
func (r *runner) ofModel(apart bool) phase {
	p := phase{name: Evaluating, source: core.OfModel, op: "after training", sampler: r.parts.Sampler, purpose: purposeEvaluate,
		total: int64(r.plan.Evaluate.Samples), most: r.plan.MostSamples(), group: 1, gives: r.parts.Model.Spec().Drawn(), blame: r.blameModel, keep: !apart}
	if p.estimators = r.estimatorsOf(core.OfModel, core.OfModelAndBoltzmann); !apart {
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
		all = append(all, phase{name: Judging + Phase(" "+rows.Name), source: core.OfData, op: "judge the rows " + rows.Name, sampler: s, total: int64(s.Total()), group: 1,
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

// wanted are the columns that a phase's estimators read, and of samples that are kept E,
// where it is known.
func (r *runner) wanted(p *phase) {
	p.want, p.calls = nil, nil
	if p.keep && !slices.Contains(r.parts.Energy.Spec().Powers, core.PowerUnknown) {
		p.want = append(p.want, core.E)
	}
	for _, i := range p.estimators {
		spec := r.parts.Estimators[i].Spec()
		reads := spec.Reads()
		if slices.Contains(spec.EnergyPowers, core.PowerSlope) {
			reads = append(slices.Clone(reads), core.Slope)
		}
		for _, c := range reads {
			if !slices.Contains(p.want, c) && !slices.Contains(p.gives, c) {
				p.want = append(p.want, c)
			}
		}
	}
}

// average gives draws of the Boltzmann density ln p of the average over images, where the model's draws have it and
// somebody asks: in the place of that of the model, which some samplers know.
func (r *runner) average(p *phase) error {
	if p.name != Sampling || len(r.plan.Evaluate.Orbit) == 0 || !slices.Contains(p.want, core.Column(core.LogP)) {
		return nil
	}
	if err := r.density().LogProb(core.LogP.Room(&r.batch, r.batch.N), r.batch.X); err != nil {
		return r.blameModel(err)
	}
	return nil
}

// complete makes the calls by which a batch of a phase gets what is wanted and its draw did not
// give: some samplers know E, and some ln p.
func (r *runner) complete(p *phase) (err error) {
	gives, lacking := slices.Clone(p.gives), []core.Column(nil)
	for _, c := range p.want {
		if c.Len(&r.batch) > 0 {
			gives = append(gives, c)
		} else {
			lacking = append(lacking, c)
		}
	}
	if p.calls == nil || !slices.Equal(lacking, p.lacking) {
		p.lacking = lacking
		if p.calls, err = learn.Complete(lacking, gives, r.givers(core.Coupling{})); err != nil {
			return err
		}
	}
	return p.calls.Of(&r.batch, false)
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
