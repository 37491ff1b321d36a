package plan

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/recipe"
)

// Bound is what the parts of a plan say of themselves.
type Bound struct {
	Energy core.EnergySpec
	Model  *core.ModelSpec // nil in a run without a model
	// Orbit are the symmetries of the density that the draws of an evaluation have ln p of,
	// and Images how many images of each that takes: nil and 0 of the model's own.
	Orbit      []core.Symmetry
	Images     int
	Estimators []NamedSpec
	// Objective and Optimizer are zero in a run without a model.
	Objective core.ObjectiveSpec
	Optimizer core.OptimizerSpec
	// Terms are the objectives of the plan's Terms.
	Terms []core.ObjectiveSpec
	// Sampler is what drawing cannot work without.
	Sampler core.Uses
	// Adapts tells that it finds a step size for all of its chains in their burn-in.
	Adapts bool
	// Trained tells that no step is made any more: Objective and Terms are zero.
	Trained bool
	// Ranks that train together; 0 is one.
	Ranks int
}

// objectives are those of all terms of the plan, in their order.
func (b Bound) objectives() []core.ObjectiveSpec {
	return append([]core.ObjectiveSpec{b.Objective}, b.Terms...)
}

// TermSpec is that of the objective of a term, in the order of the plan's AllTerms.
func (b Bound) TermSpec(k int) core.ObjectiveSpec { return b.objectives()[k] }

// Fit checks needs against capabilities once the parts are bound, before
// anything is drawn. Parts that do not fit are a core.Mismatch that names both
// and what to change; all of them are returned together.
func (p *Plan) Fit(b Bound) error {
	f := &fitting{report: &report{file: p.file}, plan: p, bound: b}
	if b.Model != nil {
		p.fitSpace(f.report, b.Energy, *b.Model)
		p.fitSymmetries(f.report, b.Energy, *b.Model)
		before := len(f.list)
		if f.quantum(); len(f.list) == before && !b.Trained {
			f.training()
		}
	}
	f.sampler()
	f.estimators()
	if b.Model == nil && len(p.Evaluate.Orbit) > 0 {
		f.mismatch("evaluate.orbit", "evaluate.orbit averages the density of a model, and the table [model] is missing")
	}
	if p.Evaluate.Reweighted && !p.Weights(b) {
		f.mismatch("evaluate.reweighted", "evaluate.reweighted gives averages over draws of a model by their weights exp(-beta E)/p, and what is estimated here is not of such draws; leave it out")
	}
	if p.Evaluate.Rows > 0 && len(b.Energy.Rows) == 0 {
		f.mismatch("evaluate.rows", "evaluate.rows has no effect with energy %q, which has no rows", p.Energy.Plugin)
	}
	p.fitMemory(f.report, b)
	return f.err()
}

// fitting is a plan and its parts on the way to fit.
type fitting struct {
	*report
	plan  *Plan
	bound Bound
}

// uses finds what is missing of it. who needs it stands at key; fix says what
// else the user could do, "" for nothing.
func (f *fitting) uses(key, who string, wanted core.Uses, fix string) {
	powers := map[core.PartKind][]core.Power{}
	for _, r := range wanted.Rows {
		if !slices.Contains(powers[r.Kind], r.Power) {
			powers[r.Kind] = append(powers[r.Kind], r.Power)
		}
	}
	f.powers(key, who, wanted.Model, powers[core.KindModel], append(powers[core.KindEnergy], wanted.Energy...), fix)
}

// powers finds those that are missing, and a model where one is needed.
func (f *fitting) powers(key, who string, model bool, ofModel, ofEnergy []core.Power, fix string) {
	missing := func(powers, has []core.Power, kind core.PartKind, name string) {
		for _, power := range powers {
			if !slices.Contains(has, power) {
				f.mismatch(key, "%s needs the power %q, which %s %q does not have%s", who, power, kind, name, fix)
			}
		}
	}
	if m := f.bound.Model; m != nil {
		missing(ofModel, m.Powers, core.KindModel, f.plan.Model.Plugin)
	} else if model || len(ofModel) > 0 {
		f.mismatch(key, "%s needs a model, and the table [model] is missing%s", who, fix)
	}
	missing(ofEnergy, f.bound.Energy.Powers, core.KindEnergy, f.plan.Energy.Plugin)
}

