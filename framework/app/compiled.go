package app

import (
	"reflect"
	"slices"

	"github.com/helmholtz-physics/helmholtz/estimators"
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/host"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
	"github.com/helmholtz-physics/helmholtz/framework/run"
)

// The parts that run in this process: objective, optimizer, sampler, estimators, but
// for the objectives and observers of other executables.

// openTraining builds the objectives and the optimizer of a run with a model.
func (s *session) openTraining(bound *plan.Bound) error {
	if bound.Model == nil || s.plan.Objective.Plugin == "" || s.plan.Optimizer.Plugin == "" {
		return nil // Check has seen to it that nothing is to be trained
	}
	for k, t := range s.plan.AllTerms() {
		if s.trained {
			break
		}
		o, spec, err := s.objective(t, *bound)
		if err != nil {
			return err
		}
		if k == 0 {
			s.parts.Objective, bound.Objective = o, spec
		} else {
			s.parts.Terms, bound.Terms = append(s.parts.Terms, run.Term{Objective: o}), append(bound.Terms, spec)
		}
	}
	part, err := s.builtins.find(core.KindOptimizer, s.plan.Optimizer.Plugin)
	if err != nil {
		return err
	}
	if s.parts.Optimizer, err = part.NewOptimizer(s.plan.Optimizer.Settings, int64(s.plan.Train.Steps)); err != nil {
		return s.plan.At("optimizer", core.Blame(part.Kind, part.Name, err))
	}
	bound.Optimizer = s.parts.Optimizer.Spec()
	return nil
}

// objective builds that of a term.
func (s *session) objective(t plan.Term, bound plan.Bound) (core.Objective, core.ObjectiveSpec, error) {
	found, err := s.find(core.KindObjective, t.Part)
	if err != nil {
		return nil, core.ObjectiveSpec{}, err
	}
	setting := s.setting(bound)
	setting.Source = t.Source()
	// Of another executable it sees what is data of the setting.
	seen := core.Setting{Beta: setting.Beta, Energy: setting.Energy, Model: setting.Model, Source: setting.Source}
	o, err := opened(s, found, t.Part, seen, func() (core.Objective, error) { return s.host.OpenObjective(found, t.Part.Settings, setting) })
	var spec core.ObjectiveSpec
	if err == nil {
		spec = o.Spec()
		err = spec.Check()
	}
	if err != nil {
		err = s.plan.At(t.Table(), core.Blame(found.Kind, found.Name, err))
	}
	return o, spec, err
}

// openSampler builds the sampler of what is estimated.
func (s *session) openSampler(part core.Part) (err error) {
	if part.NewSampler == nil { // a program without samplers draws from the model
		return nil
	}
	target := core.Target{Model: s.parts.Model, Energy: s.parts.Energy, Beta: s.plan.Beta}
	if s.parts.Sampler, err = part.NewSampler(s.plan.Sampler.Settings, target); err != nil {
		return s.plan.At("sampler", core.Blame(core.KindSampler, part.Name, err))
	}
	return nil
}

// setting is what estimators and objectives are built for.
func (s *session) setting(bound plan.Bound) core.Setting {
	setting := core.Setting{Beta: s.plan.Beta, Energy: bound.Energy, Potential: s.parts.Energy, Chains: s.plan.UsesChains(), Adapts: bound.Adapts, Ladder: s.plan.Ladder(), Paths: s.plan.UsesPaths(), Seed: run.EstimatorSeed(s.plan.EvaluationSeed())}
	if bound.Model != nil {
		setting.Model, setting.Density, setting.Bracket = *bound.Model, s.parts.Density, s.plan.Bracket()
		setting.Weights, setting.Reweight = s.plan.Weights(bound), s.plan.Evaluate.Reweighted
		if bound.Orbit != nil {
			setting.Model.Symmetries = bound.Orbit
		}
		if slices.Contains(bound.Model.Powers, core.PowerMap) {
			setting.Map, _ = s.parts.Model.(core.Mapper)
		}
		if slices.Contains(bound.Model.Powers, core.PowerBound) {
			setting.Bound, _ = s.parts.Model.(core.Bounder)
		}
		if slices.Contains(bound.Model.Powers, core.PowerQuantum) {
			setting.Quantum, _ = s.parts.Model.(core.DensityMatrix)
		}
		if slices.Contains(bound.Model.Powers, core.PowerStates) {
			setting.States, _ = s.parts.Model.(core.StateLister)
		}
	}
	if s.parts.Exact != nil {
		setting.Exact = s.parts.Exact.Values
	}
	return setting
}

