package core

import "strings"

// PartKind is what a part is used as; it is also the name of its table in the
// run file. Models, energies, objectives, and observers, which are of the kind
// estimator, can be plugins in other processes; all else is compiled into the program.
type PartKind string

const (
	KindModel     PartKind = "model"
	KindEnergy    PartKind = "energy"
	KindEstimator PartKind = "estimator"
	KindObjective PartKind = "objective"
	KindOptimizer PartKind = "optimizer"
	KindSampler   PartKind = "sampler"
)

// One is a part of the kind in a sentence: "an energy".
func (k PartKind) One() string {
	if strings.ContainsAny(string(k)[:1], "aeiou") {
		return "an " + string(k)
	}
	return "a " + string(k)
}

// Manifest is a part's self-description: all that a host needs to check a run
// file before anything is started.
type Manifest struct {
	Kind    PartKind `json:"kind"`
	Name    string   `json:"name"`
	Version string   `json:"version"`
	// Summary is one line: the idea, for `helmholtz plugin list`.
	Summary string `json:"summary"`
	// Reference is where the idea comes from: a paper with its identifier.
	Reference string `json:"reference,omitempty"`
	// Spaces a model can be built on; empty means every space.
	Spaces []SpaceKind `json:"spaces,omitempty"`
	// Powers that some setting of this part can have; a bound part's Spec
	// says which it has.
	Powers []Power `json:"powers,omitempty"`
	// Precisions that a model can compute in besides float64, which the host's key
	// "precision" then chooses from: see Settings.Precision.
	Precisions []Precision `json:"precisions,omitempty"`
	// Source says what an objective takes its configurations from: the model's
	// draws (OfModel), configurations that are given (OfData), or either. Of a
	// sampler it says what its draws are: of the model, with ln p (OfModel), Markov
	// chains on the Boltzmann density (OfChains), whose number is then its key
	// "chains", independent draws of the Boltzmann density (OfBoltzmann), or draws by
	// the model's score (OfScore).
	Source Source `json:"source,omitempty"`
	// Params are the keys it understands in its run-file table; not ReservedKeys. Keys has
	// the host's too.
	Params []Param `json:"params"`
}

// Part is one pluggable thing: its manifest and the constructor of its kind.
// The other constructors are nil. Constructors get settings that were checked
// against Keys and completed with defaults.
type Part struct {
	Manifest
	NewModel  func(s Settings, space Space) (Model, error)
	NewEnergy func(s Settings) (Energy, error)
	// A part of the kind estimator has one of these two. An observer gives numbers of
	// each configuration, and the host makes the estimator of it.
	NewEstimator func(s Settings, setting Setting) (Estimator, error)
	NewObserver  func(s Settings, of System) (Observer, error)
	// NewObjective gets a setting that has Beta, Energy and Model; in another process
	// it has nothing else.
	NewObjective func(s Settings, setting Setting) (Objective, error)
	// NewOptimizer gets the number of steps of the whole training, which a
	// schedule may depend on.
	NewOptimizer func(s Settings, steps int64) (Optimizer, error)
	// NewSampler gets a target that has what the sampler Uses, and calls none of
	// its parts.
	NewSampler func(s Settings, target Target) (Sampler, error)
	// Uses is what a sampler cannot work without.
	Uses Uses
	// Adapts tells of a sampler of chains that its burn-in finds one step size for all of them.
	Adapts bool
}

// ReservedKeys are the keys of every part's table that say which part is meant, and
// what the host makes of it; a part has no Param of these names.
var ReservedKeys = []string{"plugin", "path", "sha256", "version", "average", keyPrecision}