// training finds the calls of a training step.
func (f *fitting) training() {
	f.columns()
	t := f.plan.Train
	if t.Steps == 0 {
		return
	}
	if f.bound.Model.Parameters == 0 {
		f.mismatch("train.steps", "training needs parameters, and model %q has none; set train.steps = 0", f.plan.Model.Plugin)
	}
	if f.bound.Optimizer.Direction != "" && len(f.plan.Terms) > 0 {
		f.mismatch("train.optimizer", "optimizer %q takes the direction of one objective, and each [[term]] would have another; choose one that needs the gradient alone, or leave out [[term]]", t.Optimizer)
		return
	}
	for k, t := range f.plan.AllTerms() {
		f.term(t, f.bound.objectives()[k])
	}
	f.ranges()
	f.chains()
}

// chains finds out whether those of [sampler] can be learned from.
func (f *fitting) chains() {
	for _, t := range f.plan.AllTerms() {
		switch at := t.Key("source"); {
		case !t.OfChains():
		case !f.plan.UsesChains():
			f.mismatch(at, `%s = "chains" learns from the Markov chains of [sampler], and sampler %q has none; set sampler.method`, at, f.plan.Sampler.Plugin)
		case f.bound.Sampler.Model:
			f.mismatch(at, `%s = "chains" learns from chains that know nothing of the model, and sampler %q takes its draws; choose another sampler.method`, at, f.plan.Sampler.Plugin)
		}
	}
}

// ranges finds rows of the energy that are missing.
func (f *fitting) ranges() {
	energy, learnsRows := f.bound.Energy, false
	for k, t := range f.plan.AllTerms() {
		of := t.OfRows() || f.bound.TermSpec(k).Beside != ""
		learnsRows = learnsRows || of
		if _, ok := energy.Range(core.TrainRows); of && !ok {
			f.mismatch(t.Key("objective"), "objective %q needs rows for training, and energy %q has none", t.Objective, f.plan.Energy.Plugin)
		}
	}
	if f.plan.Train.Validate > 0 && slices.Contains(f.bound.Objective.Bars, core.Column(core.LogWeight)) {
		f.mismatch("train.validate", "train.validate has no effect with objective %q: a log-weight of held-out rows says nothing without ln Z, which changes from step to step", f.plan.Train.Objective)
	}
	if rows, _ := energy.Range(core.ValidationRows); f.plan.Train.Validate > 0 && rows.To-rows.From < 2 {
		f.mismatch("train.validate", "train.validate needs rows for validation, two or more, and energy %q has %d", f.plan.Energy.Plugin, rows.To-rows.From)
	}
	if f.plan.Beta != 1 && learnsRows {
		f.mismatch("ensemble", "rows of energy %q are draws at beta = 1, and the run is at beta = %v; set ensemble.beta = 1", f.plan.Energy.Plugin, f.plan.Beta)
	}
}

