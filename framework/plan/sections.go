package plan

import "github.com/helmholtz-physics/helmholtz/framework/core"

// Run is the [run] table.
type Run struct {
	Name   string `key:"name" help:"name of the run; the file's base name when empty"`
	Seed   uint64 `key:"seed" min:"0" help:"decides every random number: equal files with equal seeds give equal results, bit for bit"`
	Memory string `key:"memory" help:"most memory that the run and its plugins may take together, as in \"8 GiB\": a file that needs more is refused. When empty, the least of what the control group, ulimit, Slurm and the free memory of the machine allow"`
	// Env is checked by checkEnv.
	Env []string `key:"env" help:"names of environment variables that plugins get besides [the allowed ones](trust.md); their values are stored nowhere"`
}

// Train is the [train] table. A file without it trains nothing (Steps = 0).
//
// The learning rate at step t = 1, 2, ... is learning_rate w(t) s(t) with
//
//	warmup       w = min(1, t/warmup)
//	constant     s = 1
//	exponential  s = decay^((t-1)/decay_every)
//	step         s = decay^floor((t-1)/decay_every)
//	cosine       s = final + (1-final) (1 + cos(pi (t-1)/steps))/2
type Train struct {
	Objective    string  `key:"objective" choices:"reverse_kl,maximum_likelihood" help:"what is minimised: reverse_kl is the variational free energy F = <E + T ln p>; maximum_likelihood is -<ln p> over the configurations in data"`
	Gradient     string  `key:"gradient" choices:"score,pathwise,path_gradient" help:"gradient of reverse_kl: score is the score-function (REINFORCE) estimate with means of the batch as baselines, for every model and the only one of density matrices; pathwise goes through the sample, for flows; path_gradient too, without the score term, so that its variance vanishes at the solution"`
	Optimizer    string  `key:"optimizer" choices:"adam,sgd,natural" help:"rule that turns gradients into steps; natural divides them by the Fisher matrix of the model (of a density matrix also by the metric of its wave functions), for models that can"`
	Steps        int     `key:"steps" min:"0" opt:"required" help:"training steps; 0 evaluates the model as initialised"`
	Batch        int     `key:"batch" min:"2" max:"10000000" help:"configurations drawn per step"`
	Data         string  `key:"data" opt:"file" help:"configurations to fit (objective maximum_likelihood): HDF5, or CSV with one per row; each step draws a batch of them with replacement"`
	Dataset      string  `key:"dataset" help:"where they stand in an HDF5 file; when empty, x, or the samples of a results.h5"`
	LearningRate float64 `key:"learning_rate" above:"0" help:"step size before warm-up and schedule; with optimizer natural the default is 1"`
	Schedule     string  `key:"schedule" choices:"constant,exponential,cosine,step" help:"how the learning rate changes over the run"`
	Warmup       int     `key:"warmup" min:"0" max:"1e9" help:"steps over which the learning rate rises linearly from zero; 0 is none"`
	Decay        float64 `key:"decay" above:"0" max:"1" help:"factor on the learning rate every decay_every steps (schedules exponential and step)"`
	DecayEvery   int     `key:"decay_every" min:"1" max:"1e9" help:"steps per factor decay (schedules exponential and step)"`
	Final        float64 `key:"final" min:"0" max:"1" help:"fraction of learning_rate that the schedule cosine comes down to after the last step"`
	Anneal       float64 `key:"anneal" min:"0" below:"1" help:"factor a of the annealing beta_t = beta (1 - a^t), t = 1, 2, ..., which starts near infinite temperature; 0 trains at beta from the first step"`
	Clip         float64 `key:"clip" min:"0" help:"largest Euclidean norm of the gradient; longer ones are scaled down; 0 never clips (adam and sgd)"`
	ClipLocal    float64 `key:"clip_local" min:"0" help:"in the gradient of the wave functions, a local energy that differs from the mean of its state by more than this times the mean absolute difference is moved there: a small bias for a bounded variance. The gradient of p(K), losses and observables take it as it is; 0 never clips (density matrices)"`
	WeightDecay  float64 `key:"weight_decay" min:"0" help:"adds this times the parameters to the gradient, after clipping and before the optimizer (an L2 penalty; adam and sgd)"`
	NaN          string  `key:"nan" choices:"stop,skip,rollback" help:"what a step does whose numbers are not finite: stop ends the run; skip leaves the parameters as they are; rollback takes them and the optimizer back to what they were after the last step divisible by 100, or at the start. Ten such steps in a row end the run"`
	Beta1        float64 `key:"beta1" min:"0" below:"1" help:"decay of the gradient's running mean (adam)"`
	Beta2        float64 `key:"beta2" min:"0" below:"1" help:"decay of the squared gradient's running mean (adam)"`
	Epsilon      float64 `key:"epsilon" above:"0" help:"added to the root of the squared gradient's mean (adam)"`
	Momentum     float64 `key:"momentum" min:"0" below:"1" help:"fraction of the last step that is kept (sgd)"`
	Damping      float64 `key:"damping" above:"0" help:"added to the diagonal of the Fisher matrix (natural)"`
	MaxNorm      float64 `key:"max_norm" min:"0" help:"largest squared length of a step in the metric of the Fisher matrix, at learning rate 1; longer ones are scaled down; 0 is no limit (natural)"`
}

