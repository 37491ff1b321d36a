package core

import "math"

// Checkpoint is all that a run needs to go on as if it had not stopped: plain
// named data, so that its file is portable and readable by other programs. Of a
// run without a model, Theta, Optimizer and History are empty.
type Checkpoint struct {
	// Step is the number of training steps finished.
	Step int64
	// ConfigSHA256 identifies the resolved settings that must not change
	// between a run and its continuation.
	ConfigSHA256 string
	// Seed of the run; every later draw derives from (Seed, purpose, step).
	Seed uint64
	// Theta is the model's parameters; Blocks name its pieces.
	Theta  []float64
	Blocks []Block
	// Base is the density of the latent variables that theta maps, nil where they are independent
	// normal numbers or there are none.
	Base *Base
	// Optimizer is the optimiser's state by name.
	Optimizer map[string][]float64
	// Walkers are the chains of a model that keeps some, all of them; empty of any
	// other.
	Walkers State
	// Rollback is what a step that fails goes back to, nil where the run does
	// not go back.
	Rollback *Snapshot
	// Best are the parameters of the smallest validation loss so far, empty where no rows
	// are held out.
	Best []float64
	// History of the steps finished.
	History *History
	// Kernels is the set of vector instructions that all of this was computed with last, as
	// in [RunInfo].
	Kernels string
	// Evaluation is how far the draws after training have come, nil before them.
	Evaluation *Evaluation
	// WallSeconds spent so far, over all earlier parts of the run.
	WallSeconds float64
}

// Evaluation is all that the draws after training need to go on as if they had
// not stopped.
type Evaluation struct {
	// ConfigSHA256 identifies the settings of the evaluation and of what is
	// evaluated; with others it starts again.
	ConfigSHA256 string
	// Phase is what is drawn from, and Done the draws of it so far.
	Phase string
	Done  int64
	// Sampler has the state after these draws, and Walkers that of the model's
	// own chains.
	Sampler SamplerState
	Walkers State
	// Estimators have what each has gathered, in the order of the run.
	Estimators []EstimatorState
	// Samples are those to keep: the numbers of each column by its name, and how
	// many there are as "n".
	Samples map[string][]float64
	// NoBound says why, as noticed so far, free energies are no bounds.
	NoBound string
}

// Snapshot is what training had reached after some step.
type Snapshot struct {
	Theta     []float64
	Optimizer map[string][]float64
	Walkers   State
}

// History is the record of training: columns of equal length over Step.
type History struct {
	Step    []int64
	Columns []Series
}

// Series is one recorded quantity.
type Series struct {
	Name  string
	Long  string
	Units string
	Data  []float64
}

// Append adds one row; values are in the order of Columns.
func (h *History) Append(step int64, values ...float64) {
	if len(values) != len(h.Columns) {
		panic("core: history row has the wrong number of values")
	}
	h.Step = append(h.Step, step)
	for i, v := range values {
		h.Columns[i].Data = append(h.Columns[i].Data, v)
	}
}

// Column returns the named column's data, nil if there is none.
func (h *History) Column(name string) []float64 {
	for i := range h.Columns {
		if h.Columns[i].Name == name {
			return h.Columns[i].Data
		}
	}
	return nil
}

// Least is the first step of the smallest value of the named column, and the value: 0 and +Inf
// where there is none.
func (h *History) Least(name string) (step int64, value float64) {
	value = math.Inf(1)
	for i, v := range h.Column(name) {
		if v < value {
			step, value = h.Step[i], v
		}
	}
	return step, value
}

// Status of a run, as written to its results.
type Status string

const (
	Running Status = "running"
	Stopped Status = "interrupted" // checkpointed, wants to be run again
	Held    Status = "stopped"     // checkpointed, and to be run again only by hand: halted or stalled
	Failed  Status = "failed"
	Done    Status = "done"
)

// RunInfo says what was run, by what, and how it went.
type RunInfo struct {
	ID             string
	Name           string
	Status         Status
	StopReason     string
	Seed           uint64
	Started        string // RFC 3339
	Updated        string
	WallSeconds    float64
	Creator        string // "helmholtz"
	CreatorVersion string
	GitRevision    string
	GoVersion      string
	Hostname       string
	Kernels        string // the set of vector instructions: "avx2"; "" where that is not known
	Ranks          int    // processes of the one that wrote this, and Threads of each, at most; 0 where that is not known
	Threads        int
	ThreadsSource  string // what decided them: "SLURM_CPUS_PER_TASK"
	// InExchanges is what part of the time of its training the last process that trained to the end was in calls of MPI, exchanges and
	// waiting for other ranks, the mean of all ranks; LeastInExchanges without the waiting: of each call the time of the rank that was the least in it. 0 of one rank.
	InExchanges, LeastInExchanges float64
	Units                         string // the energy's units
	ConfigTOML                    string // the run file as read
	ConfigJSON                    string // as resolved, with defaults
	PluginsJSON                   string // name, version, sha256, protocol and file of each plugin
	Warnings                      []string
}

// Results is what a run leaves: a snapshot, complete at any time.
type Results struct {
	Run       RunInfo
	History   *History
	Estimates []Estimate
	// Exact values known to the energy, by observable name (extensive totals).
	Exact       map[string]float64
	ExactSource string
	// Samples kept from the evaluation, nil when none were asked for: the columns
	// [Kept], as far as they are known, and Columns, which are parts' own.
	Samples *Batch
	Columns []Column
	// SamplesSpace of the configurations: it counts the sites or particles
	// that extensive observables are divided by, also without Samples.
	SamplesSpace Space
	// Conditions of the free energy, nil where there is none or, of earlier versions, where they are
	// not kept.
	Conditions *Conditions
	// Evaluations of the same parameters with other random numbers, beside the
	// run's own, by rising seed; nil where there are none.
	Evaluations []Reevaluation
}

// Reevaluation is what further draws from the trained parameters gave, or from new
// Markov chains where there is no model.
type Reevaluation struct {
	Seed    uint64
	Samples int64 // asked for
	Step    int64 // of training that the parameters are of
	// Settings are the tables of the run file that decided it, as JSON, and
	// ConfigSHA256 identifies them with what was evaluated.
	Settings     string
	ConfigSHA256 string
	Results      *Results
}
