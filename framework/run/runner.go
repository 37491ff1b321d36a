package run

import (
	"maps"
	"strings"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/learn"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// Purposes of the run's random streams: the first word after the seed.
const (
	purposeInit uint64 = iota + 1
	purposeTrain
	purposeEvaluate
	purposeChains
	purposeValidate
	purposePool
	purposeEstimators
)

// PoolSeed is the seed of the chains whose draws a run of this seed learns from.
func PoolSeed(seed uint64) uint64 { return core.Derive(seed, purposePool) }

// EstimatorSeed is the seed of the random numbers of estimators in an evaluation of this seed.
func EstimatorSeed(seed uint64) uint64 { return core.Derive(seed, purposeEstimators) }

// numbers of the objectives, one term after the other, as history and progress name
// them, and of several terms their total.
func (r *runner) numbersOfTerms() (all []core.NumberInfo) {
	planned := r.plan.AllTerms()
	for k, bound := range r.terms() {
		t := planned[k]
		for _, n := range bound.Objective.Spec().Numbers {
			if n.Name = t.Column(n.Name); k > 0 {
				n.Long = t.Name + ": " + n.Long
			}
			all = append(all, n)
		}
	}
	if len(planned) > 1 {
		all = append(all, core.NumberInfo{Name: core.TotalLoss, Long: "weighted sum of the losses of all terms", Units: all[0].Units})
	}
	return all
}

// columns of the training history: the numbers of the objectives, and those of every
// training.
func columns(numbers []core.NumberInfo, validate bool, units string) (all []core.Series) {
	for _, n := range numbers {
		all = append(all, core.Series{Name: n.Name, Long: n.Long, Units: n.Units})
	}
	if validate && len(numbers) > 0 {
		all = append(all, core.Series{Name: core.ValidationLoss, Long: "loss on the rows for validation, from which nothing is learned", Units: numbers[0].Units})
	}
	return append(all,
		core.Series{Name: "beta", Long: "inverse temperature of the step", Units: "1/" + units},
		core.Series{Name: "learning_rate", Long: "step size", Units: "1"},
		core.Series{Name: "gradient_norm", Long: "Euclidean norm of the gradient before clipping", Units: "1"})
}

// runner is the state of one run in this process.
type runner struct {
	plan      *plan.Plan
	parts     Parts
	rec       Recorder
	mon       Monitor
	comm      ranks.Comm
	timed     *ranks.Timed // comm, nil of one rank
	results   *core.Results
	objective core.ObjectiveSpec // of [train], zero where nothing is trained
	numbers   []core.NumberInfo  // of all objectives
	sizes     core.Sizes
	anneal    objective.Anneal

	step       int64 // training steps finished
	theta      []float64
	row        []float64      // of the history
	chains     core.State     // what the model's own chains remember after the step, those of this rank
	rollback   *core.Snapshot // nil unless train.nan = "rollback"
	best       []float64      // theta of the smallest validation loss, nil before the first
	bestStep   int64          // whose they are
	validation *learn.Validation
	training   *learn.Learner // nil before and after it
	batch      core.Batch
	whole      core.Batch  // of all ranks
	seen       *core.Batch // by the estimators: one of these
	kept       error       // what went wrong on this rank alone since the last meeting
	heard      []core.Notice
	cut        bool // whether the evaluation has the chains of this rank, and not all
	cutChains  bool // whether training does
	history    *core.History
	wallBefore float64 // seconds spent by earlier processes
	started    time.Time
	saved      time.Time         // last checkpoint
	pace       pace              // what pieces and checkpoints have taken
	written    bool              // whether this process has written a checkpoint
	unsaved    bool              // whether there is something that the last checkpoint has not
	logged     time.Time         // last row of progress
	reported   time.Time         // last report of the estimators
	reporting  time.Duration     // what it took
	estimates  [][]core.Estimate // of each estimator, nil before it has seen a batch
	roundTrip  []core.Estimate   // of a map in float32, nil before the first report
	askedAgain bool              // whether the energy was asked for some configurations again
	noticed    []noticed         // by the model
	noBound    string            // why, noticed in the evaluation, free energies are no bounds
	evaluation *core.Evaluation  // its sampler and how far it has come, nil before it
	again      bool              // whether another process trained, see Evaluate
	torn       bool              // whether some estimators have seen a batch and others not
	resumed    *progressMark     // where this process took over, nil at the start of a run
}

func newRunner(p *plan.Plan, parts Parts, rec Recorder, mon Monitor, opt Options) *runner {
	now := time.Now()
	energy := parts.Energy.Spec()
	sizes := energy.Sizes()
	if parts.Model != nil {
		sizes = parts.Model.Spec().Sizes()
		sizes.Data = energy.DataSize()
	}
	r := &runner{
		plan: p, parts: parts, rec: rec, mon: mon,
		sizes:     sizes,
		anneal:    objective.Anneal{Beta: p.Beta, Rate: p.Train.Anneal},
		theta:     make([]float64, sizes.Theta),
		estimates: make([][]core.Estimate, len(parts.Estimators)),
		started:   now, saved: now, unsaved: true,
	}
	if r.comm = opt.Ranks; r.comm == nil {
		r.comm = ranks.Alone{}
	}
	if r.comm.Size() > 1 {
		r.timed = ranks.NewTimed(r.comm)
		r.comm = r.timed
	}
	if !r.first() {
		r.rec, r.mon = silent{}, silent{}
	}
	if parts.Objective != nil {
		r.objective, r.numbers = parts.Objective.Spec(), r.numbersOfTerms()
	}
	r.history = &core.History{Columns: columns(r.numbers, p.Train.Validate > 0, energy.Units)}
	r.results = &core.Results{Run: opt.Info, SamplesSpace: energy.Space, Conditions: core.ConditionsOf(energy, p.Beta)}
	for _, e := range parts.Estimators {
		r.results.Columns = append(r.results.Columns, e.Spec().Columns...)
	}
	if parts.Model != nil {
		r.results.History = r.history
	}
	r.results.Run.Seed = p.Seed
	r.results.Run.Units = energy.Units
	r.results.Run.Status = core.Running
	r.results.Run.Started = now.UTC().Format(time.RFC3339)
	if parts.Exact != nil {
		r.results.Exact = exactObservables(parts.Exact.Values, parts.Estimators)
		r.results.ExactSource = parts.Exact.Source
	}
	return r
}

// sameQuantity is the name of a quantity that another estimator reports under another name.
func sameQuantity(name string) string {
	switch name {
	case "free_energy_lower":
		return "free_energy"
	case "log_z_bar":
		return "log_z"
	}
	return strings.TrimSuffix(name, core.ReweightedSuffix)
}

// exactObservables adds those of the estimators.
func exactObservables(known map[string]float64, estimators []core.Estimator) map[string]float64 {
	exact := maps.Clone(known)
	for _, e := range estimators {
		for _, o := range e.Spec().Observables {
			if value, ok := known[sameQuantity(o.Name)]; ok {
				exact[o.Name] = value
			}
		}
	}
	return exact
}