// Sampler is the [sampler] table: Markov chains on the Boltzmann density.
type Sampler struct {
	Method   string  `key:"method" choices:"direct,metropolis,mala,hmc,latent_hmc,independence" help:"as evaluate.sampler, for a run without a model; when not given, hmc where the energy has a slope and metropolis elsewhere"`
	Chains   int     `key:"chains" min:"1" max:"10000000" help:"chains that advance side by side"`
	BurnIn   int     `key:"burn_in" min:"1" max:"1e9" help:"moves of each chain before the first draw, in which the step size adapts"`
	Thin     int     `key:"thin" min:"1" max:"1e9" help:"moves of a chain from one draw to the next"`
	StepSize float64 `key:"step_size" min:"0" help:"size of the first move, adapted in the burn-in; 0 leaves it to the method"`
	Leapfrog int     `key:"leapfrog" min:"1" max:"1e6" help:"leapfrog steps of a move (hmc and latent_hmc)"`
}

// Evaluate is the [evaluate] table: the draws after training that the
// estimators see.
type Evaluate struct {
	Sampler     string `key:"sampler" choices:"direct,metropolis,mala,hmc,latent_hmc,independence" help:"where they come from: direct draws from the model; or Markov chains on the Boltzmann density, by metropolis, mala (Langevin) and hmc in x, latent_hmc in the latent variables of a flow, independence with proposals from the model"`
	Samples     int    `key:"samples" min:"2" max:"1e12" help:"configurations drawn for the observables; of chains, the next multiple of their number. With chains, the model is drawn from as often, for the observables that are its own"`
	Batch       int    `key:"batch" min:"1" max:"10000000" help:"configurations drawn at a time, which bounds the memory"`
	Seed        uint64 `key:"seed" min:"0" help:"decides the random numbers of these draws; 0 takes run.seed. helmholtz evaluate adds results of other seeds to those of a finished run"`
	Standard    bool   `key:"standard" help:"whether the standard set of estimators of the space reports, beside those of [[estimator]]; one that is named there takes the place of the standard one of its name"`
	KeepSamples int    `key:"keep_samples" min:"0" max:"1e9" help:"how many of them, from the first, are kept in results.h5 with their ln p and energy"`
}

