package core

// Density is a normalised probability density that can be drawn from.
type Density interface {
	// Sample draws n independent configurations into dst (which it resets)
	// with their LogP, and gives dst an ID: those with the numbers dst.From to
	// dst.From + n - 1 of all that parameters and seed decide, bit for bit, so
	// that several processes can draw parts of one batch.
	Sample(dst *Batch, seed uint64, n int) error

	// LogProb writes ln p(x_i) of len(dst) given configurations.
	// len(x) = len(dst) * Space.Size().
	LogProb(dst []float64, x []float64) error
}

// Model is a density with parameters theta. A loss never reaches it: it is
// handed weights and returns their pull-back, so one model serves every
// objective.
//
// Further powers, declared in ModelSpec.Powers:
//
//	PowerPath      PathPuller     reverse mode through the sample
//	PowerSlope     ModelSloper    grad_x ln p
//	PowerMap       Mapper         the map of latent variables to x
//	PowerMapGradient  MapGradienter  its gradient at given latent variables
//	PowerVelocity  VelocityField  the velocity that carries them there
//	PowerScore     ScoreField     grad_x ln p of data under noise
//	PowerScoreSlope  ScoreSloper  how that changes in space
//	PowerSweep     Sweeper        steps in a few parameters at a time
//	PowerComplete  Completer      what is missing of a configuration
//	PowerWeak      WeakDeriver    p's derivatives as differences of densities
//	PowerWeight    Weigher        p up to a constant alone
//	PowerLogZ      Normaliser     that constant
//	PowerMove      Mover          steps of a Markov chain from anywhere
//	PowerBound     Bounder        an encoder, and a bound of ln p
//
// and of a quantum state:
//
//	PowerWave      WaveFunction   the amplitude of one state
//	PowerQuantum   DensityMatrix  the states of a density matrix
//	PowerStates    StateLister    ln p of every state
//	PowerStateSlope  StateSloper  the slope of their wave functions
//	PowerStateDraws  StateDrawer  draws of given states
//	PowerStateSpan  StateSpanner  many states at the same x
//	PowerNatural   NaturalPuller  natural gradients
//	PowerNaturalShares  NaturalSharer  natural gradients that ranks make together
//	PowerNaturalProducts  NaturalMultiplier  natural gradients of products with the Fisher matrix
//	PowerWalk      Walker         samples from Markov chains of its own
//	PowerNotices   Noticer        what the user should know
//
// PowerKinds has no methods: the model knows that particles may be of several kinds.
type Model interface {
	Density

	// Spec is constant over the value's life.
	Spec() ModelSpec

	// Init writes the starting parameters for a seed; len(theta) = Spec().Parameters.
	Init(theta []float64, seed uint64) error

	// Load sets the parameters that all later calls use. It copies theta. An
	// error about theta comes from Load or from the first call that uses it:
	// a model in another process gets theta together with that call.
	Load(theta []float64) error

	// Pull writes sum_i w_i grad_theta ln p(x_i) into grad (overwriting it).
	// len(w) = b.N, len(grad) = Spec().Parameters. The batch need not stem
	// from this model; when it does and nothing was loaded since, b.ID lets
	// the model skip its forward pass. The result is the same either way.
	Pull(grad []float64, b *Batch, w []float64) error
}

// ModelSpec is what a bound model says of itself.
type ModelSpec struct {
	// Space the model was built on.
	Space Space `json:"space"`
	// Parameters is the length of theta.
	Parameters int `json:"parameters"`
	// Blocks names consecutive pieces of theta, in order; their sizes add up
	// to Parameters. They label the checkpoint and mean nothing to the host.
	Blocks []Block `json:"blocks,omitempty"`
	// Symmetries hold exactly for every theta. The energy must share them.
	Symmetries []Symmetry `json:"symmetries,omitempty"`
	// Precision is the relative accuracy of ln p and its derivatives, up to which
	// the host checks the claims of a plugin; 0 is 1e-6. A network in single
	// precision may need 1e-3.
	Precision float64 `json:"precision,omitempty"`
	// NotBitwise tells that equal calls, and a configuration in other batches, may give numbers
	// that differ by rounding, as on some accelerators: so may runs.
	NotBitwise bool `json:"not_bitwise,omitempty"`
	// Powers beyond the Model interface.
	Powers []Power `json:"powers,omitempty"`
	// LatentScale labels the latent variables of a Mapper by the scale that
	// they describe, 0 the finest; length Space.Size(). Nil where latent
	// variables have no scales.
	LatentScale []int `json:"latent_scale,omitempty"`
	// Base is the density of the latent variables of a Mapper, nil where they are
	// independent normal variables.
	Base *Base `json:"base,omitempty"`
	// Factors are the lengths of the parts of theta, in their order, whose Fisher matrices are apart,
	// as those of p(K) and of Psi_K; nil is one part. A natural gradient's step is limited in
	// each by itself.
	Factors []int `json:"factors,omitempty"`
	// Latents is how many latent variables a Bounder has, of each configuration.
	Latents int `json:"latents,omitempty"`
	// FactorDamping is the least that is added to the diagonal of the Fisher matrix of each factor, where products are asked
	// for; nil for nothing.
	FactorDamping []float64 `json:"factor_damping,omitempty"`
	// Scores is how many numbers of each configuration a NaturalSharer makes natural gradients of, and of how many a
	// NaturalMultiplier needs the sums.
	Scores int `json:"scores,omitempty"`
	// Orbitals are the one-particle states that Batch.K counts: orbital k has
	// the quantum numbers Orbitals[k], one per dimension (in a box the wave vector
	// in units of 2 pi over the edge, with the twist; the quanta of an oscillator).
	Orbitals [][]float64 `json:"orbitals,omitempty"`
	// Memory that it takes, its own copies of theta and gradient included.
	Memory Memory `json:"memory,omitzero"`
	// Basis says where the states of a density matrix end, nil where nothing
	// was cut off.
	Basis *Basis `json:"basis,omitempty"`
}

// Basis is a finite set of states. A state K is at its edge where the Quanta of
// the orbitals in K add up to Edge or more: what lies beyond is left out, and
// what is at the edge should have no weight.
type Basis struct {
	// Key of the model's settings that takes more states in.
	Key string `json:"key"`
	// Quanta of each of ModelSpec.Orbitals.
	Quanta []int `json:"quanta"`
	Edge   int   `json:"edge"`
}

// Block is a named piece of theta. Shape is what a reader should see; packed
// (for instance triangular) weights have a one-dimensional shape.
type Block struct {
	Name  string `json:"name"`
	Shape []int  `json:"shape"`
}

// Size is the number of parameters in the block, 1 for an empty shape.
func (b Block) Size() int {
	n := 1
	for _, l := range b.Shape {
		n *= l
	}
	return n
}

// Power names an ability beyond a main interface.
type Power string
