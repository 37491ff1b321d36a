package core

// Estimator turns batches into observables with honest error bars. All that it
// gathers can be taken out as plain data, so that an evaluation can stop and go
// on, or be shared between processes.
type Estimator interface {
	Spec() EstimatorSpec
	// Add takes a batch with X and what EstimatorSpec.Reads. It keeps no slice of it, and
	// adds the columns of its own that its Spec names.
	Add(b *Batch) error
	// Report gives the values so far. It may be called more than once.
	Report() ([]Estimate, error)
	// State returns a copy of all that was gathered. An estimator of the same
	// settings that Restores it goes on as this one would, bit for bit.
	State() EstimatorState
	// Restore puts back what State returned, in place of what was gathered,
	// and copies it. The error says what does not fit.
	Restore(EstimatorState) error
	// Merge adds what an estimator of the same settings gathered, of
	// configurations that are independent of those seen here: later ones, or
	// other Markov chains with as many draws. After it only Report and further
	// Merges follow. The error says what does not fit.
	Merge(EstimatorState) error
}

// EstimatorState is what an estimator has gathered, by names of its own.
type EstimatorState map[string][]float64

// EstimatorSpec is what an estimator says of itself.
type EstimatorSpec struct {
	// Observables it will report, in order.
	Observables []Observable `json:"observables"`
	// Spaces it understands; empty means every space.
	Spaces []SpaceKind `json:"spaces,omitempty"`
	// ModelPowers and EnergyPowers it cannot work without.
	ModelPowers  []Power `json:"model_powers,omitempty"`
	EnergyPowers []Power `json:"energy_powers,omitempty"`
	// Source of the configurations that it can use: OfEither, OfModel, OfChains, OfBoltzmann,
	// OfModelAndBoltzmann, OfData or OfDrawsAndRows.
	Source Source `json:"source,omitempty"`
	// Wants are the columns that it reads beside x. nil is E, and of OfModel, OfBoltzmann and
	// OfModelAndBoltzmann ln p too; of what no energy has to know it is another slice, which
	// may be empty.
	Wants []Column `json:"-"`
	// Forbidden tells that it takes configurations of E = +Inf too.
	Forbidden bool `json:"-"`
	// Columns of its own ([Own]), which stay of configurations that are kept.
	Columns []Column `json:"-"`
	// Memory that it takes.
	Memory Memory `json:"memory,omitzero"`
}

// Reads are the columns that it reads beside x.
func (s EstimatorSpec) Reads() []Column {
	switch {
	case s.Wants != nil:
		return s.Wants
	case s.NeedsModel():
		return []Column{LogP, E}
	}
	return []Column{E}
}

// NeedsModel tells that it cannot work without a model, whose ln p it reads unless Wants says
// otherwise.
func (s EstimatorSpec) NeedsModel() bool {
	return s.Source == OfModel || s.NeedsBoltzmann()
}

// NeedsBoltzmann tells that it cannot work without draws of the Boltzmann density beside a model.
func (s EstimatorSpec) NeedsBoltzmann() bool {
	return s.Source == OfBoltzmann || s.Source == OfModelAndBoltzmann
}

// ReweightedSuffix ends the name of an average over a model's draws by their weights.
const ReweightedSuffix = "_reweighted"

// Source says where configurations come from.
type Source string

const (
	// OfEither is any density: what is estimated is that density's.
	OfEither Source = ""
	// OfModel are draws from the model, with ln p, independent unless the model
	// has chains of its own (Walker): a variational value is one of the model,
	// and importance weights need its ln p.
	OfModel Source = "model"
	// OfPaths are draws from the model that a sampler carried on, whose ln p is such that
	// exp(-beta E)/p is the weight of all their way: what is reweighted is right, and the
	// variational free energy a bound, but ln p is that of no density at x.
	OfPaths Source = "paths"
	// OfChains are Markov chains.
	OfChains Source = "chains"
	// OfBoltzmann are independent draws of the Boltzmann density. An estimator of them takes
	// Markov chains, too, and ln p of a model that is beside them.
	OfBoltzmann Source = "boltzmann"
	// OfModelAndBoltzmann are draws from the model and, in batches of their own, those of
	// OfBoltzmann; [Batch.Source] tells which.
	OfModelAndBoltzmann Source = "model and boltzmann"
	// OfScore are independent draws by the score of the model, of a density near that of
	// its data, whose ln p nobody knows.
	OfScore Source = "score"
	// OfData are configurations that are given, as in a file.
	OfData Source = "data"
	// OfDrawsAndRows are those of OfEither and, in batches of their own, which alone have the
	// column RowNumber, the rows of the energy.
	OfDrawsAndRows Source = "draws and rows"
)

// Observable announces an Estimate: its Name and whether it is Extensive.
type Observable struct {
	Name      string `json:"name"`
	Extensive bool   `json:"extensive,omitempty"`
	// Reference is the exact value as the estimator knows it with its settings,
	// nil where it knows none. It stands before the energy's Exact value of this
	// name, which holds for the estimator's default settings alone.
	Reference *Reference `json:"reference,omitempty"`
}