// Checkpoint is the [checkpoint] table. Whichever of the two intervals ends
// first triggers a checkpoint; one is also written on a signal and at the end.
type Checkpoint struct {
	Every        int     `key:"every" min:"0" max:"1e9" help:"training steps between checkpoints; 0 leaves it to every_seconds"`
	EverySeconds float64 `key:"every_seconds" min:"0" unit:"s" help:"seconds between checkpoints; 0 leaves it to every"`
	Keep         int     `key:"keep" min:"2" max:"1e6" help:"newest checkpoints that are kept; the one before takes the place of a damaged one"`
}

// Expectation is one entry of the [expect] table: a known value of an
// observable and how near the run must come, or limits. Every rule that is given
// must hold; 0 (or "none") leaves a rule out, and at least one is given.
type Expectation struct {
	// Observable may end in _per_site or _per_particle.
	Observable string
	Value      *float64 `key:"value" help:"known value, in the observable's units; the rules tolerance, relative, sigma and bound need it"`
	AtMost     *float64 `key:"at_most" help:"largest value, without regard to its error: for a variational energy, which may be better than the best known"`
	AtLeast    *float64 `key:"at_least" help:"smallest value, without regard to its error"`
	Tolerance  float64  `key:"tolerance" min:"0" help:"largest absolute deviation"`
	Relative   float64  `key:"relative" min:"0" help:"largest deviation as a fraction of the known value"`
	Sigma      float64  `key:"sigma" min:"0" help:"largest deviation in standard errors"`
	Bound      string   `key:"bound" choices:"none,upper,lower" help:"upper: the result must not lie below the known value by more than 3 standard errors; lower: not above it"`
	NeedsESS   float64  `key:"needs_ess" min:"0" max:"1" help:"the check is skipped, with a note, when the effective sample size (fraction of the samples) is smaller"`
	Cautions   []string `key:"cautions" help:"codes of the cautions that the value may carry; any other makes it doubtful, and the entry fails"`
	KnownMiss  string   `key:"known_miss" help:"why this entry is not met: a miss is shown with this text and does not fail the run"`
	Source     string   `key:"source" opt:"required" help:"where the known value comes from"`
}

var (
	runDefaults   = Run{Seed: 1}
	trainDefaults = Train{Objective: "reverse_kl", Gradient: "score", Optimizer: "adam", Batch: 1000, LearningRate: 1e-3, Schedule: "constant", Decay: 0.5, DecayEvery: 1000, NaN: "stop", Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8,
		ClipLocal: 5, Damping: 1e-3, MaxNorm: 1e-3}
	samplerDefaults    = Sampler{Method: "hmc", Chains: 100, BurnIn: 1000, Thin: 1, Leapfrog: 10}
	evaluateDefaults   = Evaluate{Sampler: "direct", Samples: 10000, Batch: 1000, Standard: true}
	checkpointDefaults = Checkpoint{EverySeconds: 60, Keep: 3}
	expectDefaults     = Expectation{Bound: "none"}
)

// tableSchema is the schema of one table that the framework itself reads; that
// of expect is for each of its entries.
type tableSchema struct {
	name   string
	params []core.Param
}

func sections() []tableSchema {
	return []tableSchema{
		{"run", core.SchemaOf(runDefaults)},
		{"ensemble", core.SchemaOf(Ensemble{})},
		{"train", core.SchemaOf(trainDefaults)},
		{"sampler", core.SchemaOf(samplerDefaults)},
		{"evaluate", core.SchemaOf(evaluateDefaults)},
		{"checkpoint", core.SchemaOf(checkpointDefaults)},
		{"expect", core.SchemaOf(expectDefaults)},
	}
}

// Tables are the keys of the tables that the framework itself reads, by name.
func Tables() map[string][]core.Param {
	all := map[string][]core.Param{}
	for _, s := range sections() {
		all[s.name] = s.params
	}
	return all
}

// settingsOf is the inverse of core.Decode.
func settingsOf(section any) core.Settings {
	s := core.Settings{}
	for _, p := range core.SchemaOf(section) {
		s[p.Name] = p.Default
	}
	return s
}