// term finds the calls of a training step for a term.
func (f *fitting) term(t Term, spec core.ObjectiveSpec) {
	givers := append(f.plan.Givers(f.bound.Energy, f.bound.Model), t.Givers()...)
	if f.bounded(slices.Concat(spec.Wants, spec.Bars)) {
		f.mismatch(t.Key("objective"), `objective %q needs ln p, of which model %q knows a bound alone; set %s = "evidence_bound"`, t.Objective, f.plan.Model.Plugin, t.Key("objective"))
		return
	}
	f.pullBack(t, spec)
	if f.bound.Energy.Forbids && !t.OfRows() && slices.Contains(spec.Wants, core.Column(core.E)) {
		f.mismatch(t.Key("objective"), "objective %q needs E of what the model draws, and energy %q forbids some of it (E = +Inf); learn from its rows by maximum_likelihood", t.Objective, f.plan.Energy.Plugin)
	}
	if t.OfTeacher() && !slices.ContainsFunc(spec.Noise, func(n core.Noise) bool { return core.Column(n.Column) == core.X.In(core.RoleStart) }) {
		f.mismatch(t.Key("teacher"), "%s says where paths end that start at noise, and objective %q has none with these settings", t.Key("teacher"), t.Objective)
		return
	}
	if t.OfTeacher() {
		f.uses(t.Key("teacher"), t.Key("teacher"), core.Uses{Rows: []*core.Row{core.RowMap}}, "")
	}
	for _, c := range spec.Wants { // one by one: all that is missing is told
		_, err := recipe.Find([]core.Column{c}, spec.Gives(t.Drawn()), givers)
		var missing *recipe.Missing
		switch {
		case err == nil:
		case f.plan.unknown && errors.As(err, &missing) && missing.Column.Base() == core.Column(core.E):
			f.mismatch(t.Key("objective"), "objective %q needs E, and energy %q is data, of which it is not known", t.Objective, f.plan.Energy.Plugin)
		case errors.As(err, &missing) && len(missing.Could) > 0:
			f.lacks(t, spec, missing.Could[0])
		default:
			f.mismatch(t.Key("objective"), "objective %q needs %v%s", t.Objective, err, t.hint(spec))
		}
	}
}

// columns finds names that the history would have twice.
func (f *fitting) columns() {
	taken := map[string]bool{}
	for k, t := range f.plan.AllTerms() {
		for _, n := range f.bound.objectives()[k].Numbers {
			column := t.Column(n.Name)
			if taken[column] || slices.Contains(core.HistoryNames, column) {
				f.add(t.Key("name"), "%s: the history has %s already; give the term another name", t.Key("name"), column)
				break
			}
			taken[column] = true
		}
	}
}

// bounded tells whether ln p is among columns, and the model knows a bound of it alone.
func (f *fitting) bounded(columns []core.Column) bool {
	return f.bound.Model != nil && slices.Contains(f.bound.Model.Powers, core.PowerBound) && slices.Contains(columns, core.Column(core.LogP))
}

// pullBack finds out whether the model takes the cotangents of a term's objective.
func (f *fitting) pullBack(t Term, spec core.ObjectiveSpec) {
	model := recipe.NewGiver(core.KindModel, f.plan.Model.Plugin, f.bound.Model.Powers)
	bars, optimizer := spec.Bars, f.plan.Train.Optimizer
	if direction := f.bound.Optimizer.Direction; direction != "" && recipe.PullBack(model.Rows, bars, direction) == nil {
		if r := recipe.PullBack(model.Lacking, bars, direction); r != nil {
			f.mismatch("train.optimizer", `optimizer %q needs the power %q, which model %q does not have; choose one that needs the gradient alone`, optimizer, r.Power, f.plan.Model.Plugin)
		} else {
			f.mismatch("train.optimizer", "optimizer %q has no direction for cotangents of %s, which objective %q gives%s", optimizer, recipe.Names(bars), t.Objective, t.hint(spec))
		}
	}
	if recipe.PullBack(model.Rows, bars, "") != nil {
		return
	}
	if r := recipe.PullBack(model.Lacking, bars, ""); r != nil {
		f.lacks(t, spec, recipe.Step{Giver: model, Row: r})
	} else if slices.Contains(f.bound.Model.Powers, core.PowerWeight) {
		f.mismatch(t.Key("objective"), "objective %q needs ln p of what is drawn, which model %q knows up to a constant alone; contrastive_divergence does without", t.Objective, f.plan.Model.Plugin)
	} else {
		f.mismatch(t.Key("objective"), "objective %q gives cotangents of %s, which no model takes", t.Objective, recipe.Names(bars))
	}
}

// lacks reports a call that an objective needs, for which a part lacks the power.
func (f *fitting) lacks(t Term, spec core.ObjectiveSpec, s recipe.Step) {
	f.mismatch(t.Key("objective"), `objective %q needs the power %q, which %s does not have%s`, t.Objective, s.Row.Power, s.Giver.Name, t.hint(spec))
}

