package run

import (
	"math"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
	"github.com/helmholtz-physics/helmholtz/framework/optim"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// Purposes of the run's random streams: the first word after the seed.
const (
	purposeInit uint64 = iota + 1
	purposeTrain
	purposeEvaluate
	purposeChains
)

// columns of the training history, in the order of historyRow.
func columns(units string) []core.Series {
	return []core.Series{
		{Name: "loss", Long: "what is descended: ln p + beta E at the annealed beta, or the negative log-likelihood", Units: "1"},
		{Name: "free_energy", Long: "variational free energy of the batch", Units: units},
		{Name: "free_energy_stderr", Long: "standard error of free_energy", Units: units},
		{Name: "energy", Long: "mean energy of the batch", Units: units},
		{Name: "entropy", Long: "entropy of the model, -<ln p>", Units: "1"},
		{Name: "beta", Long: "inverse temperature of the step", Units: "1/" + units},
		{Name: "learning_rate", Long: "step size", Units: "1"},
		{Name: "gradient_norm", Long: "Euclidean norm of the gradient before clipping", Units: "1"},
	}
}

// runner is the state of one run in this process.
type runner struct {
	plan      *plan.Plan
	parts     Parts
	rec       Recorder
	mon       Monitor
	results   *core.Results
	objective objective.Objective
	sizes     core.Sizes
	anneal    objective.Anneal
	optimizer optim.Optimizer
	schedule  optim.Schedule

	step       int64 // training steps finished
	theta      []float64
	grad       []float64
	natural    []float64      // natural gradient, nil for other optimisers
	chains     []float64      // what the model's own chains remember after the step
	rollback   *core.Snapshot // nil unless train.nan = "rollback"
	batch      core.Batch
	training   []*call // that complete a batch of a training step
	pullBack   pullBack
	history    *core.History
	wallBefore float64 // seconds spent by earlier processes
	started    time.Time
	saved      time.Time         // last checkpoint
	saving     time.Duration     // what the last checkpoint of the evaluation took
	written    bool              // whether this process has written a checkpoint
	unsaved    bool              // whether there is something that the last checkpoint has not
	logged     time.Time         // last row of progress
	reported   time.Time         // last report of the estimators
	estimates  [][]core.Estimate // of each estimator, nil before it has seen a batch
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
	}
	r := &runner{
		plan: p, parts: parts, rec: rec, mon: mon,
		objective: objectiveOf(p, energy),
		sizes:     sizes,
		anneal:    objective.Anneal{Beta: p.Beta, Rate: p.Train.Anneal},
		optimizer: optimizerOf(p.Train),
		schedule:  scheduleOf(p.Train),
		theta:     make([]float64, sizes.Theta),
		grad:      make([]float64, sizes.Theta),
		history:   &core.History{Columns: columns(energy.Units)},
		estimates: make([][]core.Estimate, len(parts.Estimators)),
		started:   now, saved: now, unsaved: true,
	}
	if p.Train.Optimizer == "natural" {
		r.natural = make([]float64, sizes.Theta)
	}
	r.results = &core.Results{Run: opt.Info, SamplesSpace: energy.Space}
	if parts.Model != nil {
		r.results.History = r.history
	}
	r.results.Run.Seed = p.Seed
	r.results.Run.Units = energy.Units
	r.results.Run.Status = core.Running
	r.results.Run.Started = now.UTC().Format(time.RFC3339)
	if parts.Exact != nil {
		r.results.Exact = exactObservables(parts.Exact.Values)
		r.results.ExactSource = parts.Exact.Source
	}
	return r
}

// exactObservables adds the names under which other estimators report a
// quantity that is known exactly.
func exactObservables(known map[string]float64) map[string]float64 {
	exact := make(map[string]float64, len(known)+1)
	for name, value := range known {
		exact[name] = value
	}
	if f, ok := known["free_energy"]; ok {
		exact["free_energy_reweighted"] = f
	}
	return exact
}

func objectiveOf(p *plan.Plan, energy core.EnergySpec) objective.Objective {
	switch {
	case energy.Kinetic > 0:
		return &objective.DensityMatrix{Target: p.Beta, Clip: p.Train.ClipLocal}
	case p.Train.Objective == "maximum_likelihood":
		return objective.MaximumLikelihood{}
	case p.Train.Gradient == "pathwise":
		return objective.Pathwise{Target: p.Beta}
	case p.Train.Gradient == "path_gradient":
		return objective.PathGradient{Target: p.Beta}
	}
	return objective.ReverseKL{Target: p.Beta}
}

// optimizerOf makes natural gradient descent of plain descent: the model gives
// another direction, and optim.Limit its length.
func optimizerOf(t plan.Train) optim.Optimizer {
	switch t.Optimizer {
	case "sgd":
		return &optim.SGD{Momentum: t.Momentum}
	case "natural":
		return &optim.SGD{}
	}
	return &optim.Adam{Beta1: t.Beta1, Beta2: t.Beta2, Epsilon: t.Epsilon}
}

func scheduleOf(t plan.Train) optim.Schedule {
	return optim.Warmup{Steps: int64(t.Warmup), Then: afterWarmup(t)}
}

func afterWarmup(t plan.Train) optim.Schedule {
	rate, every := t.LearningRate, int64(t.DecayEvery)
	switch t.Schedule {
	case "exponential":
		return optim.Exponential{Initial: rate, Decay: math.Pow(t.Decay, 1/float64(every))}
	case "step":
		return optim.Staircase{Initial: rate, Factor: t.Decay, Every: every}
	case "cosine":
		return optim.Cosine{Initial: rate, Final: t.Final * rate, Steps: int64(t.Steps)}
	}
	return optim.Constant(rate)
}
