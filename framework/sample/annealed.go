package sample

import (
	"cmp"
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Annealed draws from a model p and carries each draw to the Boltzmann density by K steps
//
//	-ln p_k(x) = (1 - lambda_k) [-ln p(x)] + lambda_k beta E(x),   lambda_k = k/K,
//	W = sum_{k=0}^{K-1} (lambda_{k+1} - lambda_k) [beta E(x_k) + ln p(x_k)],
//
// where x_0 is drawn from p, and x_k from x_{k-1} by moves of Hamiltonian Monte Carlo that leave
// p_k unchanged. W is the work, in units of kT, that is done on the way; its changes come before
// the moves. Whether these come to rest or not,
//
//	< exp(-W) > = Z,   < W > >= -ln Z,
//
// with the equality where nothing is left behind (Jarzynski 1997, Phys. Rev. Lett. 78, 2690; as
// annealed importance sampling Neal 2001, Statistics and Computing 11, 125; between a flow and
// its target Wu, Koehler and Noe 2020, arXiv:2002.06707).
//
// A draw has W - beta E(x) as its ln p, so that exp(-beta E)/p is its weight exp(-W) to all who
// reweight, and beta <E + T ln p> the mean work. K = 1 is p itself.
type Annealed struct {
	independent
	AnnealedSteps
	Model  core.Model
	Energy core.Energy
	Beta   float64

	between *between
	moves   *leapfrog
	drawn   core.Batch
	work    []float64
	random  []*rand.Rand
	streams []rand.PCG
}

// AnnealedSteps are the keys.
type AnnealedSteps struct {
	Levels   int     `key:"levels" min:"1" max:"1000000" help:"steps from the model's density to that of Boltzmann"`
	Moves    int     `key:"moves" min:"1" max:"1e6" help:"moves of Hamiltonian Monte Carlo at each level"`
	StepSize float64 `key:"step_size" min:"0" help:"leapfrog step, of which nothing adapts; 0: d^(-1/4) of d components"`
	Leapfrog int     `key:"leapfrog" min:"1" max:"1e6" help:"leapfrog steps of a move"`
}

// between is the potential -ln p_k.
type between struct {
	model  core.ModelSloper
	forces inForces
	lambda float64
	logP   []float64
	slope  []float64
}

func (b *between) point(chains, d int) point {
	b.logP, b.slope = make([]float64, chains), make([]float64, chains*d)
	return inX(chains, d)
}

func (b *between) at(p *point) error {
	if err := b.forces.at(p); err != nil {
		return err
	}
	if err := b.model.Slope(b.slope, b.logP, p.x); err != nil {
		return err
	}
	for c, l := range b.logP {
		p.u[c] = b.lambda*p.u[c] - (1-b.lambda)*l
	}
	for i, s := range b.slope {
		p.g[i] = b.lambda*p.g[i] - (1-b.lambda)*s
	}
	return nil
}

// Next implements core.Sampler.
func (a *Annealed) Next(dst *core.Batch, state core.SamplerState, n int) (core.SamplerState, error) {
	seed := core.Derive(state.Seed, state.Drawn)
	a.drawn.From = dst.From
	if err := a.Model.Sample(&a.drawn, seed, n); err != nil {
		return state, err
	}
	a.open(n, core.Derive(seed, 1), dst.From)
	d := a.Model.Spec().Space.Size()
	if err := a.anneal(d); err != nil {
		return state, err
	}
	dst.Reset(n, d)
	dst.E = core.Resize(dst.E, n)
	copy(dst.X, a.moves.now.x)
	copy(dst.E, a.moves.now.e)
	for i, w := range a.work {
		dst.LogP[i] = w - a.Beta*dst.E[i]
	}
	state.Drawn++
	return state, nil
}

// open makes room for n draws, each with a stream of its own.
func (a *Annealed) open(n int, seed uint64, from int) {
	if len(a.work) != n {
		space := a.Model.Spec().Space
		a.between = &between{model: a.Model.(core.ModelSloper), forces: inForces{energy: a.Energy.(core.EnergySloper), beta: a.Beta}}
		a.moves = newLeapfrog(space, n, a.Leapfrog, a.between, nil)
		a.work, a.streams, a.random = make([]float64, n), make([]rand.PCG, n), make([]*rand.Rand, n)
		for i := range a.random {
			a.random[i] = rand.New(&a.streams[i])
		}
	}
	clear(a.work)
	for i := range a.streams {
		core.SeedStream(&a.streams[i], seed, uint64(from+i))
	}
}

// anneal carries what was drawn from level to level.
func (a *Annealed) anneal(d int) error {
	step, accepted := cmp.Or(a.StepSize, math.Pow(float64(d), -0.25)), make([]float64, len(a.work))
	x := a.drawn.X
	for k := range a.Levels {
		a.between.lambda = float64(k) / float64(a.Levels)
		if err := a.moves.enter(place{}, x, 0, 0); err != nil {
			return err
		}
		if k > 0 {
			for range a.Moves {
				if _, err := a.moves.move(accepted, step, a.random); err != nil {
					return err
				}
			}
		}
		now := &a.moves.now
		for i, u := range now.u {
			energy := a.Beta * now.e[i]
			logP := -(u - a.between.lambda*energy) / (1 - a.between.lambda)
			a.work[i] += (energy + logP) / float64(a.Levels)
		}
		x = now.x
	}
	return nil
}

// annealedPart is the sampler as a part.
func annealedPart() core.Part {
	return core.Part{
		Manifest: core.Manifest{Kind: core.KindSampler, Name: "annealed_importance", Version: "1.1.0", Source: core.OfPaths,
			Summary:   "draws of the model, carried to the Boltzmann density by steps whose work is their weight",
			Reference: "Jarzynski 1997, Phys. Rev. Lett. 78, 2690; Neal 2001, Stat. Comput. 11, 125",
			Params:    core.SchemaOf(AnnealedSteps{Levels: 10, Moves: 1, Leapfrog: 5})},
		NewSampler: func(s core.Settings, t core.Target) (core.Sampler, error) {
			if !(t.Beta > 0) || math.IsInf(t.Beta, 1) {
				return nil, core.Errorf(core.Invalid, "open sampler", "annealed_importance", "the Boltzmann density needs a temperature above zero, got beta = %v", t.Beta)
			}
			a := &Annealed{Model: t.Model, Energy: t.Energy, Beta: t.Beta}
			core.Decode(s, &a.AnnealedSteps)
			return a, nil
		},
		Uses: core.Uses{Model: true, Rows: []*core.Row{core.RowModelSlope, core.RowSlope}},
	}
}