// hint is what the objective says that could be set instead. It names the keys of
// [train].
func (t Term) hint(spec core.ObjectiveSpec) string {
	if spec.Hint == "" {
		return ""
	}
	return "; " + strings.ReplaceAll(spec.Hint, "train.", t.table+".")
}

// quantum holds the two sides of a quantum system together, and refuses what
// asks for a classical density p(x) with ln p(x) and E(x).
func (f *fitting) quantum() {
	model, energy := f.plan.Model.Plugin, f.plan.Energy.Plugin
	energySpec := f.bound.Energy
	wanted, what := core.PowerQuantum, "density matrix"
	if slices.Contains(energySpec.Powers, core.PowerLinks) {
		wanted, what = core.PowerWave, "wave function"
	}
	has := func(p core.Power) bool { return slices.Contains(f.bound.Model.Powers, p) }
	switch {
	case has(core.PowerQuantum) && !energySpec.Quantum():
		f.mismatch("model.plugin", "model %q is a density matrix of quantum particles, but energy %q has no kinetic part; use a quantum Hamiltonian, or a model of a classical density", model, energy)
	case energySpec.Quantum() && !has(wanted):
		f.mismatch("model.plugin", "energy %q is a quantum Hamiltonian, but model %q is no %s; use a model with the power %q, or a classical energy", energy, model, what, wanted)
	case wanted == core.PowerWave && !math.IsInf(f.plan.Beta, 1):
		f.mismatch("ensemble", "model %q is one state of energy %q, without entropy; set temperature = 0", model, energy)
	case energySpec.Quantum():
		for _, t := range f.plan.AllTerms() {
			if t.Source() == core.OfData {
				f.mismatch(t.Key("objective"), `objective %q fits configurations x, and needs ln p(x), which model %q has not; choose one of the model's own draws`, t.Objective, model)
			}
		}
	}
}

func (f *fitting) sampler() {
	if f.bound.Energy.Quantum() && f.plan.Boltzmann() {
		f.mismatch(f.plan.samplerKey, "sampler %q draws from exp(-beta E)/Z, which energy %q, the Hamiltonian of quantum particles, has not; use a model and evaluate.sampler = \"direct\"", f.plan.Evaluate.Sampler, f.plan.Energy.Plugin)
		return
	}
	if f.plan.unknown && f.plan.Boltzmann() {
		f.mismatch(f.plan.samplerKey, "sampler %q draws from exp(-beta E)/Z, and energy %q is data, of which E is not known; use a model and evaluate.sampler = \"direct\"", f.plan.Evaluate.Sampler, f.plan.Energy.Plugin)
		return
	}
	if m := f.bound.Model; m != nil && f.plan.Boltzmann() && f.bound.Sampler.Model && core.LacksLogP(m.Powers) {
		f.mismatch(f.plan.samplerKey, "sampler %q proposes draws of the model by their ln p, which model %q does not know; use evaluate.sampler = \"direct\", or a sampler that needs no model", f.plan.Evaluate.Sampler, f.plan.Model.Plugin)
		return
	}
	fix := " (metropolis needs neither a model nor a slope)"
	if s := f.bound.Energy.Space; !s.Continuous() {
		fix = fmt.Sprintf(" (for %s there are single_site, which needs neither, and independence, which needs a model)", s.Kind)
	}
	if f.plan.Sampler.Source == core.OfScore {
		fix = " (direct draws from any model)"
	}
	f.uses(f.plan.samplerKey, fmt.Sprintf("sampler %q", f.plan.Evaluate.Sampler), f.bound.Sampler, fix)
}

