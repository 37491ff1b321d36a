package plan

import (
	"cmp"
	"maps"
	"math"
	"reflect"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Plan is a run file that was checked and completed with every default. It is
// plain data and is not changed after Check and Bind.
type Plan struct {
	// Name of the run; the file's base name unless [run] says otherwise.
	Name string
	// Seed decides every random number of the run.
	Seed uint64
	// Memory overrides what the machine allows, as in "8 GiB"; empty where it
	// does not.
	Memory string
	// Env names the variables that plugins get besides the allowed ones.
	Env []string

	// Model is empty in a run without a model; see HasModel.
	Model  PartPlan
	Energy PartPlan
	// Estimators in the order of the file; Evaluate.Standard adds to them.
	Estimators []PartPlan

	// Beta is the inverse temperature, in reciprocal units of the energy
	// (k_B = 1); > 0, and +Inf for temperature = 0, the ground state. Where Kelvin or
	// Theta is given it is known after Bind.
	Beta float64
	// Kelvin is the temperature in kelvin, nil where the file gives it otherwise.
	Kelvin *float64
	// Theta is the temperature in units of the Fermi temperature, nil where the
	// file gives it otherwise.
	Theta *float64
	// ThetaOf says whose: "majority" or "unpolarised".
	ThetaOf string
	Train   Train
	// Terms are what [[term]] adds to the objective of [train].
	Terms []Term
	// Objective, Optimizer and Sampler are parts of this program, or an objective of
	// another. The first two are empty where nothing is to be trained and the program has
	// not the default ones.
	Objective, Optimizer, Sampler PartPlan
	Evaluate                      Evaluate // its Sampler is Sampler.Plugin
	Checkpoint                    Checkpoint
	// Expect lists the checks on the results, sorted by observable.
	Expect []Expectation

	// Point holds the values of the swept keys where the plan is a point of a
	// sweep.
	Point map[string]any

	// Files holds the SHA-256 (hex) of every file that a part or [train] names, by
	// dotted key ("energy.file", "model.path"): the settings hold absolute paths, and
	// it is the content, not the place, that must not change.
	Files map[string]string

	// Source is the run file as read, Overrides the --set arguments.
	Source    string
	Overrides []string
	// Dir is the absolute path of the run file's folder.
	Dir string

	file       *File  // where each key stands, for the messages of Fit
	samplerKey string // which of its two keys gave the sampler
	guessed    bool   // the sampler does not fit its keys, and ChooseMethod is to name another
	unknown    bool   // the energy is data, and knows no E
}

// HasModel tells a run of a model from one of Markov chains alone.
func (p *Plan) HasModel() bool { return p.Model.Plugin != "" }

// EvaluationSeed decides the random numbers of the draws after training.
func (p *Plan) EvaluationSeed() uint64 { return cmp.Or(p.Evaluate.Seed, p.Seed) }

// Reseeded is the plan with another seed of the evaluation; 0 is that of the run.
func (p *Plan) Reseeded(seed uint64) *Plan {
	q := *p
	q.Evaluate.Seed = seed
	return &q
}

// UsesChains tells whether what is estimated comes from Markov chains.
func (p *Plan) UsesChains() bool { return p.Sampler.Source == core.OfChains }

// UsesPaths tells whether draws from the model are carried on, and so are none of its density.
func (p *Plan) UsesPaths() bool { return p.Sampler.Source == core.OfPaths }

// Boltzmann tells whether what is estimated comes from the Boltzmann density, by
// chains or independent draws, and not from the model.
func (p *Plan) Boltzmann() bool { return p.UsesChains() || p.Sampler.Source == core.OfBoltzmann }

// Bracket tells whether the standard set has estimators of ln p at draws of the Boltzmann density.
func (p *Plan) Bracket() bool {
	return p.HasModel() && p.Boltzmann() && p.Evaluate.Bracket
}

// Apart tells whether what is estimated comes from other draws than those of the model
// that have its ln p: from the Boltzmann density, or by the model's score.
func (p *Plan) Apart() bool { return p.Boltzmann() || p.Sampler.Source == core.OfScore }

// Weights tells whether what is estimated comes from draws of the model that have weights exp(-beta E)/p.
func (p *Plan) Weights(b Bound) bool {
	return b.Model != nil && core.LacksDensity(b.Model.Powers) == nil && !p.Apart() && !math.IsInf(p.Beta, 1) && !b.Energy.Quantum() && !slices.Contains(b.Energy.Powers, core.PowerUnknown)
}

// Chains is the number of Markov chains, 1 where draws are independent.
func (p *Plan) Chains() int {
	if n, ok := p.Sampler.Settings["chains"].(int64); ok && p.UsesChains() {
		return int(n)
	}
	return 1
}

// Ladder are the temperatures of the further replicas of each Markov chain; nil if there are none.
func (p *Plan) Ladder() []float64 {
	if t, ok := p.Sampler.Settings["temperatures"].([]float64); ok && p.UsesChains() && len(t) > 0 {
		return t
	}
	return nil
}

// PartPlan names a part and holds its checked settings.
type PartPlan struct {
	Plugin string `key:"plugin" opt:"required" help:"name of the part"`
	Path   string `key:"path" opt:"file" help:"executable of a third party's plugin; built-in parts and installed plugins need none"`
	SHA256 string `key:"sha256" help:"pins the executable, that at path or that found by its name, to this SHA-256 (64 hexadecimal digits)"`
	// Version is a constraint on what the part says of itself.
	Version string `key:"version" help:"versions that will do, like \">= 1.2, < 2\": conditions with >=, >, <, <=, = or !=, all of which must hold"`
	// Average names symmetries over whose images the density of a model is averaged.
	Average []string `key:"average" help:"of a model: finite symmetries of the energy over whose images its density is averaged, as [\"translation\", \"reflection\", \"z2\"]"`
	// Precision is a core.Precision, for the settings that a model is opened with.
	Precision string `key:"precision" choices:"float64,float32" help:"of a model: arithmetic of its weights, activations and products; parameters, ln p and all sums over samples are float64 anyway"`
	// Settings are completed with the defaults of the part's manifest, and with Precision
	// where it has several.
	Settings core.Settings
	// Source is that of an objective's or a sampler's manifest.
	Source core.Source

	keys  []string          // of Settings that have an effect, in the manifest's order
	apart []string          // keys that the resolved run file has in a table of the part's own
	place map[string]string // where the file has a key of an objective, optimizer or sampler
}

var partDefaults = PartPlan{Precision: string(core.Float64)}

// Same tells whether it names the same part with the same settings.
func (part PartPlan) Same(other PartPlan) bool {
	return part.Plugin == other.Plugin && part.Path == other.Path && part.SHA256 == other.SHA256 && slices.Equal(part.Average, other.Average) && maps.EqualFunc(part.Settings, other.Settings,
		func(a, b any) bool { return reflect.DeepEqual(a, b) })
}

// NamedSpec is what a bound estimator says of itself, under the name that the
// user knows it by.
type NamedSpec struct {
	Name string
	// Table is where it stands in the file, see EstimatorTable; empty for one of
	// the standard set, which stands nowhere.
	Table string
	core.EstimatorSpec
}

// key is where what is wrong with it is reported.
func (s NamedSpec) key() string {
	if s.Table == "" {
		return "estimator"
	}
	return join(s.Table, "plugin")
}
