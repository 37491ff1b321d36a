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
)

// columns of the training history, in the order of historyRow.
func columns(units string) []core.Column {
	return []core.Column{
		{Name: "loss", Long: "objective at the annealed temperature", Units: "1"},
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
	anneal    objective.Anneal
	optimizer optim.Optimizer
	schedule  optim.Schedule

	step       int64 // training steps finished
	theta      []float64
	grad       []float64
	batch      core.Batch
	weights    []float64
	history    *core.History
	wallBefore float64 // seconds spent by earlier processes
	started    time.Time
	saved      time.Time // last checkpoint
	savedStep  int64
	logged     time.Time // last row of progress
	reported   time.Time // last report of the estimators
}

func newRunner(p *plan.Plan, parts Parts, rec Recorder, mon Monitor, opt Options) *runner {
	now := time.Now()
	energy, model := parts.Energy.Spec(), parts.Model.Spec()
	r := &runner{
		plan: p, parts: parts, rec: rec, mon: mon,
		objective: objective.ReverseKL{Target: p.Beta},
		anneal:    objective.Anneal{Beta: p.Beta, Rate: p.Train.Anneal},
		optimizer: optimizerOf(p.Train),
		schedule:  scheduleOf(p.Train),
		theta:     make([]float64, model.Parameters),
		grad:      make([]float64, model.Parameters),
		weights:   make([]float64, p.Train.Batch),
		history:   &core.History{Columns: columns(energy.Units)},
		started:   now, saved: now, savedStep: -1,
	}
	r.results = &core.Results{Run: opt.Info, History: r.history, SamplesSpace: energy.Space}
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

func optimizerOf(t plan.Train) optim.Optimizer {
	if t.Optimizer == "sgd" {
		return &optim.SGD{Momentum: t.Momentum}
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