// Reference is an exact value of the Boltzmann density.
type Reference struct {
	Value  float64 `json:"value"`
	Source string  `json:"source"` // how it is known, for instance "symmetry x -> -x"
}

// Setting is what an estimator or an objective is built for: the physics around
// the batches. Of several ranks one has the estimators; what they ask Map, Density, Bound,
// Quantum and Potential about configurations, all answer, with the numbers of one.
type Setting struct {
	Beta   float64 // inverse temperature, > 0; +Inf is the ground state
	Energy EnergySpec
	Model  ModelSpec // zero in a run without a model
	// Source of an objective's configurations: OfModel or OfData.
	Source Source
	// Map is the model with the parameters that are evaluated, nil where it
	// has no PowerMap. An estimator calls it for whole batches.
	Map Mapper
	// Density is what the draws of the model have ln p of: the model, or its average over
	// images where an evaluation takes that; nil where it has no density of independent draws.
	Density Density
	// Chains tells that what is estimated from OfEither comes from Markov
	// chains on the Boltzmann density and not from the model.
	Chains bool
	// Adapts tells that the sampler of these chains finds a step size for all of them in its burn-in.
	Adapts bool
	// Bracket tells that there are draws of the Boltzmann density beside the model, and ln p is
	// wanted of them.
	Bracket bool
	// Weights tells that configurations of OfEither are draws from the model and have weights exp(-beta E)/p: there is a
	// temperature, and E is a function of x. Reweight asks for averages by these, too.
	Weights, Reweight bool
	// Ladder are the temperatures of the further replicas of each chain, in order; nil if none.
	Ladder []float64
	// Paths tells that what is estimated from OfModel are OfPaths.
	Paths bool
	// Exact values that the energy knows, by observable name; nil if none.
	Exact map[string]float64
	// Bound is the model where it has PowerBound, likewise, else nil. Seed is that of an
	// estimator's own random numbers.
	Bound Bounder
	Seed  uint64
	// Quantum is the model where it has PowerQuantum, with the parameters that are evaluated,
	// else nil. An estimator calls it for whole batches.
	Quantum DensityMatrix
	// Potential is the energy, V(x) in a quantum run, which an estimator calls for whole batches of
	// its own configurations.
	Potential Energy
	// States is the model where it has PowerStates, with the parameters that
	// are evaluated; else nil.
	States StateLister
}

// Estimate is one observable with its standard error. Scalars have one value
// and no axes.
type Estimate struct {
	Name   string // field's standard name, snake case: "free_energy"
	Long   string // one phrase for a reader
	Value  []float64
	Stderr []float64 // one standard deviation of the estimate; NaN where unknown
	// Given is what Stderr does not vary and another evaluation finds anew, in words; "" where there
	// is no such thing.
	Given string
	// Upper is where a count was never seen, which has no Stderr: with a
	// confidence of 95 % the value is below it. NaN where something was seen, nil
	// where nothing is counted.
	Upper []float64
	// Constant tells that every configuration gave the same value, up to rounding.
	Constant bool
	Units    string  // "1" for pure numbers
	Axes     []Axis  // one per dimension of Value, outermost first; empty for scalars
	N        int64   // configurations that entered; 0 of what is not estimated from draws
	Tau      float64 // integrated autocorrelation time in draws of a chain; 1 when independent
	// TauStderr is the standard error of Tau, and StderrStderr that of the error of a scalar; 0 or
	// NaN where they are not known.
	TauStderr, StderrStderr float64
	// RHat compares the spread between chains with that within them (rank-normalised split
	// R-hat, Vehtari et al. 2021, Bayesian Anal. 16, 667): 1 when
	// they are mixed. 0 where there are no chains, or too few draws of them.
	RHat float64
	// Bulk and Tail are how many independent draws chains are worth for means of ranks and for
	// quantiles of 5 and 95 % (ibid.); 0 where RHat is.
	Bulk, Tail float64
	// Extensive marks an observable that grows with the number of sites or
	// particles: it is also shown as NAME_per_site or NAME_per_particle.
	Extensive bool
	// Reweighted marks what corrects for the density that was drawn from, by weights, or is
	// about those.
	Reweighted bool
	// Own marks what is about the density that was drawn from, whatever that is: a cost, or how far it is from another. That
	// it is not the Boltzmann density says nothing against it.
	Own bool
	// Bound is +1 where the value is an upper bound of the exact one in
	// expectation, -1 for a lower bound, 0 otherwise.
	Bound int
	// Cautions say why the value should not be trusted.
	Cautions []Caution
}

// Axis labels one dimension of an array observable.
type Axis struct {
	Name   string    `json:"name"`
	Units  string    `json:"units"`
	Values []float64 `json:"values"`
}

// Names of axes that say how an array is drawn: one value for each latent variable, and, of
// configurations, their classes.
const (
	AxisLatent = "latent"
	AxisLabel  = "label"
)

// Scalar builds an Estimate of one number.
func Scalar(name, long string, value, stderr float64, units string, n int64) Estimate {
	return Estimate{Name: name, Long: long, Value: []float64{value}, Stderr: []float64{stderr}, Units: units, N: n, Tau: 1}
}
