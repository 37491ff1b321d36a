package core

// Sampler draws batches from a density. A chain's memory travels in state,
// which the caller keeps and checkpoints; an independent sampler's state
// holds only its seed and count.
type Sampler interface {
	Init(seed uint64) SamplerState
	// Next draws n configurations into dst and returns the state after them.
	// Its input state stays valid, so that a step can be repeated.
	Next(dst *Batch, density Density, state SamplerState, n int) (SamplerState, error)
}

// SamplerState is plain data, so that it can be written to a checkpoint.
type SamplerState struct {
	Seed  uint64    // stream of this sampler
	Drawn uint64    // calls of Next so far
	X     []float64 // a chain's last configurations, empty for independent draws
}

// Estimator turns batches into observables with honest error bars.
type Estimator interface {
	Spec() EstimatorSpec
	// Add takes a batch with X, LogP and E. It keeps no slice of it.
	Add(b *Batch) error
	// Report gives the values so far. It may be called more than once.
	Report() ([]Estimate, error)
}

// EstimatorSpec is what an estimator says of itself.
type EstimatorSpec struct {
	// Observables it will report, in order.
	Observables []Observable `json:"observables"`
	// Spaces it understands; empty means every space.
	Spaces []SpaceKind `json:"spaces,omitempty"`
	// ModelPowers and EnergyPowers it cannot work without.
	ModelPowers  []Power `json:"model_powers,omitempty"`
	EnergyPowers []Power `json:"energy_powers,omitempty"`
}

// Observable announces an Estimate: its Name and whether it is Extensive.
type Observable struct {
	Name      string `json:"name"`
	Extensive bool   `json:"extensive,omitempty"`
}

// Setting is what an estimator is built for: the physics around the batches.
type Setting struct {
	Beta   float64 // inverse temperature, > 0; +Inf is the ground state
	Energy EnergySpec
	Model  ModelSpec
}

// Estimate is one observable with its standard error. Scalars have one value
// and no axes.
type Estimate struct {
	Name   string // field's standard name, snake case: "free_energy"
	Long   string // one phrase for a reader
	Value  []float64
	Stderr []float64 // one standard deviation of the estimate; NaN where unknown
	Units  string    // "1" for pure numbers
	Axes   []Axis    // one per dimension of Value, outermost first; empty for scalars
	N      int64     // configurations that entered
	Tau    float64   // integrated autocorrelation time in samples; 1 when independent
	// Extensive marks an observable that grows with the number of sites or
	// particles: it is also shown as NAME_per_site or NAME_per_particle.
	Extensive bool
	// Bound is +1 where the value is an upper bound of the exact one in
	// expectation, -1 for a lower bound, 0 otherwise.
	Bound int
	// Caution, when not empty, says why the value should not be trusted.
	Caution string
}

// Axis labels one dimension of an array observable.
type Axis struct {
	Name   string
	Units  string
	Values []float64
}

// Scalar builds an Estimate of one number.
func Scalar(name, long string, value, stderr float64, units string, n int64) Estimate {
	return Estimate{Name: name, Long: long, Value: []float64{value}, Stderr: []float64{stderr}, Units: units, N: n, Tau: 1}
}
