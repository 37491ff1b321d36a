package plan

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Run is the [run] table.
type Run struct {
	Name   string `key:"name" help:"name of the run; the file's base name when empty"`
	Seed   uint64 `key:"seed" min:"0" help:"decides every random number: equal files with equal seeds give equal results, bit for bit"`
	Memory string `key:"memory" help:"most memory that the run and its plugins may take together, as in \"8 GiB\": a file that needs more is refused. When empty, the least of what the control group, ulimit, Slurm and the free memory of the machine allow"`
	// Env is checked by checkEnv.
	Env []string `key:"env" help:"names of environment variables that plugins get besides [the allowed ones](trust.md); their values are stored nowhere"`
}

// Train is what the framework itself reads of the [train] table. A file without it
// trains nothing (Steps = 0).
type Train struct {
	Objective string  `key:"objective" help:"what is minimised: one of the objectives below, or one of a plugin"`
	Optimizer string  `key:"optimizer" help:"rule that turns gradients into steps: one of the optimizers below"`
	Steps     int     `key:"steps" min:"0" opt:"required" help:"training steps; 0 evaluates the model as initialised"`
	Start     string  `key:"start" opt:"file" help:"checkpoint of another run, whose last parameters training starts from in place of random ones. Its model has the same blocks of parameters; its energy, temperature and lattice may be others"`
	Batch     int     `key:"batch" min:"2" max:"10000000" help:"configurations drawn per step"`
	Shares    int     `key:"shares" min:"0" max:"4096" help:"in how many shares, a power of two, sums over the batch are made; so many ranks can train together, where the batch has as many configurations. It decides the last digits of a run. 0 is 16, and fewer where that leaves less than 64 configurations to each: smaller shares are slower, the less so the more work a configuration is"`
	From      string  `key:"source" choices:"model,data,chains" help:"where the configurations come from: of an objective that takes draws of the model as well as data, one of these; of every objective that takes data, the Markov chains of [sampler] on the Boltzmann density"`
	Data      string  `key:"data" opt:"file,named" help:"configurations to fit: a file (HDF5, CSV, NumPy, idx) or the name of a data set, as docs/data.md says. When empty, the rows for training of the energy, which must have some"`
	Dataset   string  `key:"dataset" help:"where they stand in an HDF5 or .npz file, or in a data set; when empty, x, the samples of a results.h5, the only array, or the first of a data set"`
	Order     string  `key:"order" choices:"epochs,replacement" help:"how data is drawn: in epochs, each row once in an epoch, in an order of its own; or with replacement"`
	Draws     int     `key:"draws" min:"2" max:"1e9" help:"how many configurations the chains draw before the first step, when source = chains, rounded up to a multiple of their number; they are data from then on"`
	Teacher   string  `key:"teacher" opt:"file" help:"checkpoint of another run of this [model], whose last parameters it takes, of an objective of paths: their ends are where its flow carries their starts, so that what is learned are straight paths between the pairs (rectified flow, arXiv:2209.03003)"`
	Validate  int     `key:"validate" min:"0" max:"1e9" help:"training steps between two looks at the loss of the energy's rows for validation, from which nothing is learned: the column validation_loss of the history; 0 never looks"`
	Patience  int     `key:"patience" min:"0" max:"1e9" help:"training steps without a smaller validation_loss after which training ends. What is evaluated then are the parameters of the smallest. 0 makes all steps, and keeps the last parameters"`
	Anneal    float64 `key:"anneal" min:"0" below:"1" help:"factor a of the annealing beta_t = beta (1 - a^t), t = 1, 2, ..., which starts near infinite temperature; 0 trains at beta from the first step. Not for an objective of data"`
	NaN       string  `key:"nan" choices:"stop,skip,rollback" help:"what a step does whose numbers are not finite: stop ends the run; skip leaves the parameters as they are; rollback takes them and the optimizer back to what they were after the last step divisible by 100, or at the start. Ten such steps in a row end the run"`
}

// Sampler is what the framework itself reads of the [sampler] table, which has the
// keys of the sampler too.
type Sampler struct {
	Method string `key:"method" help:"as evaluate.sampler, for a run without a model; when not given, single_site for spins and levels, hmc where the energy has a slope, and metropolis elsewhere"`
}