// sharing is the setting of estimators: ranks share the calls that they make to its parts.
func (s *session) sharing(setting core.Setting) core.Setting {
	calls := s.parts.Calls
	setting.Potential = core.ViewEnergy(calls.Of(core.InstanceOf(setting.Potential)), setting.Potential.Spec())
	if s.parts.Model == nil {
		return setting
	}
	view := func(m core.Model) *core.ModelView { return core.ViewModel(calls.Of(core.InstanceOf(m)), m.Spec()) }
	model := view(s.parts.Model)
	if setting.Density = model; s.parts.Density != s.parts.Model {
		setting.Density = view(s.parts.Density.(core.Model)) // its average over images
	}
	if setting.Map != nil {
		setting.Map = model
	}
	if setting.Bound != nil {
		setting.Bound = model
	}
	if setting.Quantum != nil {
		setting.Quantum = model
	}
	if setting.States != nil {
		setting.States = model
	}
	return setting
}

// openEstimators builds the standard set of estimators, unless the plan does not
// want it, and those of the plan. One of the plan that is standard takes its
// place there, with the plan's settings.
func (s *session) openEstimators(bound plan.Bound) ([]plan.NamedSpec, error) {
	s.parts.Calls = &ranks.Calls{}
	setting := s.sharing(s.setting(bound))
	var named []plan.NamedSpec
	for _, w := range s.wantedEstimators(setting) {
		found, err := s.find(core.KindEstimator, w.PartPlan)
		if err != nil {
			return nil, err
		}
		if w.Settings == nil {
			w.Settings, _ = core.Complete(found.Params, nil)
		}
		e, err := s.openEstimator(found, w.PartPlan, setting)
		if err != nil {
			return nil, s.plan.At(w.table, core.Blame(core.KindEstimator, w.Plugin, err))
		}
		s.parts.Estimators = append(s.parts.Estimators, e)
		s.parts.Exact = exactFor(s.parts.Exact, found.Params, w.Settings, e)
		named = append(named, plan.NamedSpec{Name: w.Plugin, Table: w.table, EstimatorSpec: e.Spec()})
	}
	return named, nil
}

// openEstimator builds an estimator of this program, or that of an observer,
// wherever it runs.
func (s *session) openEstimator(found *host.Found, ref plan.PartPlan, setting core.Setting) (core.Estimator, error) {
	if part, err := s.builtins.find(found.Kind, found.Name); err == nil && found.Builtin && part.NewEstimator != nil {
		return part.NewEstimator(ref.Settings, setting)
	}
	o, err := opened(s, found, ref, setting.System(), func() (core.Observer, error) { return s.host.OpenObserver(found, ref.Settings, setting.System()) })
	if err != nil {
		return nil, err
	}
	return estimators.Observe(found.Manifest, core.ViewObserver(s.parts.Calls.Of(core.InstanceOf(o)), o.Spec()), setting)
}

// openedPart is an observer or an objective with what it was opened for.
type openedPart struct {
	of     *host.Found
	ref    plan.PartPlan
	system any // a core.System, or what is data of a core.Setting
	part   any
}

// opened opens an observer or an objective. They remember nothing from call to call, so
// that the points of a sweep can share one.
func opened[T any](s *session, found *host.Found, ref plan.PartPlan, system any, open func() (T, error)) (T, error) {
	if s.like != nil {
		for _, o := range s.like.opened {
			if o.of.Kind == found.Kind && o.ref.Same(ref) && reflect.DeepEqual(o.system, system) {
				s.opened = append(s.opened, o)
				return o.part.(T), nil
			}
		}
	}
	part, err := open()
	if err == nil {
		s.opened = append(s.opened, openedPart{found, ref, system, part})
	}
	return part, err
}

// wantedEstimator is one that is to be built; its table is empty in the
// standard set.
type wantedEstimator struct {
	plan.PartPlan
	table string
}

func (s *session) wantedEstimators(setting core.Setting) (wanted []wantedEstimator) {
	var named []wantedEstimator
	for i, e := range s.plan.Estimators {
		named = append(named, wantedEstimator{e, s.plan.EstimatorTable(i)})
	}
	if !s.plan.Evaluate.Standard {
		return named
	}
	for _, name := range estimators.Default(setting) {
		if _, err := s.builtins.find(core.KindEstimator, name); err != nil {
			continue // a program need not have the standard parts
		}
		if i := slices.IndexFunc(named, func(w wantedEstimator) bool { return w.Plugin == name }); i >= 0 {
			wanted = append(wanted, named[i])
			named = slices.Delete(named, i, i+1)
		} else {
			wanted = append(wanted, wantedEstimator{PartPlan: plan.PartPlan{Plugin: name}})
		}
	}
	return append(wanted, named...)
}
