package sample

import (
	"cmp"
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
	build    func(chains int) kernel
	kernel   kernel // of the chains at hand
	o        Options
	asks     float64       // how often a move asks for the energies of all chains, at most
	size     int           // of a configuration
	target   float64       // mean acceptance that the step size is adapted to
	exchange core.Exchange // nil in one process
	streams  []rand.PCG
	random   []*rand.Rand // one for each chain, over streams
	accepted []float64    // moves since the last draw, by chain
}

var _ core.Dealt = (*chains)(nil)

// kernel is a Markov kernel that leaves the Boltzmann density invariant, for
// all chains at once. Coordinates are the kernel's own, chain after chain.
type kernel interface {
	// start returns the chains' first coordinates.
	start(seed uint64, random []*rand.Rand) ([]float64, error)
	// enter takes up the chains at coordinates x, which are those of a place among
	// all, for a number of moves; seed is for random numbers that are not a chain's own.
	enter(at place, x []float64, seed uint64, moves int) error
	// move does one move of each chain, adds 1 to accepted[c] where it was
	// accepted, and returns the mean of min(1, ratio) over the chains.
	move(accepted []float64, step float64, random []*rand.Rand) (float64, error)
	// show writes the chains' configurations and their energies at place i and on of a batch.
	show(dst *core.Batch, i int) error
	// leave returns a copy of the chains' coordinates.
	leave() []float64
}

// place says which chains these are: from, from+1, ... of all.
type place struct{ from, all int }

// adapting is a kernel whose step size adapts.
type adapting interface {
	// ratios are min(1, ratio) of each chain in the last move.
	ratios() []float64
}

// Words of the seeds that derive from the sampler's own.
const (
	seedStart = 1 + iota
	seedBurn
	seedDraw
	seedElsewhere
)

// newChains makes the sampler of kernels that build makes for so many chains.
func newChains(o Options, size int, target float64, build func(chains int) kernel) *chains {
	s := &chains{build: build, o: o, size: size, target: target, asks: 1}
	s.fit(o.Chains)
	return s
}

// fit makes room for so many chains.
func (s *chains) fit(n int) {
	if len(s.random) == n {
		return
	}
	s.kernel, s.accepted = s.build(n), make([]float64, n)
	s.streams, s.random = make([]rand.PCG, n), make([]*rand.Rand, n)
	for c := range s.random {
		s.random[c] = rand.New(&s.streams[c])
	}
}

// Deal implements core.Dealt.
func (s *chains) Deal(e core.Exchange) { s.exchange = e }

// adapts tells that a move has to know of chains that other processes have.
func (s *chains) adapts(state core.SamplerState) bool {
	return s.exchange != nil && s.target > 0 && state.Chains.N < s.o.Chains
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

// seed sets the stream of every chain, of which the first has the number from, for one call.
func (s *chains) seed(seed uint64, from int) {
	for c := range s.streams {
		core.SeedStream(&s.streams[c], seed, uint64(from+c))
	}
}

// Init places the chains.
func (s *chains) Init(seed uint64) (core.SamplerState, error) {
	s.fit(s.o.Chains)
	begin := core.Derive(seed, seedStart)
	s.seed(begin, 0)
	x, err := s.kernel.start(begin, s.random)
	return core.SamplerState{Seed: seed, Chains: moved(core.State{N: s.o.Chains}, x, s.o.StepSize)}, err
}

// moved is the state of the same chains elsewhere: their coordinates, and the size of a step
// of all.
func moved(chains core.State, x []float64, step float64) core.State {
	chains.Rows, chains.Whole = x, []float64{step}
	return chains
}

// enter takes up the chains of a state for one call.
func (s *chains) enter(state core.SamplerState, seed uint64, moves int) error {
	if err := s.check(state.Chains); err != nil {
		return err
	}
	c := state.Chains
	s.fit(c.N)
	s.seed(seed, c.From)
	return s.kernel.enter(place{c.From, s.o.Chains}, c.Rows, seed, moves)
}

// check refuses chains that are not some of the sampler's.
func (s *chains) check(c core.State) error {
	if all := cmp.Or(c.Total, c.N); all != s.o.Chains || c.N < 1 || c.From+c.N > all || len(c.Whole) != 1 {
		return core.Errorf(core.Invalid, "sample", string(s.o.Method), "the state has %d chains and %d numbers beside them, not %d and a step size", cmp.Or(c.Total, c.N), len(c.Whole), s.o.Chains)
	}
	return nil
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
//
// Where other processes walk some of the chains, all put the acceptance of theirs together
// after every move.
func (s *chains) Burn(state core.SamplerState) (core.SamplerState, int, error) {
	done := int(state.Burnt) * s.piece()
	moves := min(s.piece(), s.o.BurnIn-done)
	if moves <= 0 {
		return state, 0, nil
	}
	share := s.adapts(state)
	if err := s.enter(state, core.Derive(state.Seed, seedBurn, state.Burnt), moves); err != nil {
		if share {
			_, err = s.exchange(make([]float64, state.Chains.N), err)
		}
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
		if share {
			a, err = s.meanOfAll(err)
		}
		if err != nil {
			return state, 0, err
		}
		if !short {
			step *= math.Exp((a - s.target) * math.Pow(float64(1+t), -0.6))
		}
	}
	state.Chains = moved(state.Chains, s.kernel.leave(), step)
	state.Burnt++
	return state, (s.o.BurnIn - done - moves + s.piece() - 1) / s.piece(), nil
}

// meanOfAll is the mean acceptance of the chains of all processes in the last move.
func (s *chains) meanOfAll(failed error) (float64, error) {
	all, err := s.exchange(s.kernel.(adapting).ratios(), failed)
	if err != nil {
		return 0, err
	}
	return mean(all), nil
}

// Next draws n/N configurations of each of the N chains of the state, Thin moves apart.
func (s *chains) Next(dst *core.Batch, state core.SamplerState, n int) (core.SamplerState, error) {
	if err := s.check(state.Chains); err != nil {
		return state, err
	}
	m := state.Chains.N
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
	state.Chains = moved(state.Chains, s.kernel.leave(), state.Chains.Whole[0])
	state.Drawn++
	return state, nil
}
