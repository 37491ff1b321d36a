package core

// Sampler draws batches from the density that it was built for: a model, or
// the Boltzmann density of an energy. All that it remembers is in the state,
// which the caller keeps.
type Sampler interface {
	// Init returns the state before the first draw.
	Init(seed uint64) (SamplerState, error)
	// Burn does one piece of what has to be thrown away before the first draw,
	// in which step sizes may adapt, and tells how many pieces are left. A
	// sampler of independent draws has none.
	Burn(state SamplerState) (next SamplerState, left int, err error)
	// Next draws n configurations into dst (which it resets) and returns the
	// state after them; n is a multiple of the number of chains. Its input
	// state stays valid, so that a step can be repeated. dst has X, LogP where
	// the density is a model's (else it is empty), E where the sampler needed
	// it, and of chains Chains and Accept.
	Next(dst *Batch, state SamplerState, n int) (SamplerState, error)
}

// Dealt is a sampler whose draws may be dealt to several processes. Each makes its own of
// them and gets the same numbers as one process that makes all: of independent draws those
// from dst.From on of dst.Total, of chains those of the state's rows, where the state is a
// [State.Cut] of what Init returned. Next then draws multiples of so many chains, and
// dst.Chains is their number.
type Dealt interface {
	Sampler
	// Deal says how the processes put numbers of their chains together; nil is one process.
	Deal(Exchange)
}

// Exchange puts numbers of each chain, one for each, together for all processes, in the
// order of the chains. All call it alike: who failed gives its error instead of numbers, and all
// get one.
type Exchange func(mine []float64, failed error) (all []float64, err error)

// Target is what a sampler is built for: the Boltzmann density exp(-Beta E)/Z of
// an energy, and a model.
type Target struct {
	Model  Model // nil in a run without a model
	Energy Energy
	Beta   float64 // +Inf is the ground state, of which a model alone can be drawn from
	// Raw tells that the energy is its author's own value, with no host between that refuses
	// what is not a number: the sampler does.
	Raw bool
}

// SamplerState is plain data, so that it can be written to a checkpoint.
type SamplerState struct {
	Seed  uint64 // stream of this sampler
	Drawn uint64 // calls of Next so far
	Burnt uint64 // calls of Burn so far
	// Chains have a row for each: where it is, in the sampler's own coordinates. What
	// is common to them, such as the adapted size of a step, is the whole.
	Chains State
}

// SamplerOpener is an instance of an energy in whose process samplers can be opened: the moves
// of chains that need nothing but the energy then cost no round trips.
type SamplerOpener interface {
	// OpenSampler opens a sampler of complete settings for exp(-beta E) where the energy is. That
	// its process does not have it is an error of kind Unsupported, from this method or from
	// the sampler's first call.
	OpenSampler(part Part, s Settings, beta float64, w Work) (Sampler, error)
}

// Work is how often a sampler of chains asks for the energies of all of them, at most, so that it
// is known how long a call of it may take.
type Work struct {
	Burn float64 // in a call of Burn
	Draw float64 // between two draws of a chain
}

// OpenSampler implements SamplerOpener, on the value of the author.
func (l Local) OpenSampler(part Part, s Settings, beta float64, _ Work) (Sampler, error) {
	e, err := as[Energy](l.Part, "open sampler", "")
	if err != nil {
		return nil, err
	}
	return part.NewSampler(s, Target{Energy: e, Beta: beta, Raw: true})
}

// OpenSampler implements SamplerOpener where the instance does.
func (v *EnergyView) OpenSampler(part Part, s Settings, beta float64, w Work) (Sampler, error) {
	o, ok := v.Instance.(SamplerOpener)
	if !ok {
		return nil, Errorf(Unsupported, "open sampler", part.Name, "it cannot be where the energy is")
	}
	return o.OpenSampler(part, s, beta, w)
}
