package sample

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// chains is the sampler of Markov chains that advance side by side, so that
// every call of an energy or a model is about all of them. A kernel knows the
// moves; the rest is here: random numbers, burn-in, counting, draws.
//
// Chain c of call k of Burn or Next reads a stream of its own, named by k and
// c: it depends on the other chains only through the step size, which is
// common to all and adapts in burn-in alone.
type chains struct {
	kernel   kernel
	o        Options
	asks     float64 // how often a move asks for the energies of all chains, at most
	size     int     // of a configuration
	target   float64 // mean acceptance that the step size is adapted to
	streams  []rand.PCG
	random   []*rand.Rand // one for each chain, over streams
	accepted []float64    // moves since the last draw, by chain
}

var _ core.Sampler = (*chains)(nil)

// kernel is a Markov kernel that leaves the Boltzmann density invariant, for
// all chains at once. Coordinates are the kernel's own, chain after chain.
type kernel interface {
	// start returns the chains' first coordinates.
	start(seed uint64, random []*rand.Rand) ([]float64, error)
	// enter takes up the chains at coordinates x for a number of moves; seed is
	// for random numbers that are not a chain's own.
	enter(x []float64, seed uint64, moves int) error
	// move does one move of each chain, adds 1 to accepted[c] where it was
	// accepted, and returns the mean of min(1, ratio) over the chains.
	move(accepted []float64, step float64, random []*rand.Rand) (float64, error)
	// show writes the chains' configurations and their energies at place i and on of a batch.
	show(dst *core.Batch, i int) error
	// leave returns a copy of the chains' coordinates.
	leave() []float64
}

// Words of the seeds that derive from the sampler's own.
const (
	seedStart = 1 + iota
	seedBurn
	seedDraw
	seedElsewhere
)

func newChains(o Options, size int, target float64, k kernel) *chains {
	s := &chains{kernel: k, o: o, size: size, target: target, asks: 1,
		streams: make([]rand.PCG, o.Chains), random: make([]*rand.Rand, o.Chains), accepted: make([]float64, o.Chains)}
	for c := range s.random {
		s.random[c] = rand.New(&s.streams[c])
	}
	return s
}

// asking sets how often a move asks for all energies.
func (s *chains) asking(n int) *chains {
	s.asks = float64(n)
	return s
}

// work is what calls of Burn and Next ask for, with the energies of the chains as they are taken up.
func (s *chains) work() core.Work {
	return core.Work{Burn: 1 + float64(s.piece())*s.asks, Draw: 1 + float64(s.o.Thin)*s.asks}
}

// seed sets the stream of every chain for one call.
func (s *chains) seed(seed uint64) {
	for c := range s.streams {
		core.SeedStream(&s.streams[c], seed, uint64(c))
	}
}

// Init places the chains.
func (s *chains) Init(seed uint64) (core.SamplerState, error) {
	begin := core.Derive(seed, seedStart)
	s.seed(begin)
	x, err := s.kernel.start(begin, s.random)
	return core.SamplerState{Seed: seed, Chains: s.state(x, s.o.StepSize)}, err
}

// state of the chains: their coordinates, and the size of a step of all.
func (s *chains) state(x []float64, step float64) core.State {
	return core.State{N: s.o.Chains, Rows: x, Whole: []float64{step}}
}

// enter takes up the chains of a state for one call.
func (s *chains) enter(state core.SamplerState, seed uint64, moves int) error {
	if c := state.Chains; c.N != s.o.Chains || len(c.Whole) != 1 {
		return core.Errorf(core.Invalid, "sample", string(s.o.Method), "the state has %d chains and %d numbers beside them, not %d and a step size", c.N, len(c.Whole), s.o.Chains)
	}
	s.seed(seed)
	return s.kernel.enter(state.Chains.Rows, seed, moves)
}

// piece is the number of moves of one call of Burn: a twentieth of burn-in, so
// that there is progress to be told, but so many that taking up the chains,
// one evaluation, is small beside them.
func (s *chains) piece() int { return max(10, s.o.BurnIn/20) }

// Burn moves the chains and adapts the step size after every move t = 0, 1, ...
// by the recursion of Robbins and Monro (Andrieu and Thoms 2008, Statistics and
// Computing 18, 343, section 4.2.2):
//
//	ln step += (a_t - target) / (1 + t)^0.6,
//
// a_t the mean acceptance probability over the chains. An exponent above 1/2
// lets the noise die out, one below 1 lets any start be forgotten.
//
// Every fourth move is shorter, by 1/2 to 1/256 in turn, and does not count in
// a_t. It fetches chains from far out, where forces are so large that the step
// that suits the others is rejected for ever.
func (s *chains) Burn(state core.SamplerState) (core.SamplerState, int, error) {
	done := int(state.Burnt) * s.piece()
	moves := min(s.piece(), s.o.BurnIn-done)
	if moves <= 0 {
		return state, 0, nil
	}
	if err := s.enter(state, core.Derive(state.Seed, seedBurn, state.Burnt), moves); err != nil {
		return state, 0, err
	}
	step := state.Chains.Whole[0]
	for t := done; t < done+moves; t++ {
		short := t%4 == 3
		length := step
		if short {
			length = math.Ldexp(step, -1-t/4%8)
		}
		a, err := s.kernel.move(s.accepted, length, s.random)
		if err != nil {
			return state, 0, err
		}
		if !short {
			step *= math.Exp((a - s.target) * math.Pow(float64(1+t), -0.6))
		}
	}
	state.Chains = s.state(s.kernel.leave(), step)
	state.Burnt++
	return state, (s.o.BurnIn - done - moves + s.piece() - 1) / s.piece(), nil
}

// Next draws n/Chains configurations of each chain, Thin moves apart.
func (s *chains) Next(dst *core.Batch, state core.SamplerState, n int) (core.SamplerState, error) {
	m := s.o.Chains
	if n%m != 0 {
		panic("sample: the number of draws is no multiple of the number of chains")
	}
	if err := s.enter(state, core.Derive(state.Seed, seedDraw, state.Drawn), n/m*s.o.Thin); err != nil {
		return state, err
	}
	dst.Reset(n, s.size)
	dst.Chains = m
	dst.LogP, dst.E, dst.Accept = dst.LogP[:0], core.Resize(dst.E, n), core.Resize(dst.Accept, n)
	for i := 0; i < n; i += m {
		clear(s.accepted)
		for range s.o.Thin {
			if _, err := s.kernel.move(s.accepted, state.Chains.Whole[0], s.random); err != nil {
				return state, err
			}
		}
		if err := s.kernel.show(dst, i); err != nil {
			return state, err
		}
		for c, k := range s.accepted {
			dst.Accept[i+c] = k / float64(s.o.Thin)
		}
	}
	state.Chains = s.state(s.kernel.leave(), state.Chains.Whole[0])
	state.Drawn++
	return state, nil
}