// Evaluate is the [evaluate] table: the draws after training that the
// estimators see.
type Evaluate struct {
	Sampler    string `key:"sampler" help:"where they come from, one of the samplers below: direct draws from the model, or Markov chains on the Boltzmann density"`
	Samples    int    `key:"samples" min:"2" max:"1e12" help:"configurations drawn for the observables; of chains, the next multiple of their number. With chains, the model is drawn from as often, for the observables that are its own"`
	Most       int    `key:"most" min:"0" max:"1e12" help:"with target, most configurations that are drawn; 0 is 100 times samples"`
	Batch      int    `key:"batch" min:"1" max:"10000000" help:"configurations drawn at a time, which bounds the memory"`
	Seed       uint64 `key:"seed" min:"0" help:"decides the random numbers of these draws; 0 takes run.seed. helmholtz evaluate adds results of other seeds to those of a finished run"`
	Standard   bool   `key:"standard" help:"whether the standard set of estimators of the space reports, beside those of [[estimator]]; one that is named there takes the place of the standard one of its name"`
	Bracket    bool   `key:"bracket" help:"where Markov chains, or other draws of the Boltzmann density, stand beside a model, whether the standard set has free_energy_lower, log_z_bar and effective_sample_size_reverse, which show what the model has lost. They ask for ln p at every draw of the chains, which costs about as much as so many draws of the model, and nothing more with independence, which knows it; a larger thin makes it less"`
	Reweighted bool   `key:"reweighted" help:"whether each average over draws of a model is given once more by their weights, as energy_reweighted: that of the Boltzmann density itself, as far as effective_sample_size allows. All draws are kept for it in memory, some 100 bytes for each number of an observable"`
	Rows       int    `key:"rows" min:"0" max:"2147483647" help:"most rows of each range of the energy, for training, validation and test, that are judged, at equal distances in it; 0 is all"`
	// Orbit names symmetries over whose images the density of the trained model is averaged.
	Orbit       []string `key:"orbit" help:"finite symmetries of the energy: draws from the trained model are those of its average over their images, as [\"reflection\", \"z2\"], whose free energy is not higher, at the cost of ln p at every image of each draw, and with bracket of each draw of the Boltzmann density; model.average trains so, too"`
	KeepSamples int      `key:"keep_samples" min:"0" max:"1e9" help:"how many of them, from the first, are kept in results.h5 with their ln p, energy, ln w = -beta E - ln p, and what observers say of them"`
	// Targets are sorted by observable.
	Targets []Target
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
	Cautions   []string `key:"cautions" help:"codes of the cautions that the value may carry; any other makes it doubtful, and the entry fails; those about the error alone, uncertain_error and target_missed, only where sigma or bound uses it"`
	KnownMiss  string   `key:"known_miss" help:"why this entry is not met: a miss is shown with this text and does not fail the run"`
	Source     string   `key:"source" opt:"required" help:"where the known value comes from"`
}

var (
	runDefaults        = Run{Seed: 1}
	trainDefaults      = Train{Objective: "reverse_kl", Optimizer: "adam", Batch: 1000, From: "model", Order: "epochs", Draws: 10000, NaN: "stop"}
	evaluateDefaults   = Evaluate{Sampler: "direct", Samples: 10000, Batch: 1000, Standard: true, Bracket: true}
	checkpointDefaults = Checkpoint{EverySeconds: 60, Keep: 3}
	expectDefaults     = Expectation{Bound: "none"}
)

// tableSchema is the schema of one table that the framework itself reads; that
// of expect is for each of its entries.
type tableSchema struct {
	name   string
	params []core.Param
}

// sections are the tables, with the names of the given parts for choices.
func sections(compiled []core.Manifest) []tableSchema {
	c := parts{compiled: compiled}
	sampler := core.SchemaOf(Sampler{})
	sampler[0].Default = nil // it depends on the energy
	term := c.choosing(c.termSchema(trainDefaults), namedByTerm)
	for i := range term {
		if slices.Contains([]string{"batch", "source", "order", "draws"}, term[i].Name) {
			term[i].Default = nil // it depends on [train]
		}
	}
	return []tableSchema{
		{"run", core.SchemaOf(runDefaults)},
		{"ensemble", core.SchemaOf(Ensemble{})},
		{"train", c.choosing(core.SchemaOf(trainDefaults), namedByTrain)},
		{"term", term},
		{"sampler", c.choosing(sampler, namedBySampler)},
		{"evaluate", c.choosing(core.SchemaOf(evaluateDefaults), namedByEvaluate)},
		{"checkpoint", core.SchemaOf(checkpointDefaults)},
		{"expect", core.SchemaOf(expectDefaults)},
	}
}

// Tables are the keys of the tables that the framework itself reads, by name.
func Tables() map[string][]core.Param {
	all := map[string][]core.Param{}
	for _, s := range sections(nil) {
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