func (f *fitting) estimators() {
	space := f.bound.Energy.Space
	reporter := map[string]string{}
	var known []string // what [expect] can name
	for _, e := range f.bound.Estimators {
		key := e.key()
		if len(e.Spaces) > 0 && !slices.Contains(e.Spaces, space.Kind) {
			f.mismatch(key, "estimator %q works on %s, but energy %q has %s", e.Name, spaceKinds(e.Spaces), f.plan.Energy.Plugin, space.Kind)
		}
		who := fmt.Sprintf("estimator %q", e.Name)
		f.powers(key, who, e.NeedsModel(), e.ModelPowers, e.EnergyPowers, "")
		f.ofModelItself(key, who, e)
		f.reads(key, who, e)
		if e.Source == core.OfChains && !f.plan.UsesChains() {
			f.mismatch(key, "%s is about Markov chains, and evaluate.sampler = %q draws none", who, f.plan.Evaluate.Sampler)
		}
		if e.NeedsBoltzmann() && !f.plan.Boltzmann() {
			f.mismatch(key, "%s needs draws of the Boltzmann density, and evaluate.sampler = %q draws none; choose one of Markov chains", who, f.plan.Evaluate.Sampler)
		}
		for _, o := range e.Observables {
			if other, ok := reporter[o.Name]; ok {
				f.mismatch(key, "estimators %q and %q both report %s; keep one", other, e.Name, o.Name)
			}
			reporter[o.Name] = e.Name
			known = append(known, o.Name)
			if o.Extensive {
				known = append(known, o.Name+"_per_"+space.Each())
			}
		}
	}
	slices.Sort(known)
	f.targets(known)
	if f.plan.Train.Validate > 0 {
		known = append(known, core.ValidationLoss)
	}
	f.plan.fitExpect(f.report, known)
}

// reads finds what an estimator reads and nobody here gives.
func (f *fitting) reads(key, who string, e NamedSpec) {
	have := core.Drawn
	switch {
	case e.Source != core.OfData && e.Source != core.OfDrawsAndRows:
	case len(f.bound.Energy.Rows) == 0:
		f.mismatch(key, "%s is about given configurations, and energy %q has no rows", who, f.plan.Energy.Plugin)
		return
	case e.Source == core.OfDrawsAndRows:
		return // x alone is read
	case f.bound.Model == nil:
		f.mismatch(key, "%s needs a model, and the table [model] is missing", who)
		return
	default:
		have = []core.Column{core.X, core.RowNumber}
	}
	if f.bounded(e.Reads()) {
		f.mismatch(key, "%s reads ln p, of which model %q knows a bound alone; estimator evidence_bound judges rows by it", who, f.plan.Model.Plugin)
		return
	}
	weighs := e.Source == core.OfModel && f.bound.Model != nil && core.LacksLogP(f.bound.Model.Powers)
	if weighs {
		have = f.bound.Model.Drawn()
	}
	if !f.plan.unknown && e.Source != core.OfData && !weighs { // E and ln p are looked at elsewhere
		return
	}
	if _, err := recipe.Find(e.Reads(), have, f.plan.Givers(f.bound.Energy, f.bound.Model)); err != nil {
		f.mismatch(key, "%s reads %v", who, err)
	}
}

func (p *Plan) fitSymmetries(r *report, energy core.EnergySpec, model core.ModelSpec) {
	for _, s := range model.Symmetries {
		if slices.Contains(energy.Symmetries, s) {
			continue
		}
		key, fixes := "model.plugin", []string{}
		if on, _ := p.Model.Settings[string(s)].(bool); on {
			key = "model." + string(s)
			fixes = append(fixes, fmt.Sprintf("set %s = false", key))
		}
		if slices.Contains(p.Model.Average, string(s)) {
			key = "model.average"
			fixes = append(fixes, "leave it out of model.average")
		}
		if _, ok := p.Energy.Settings["symmetries"]; ok && p.unknown {
			fixes = append(fixes, "name it in energy.symmetries, if the density of the data is thought to have it")
		} else if hint := s.Hint(); hint != "" {
			fixes = append(fixes, hint)
		}
		text := fmt.Sprintf("model %q has the symmetry %s, but energy %q has not", p.Model.Plugin, s, p.Energy.Plugin)
		if len(fixes) > 0 {
			text += ": " + strings.Join(fixes, ", or ")
		}
		r.mismatch(key, "%s", text)
	}
}
