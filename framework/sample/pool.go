package sample

import "github.com/helmholtz-physics/helmholtz/framework/core"

// Pool are draws of a sampler that stand by number, as data does: who learns from them
// sees each again and again. They follow from the seed, so that nobody has to keep them. They are made when the first is asked
// for, unless somebody has made them before, with [Pool.Draw] and [Pool.Put].
type Pool struct {
	Sampler core.Sampler
	Seed    uint64
	// N draws of Size numbers each; of chains a multiple of Group, their number.
	N, Size, Group int

	x []float64
}

var _ core.Given = (*Pool)(nil)

// Rows implements core.Given.
func (p *Pool) Rows(x []float64, number []int32) error {
	if !p.Full() {
		state, err := p.Sampler.Init(p.Seed)
		if err != nil {
			return err
		}
		draws, err := p.Draw(state, p.Group, func(_ Made, err error) error { return err })
		if err != nil {
			return err
		}
		p.Put(draws)
	}
	return Array{X: p.x, Size: p.Size}.Rows(x, number)
}

// All are all draws.
func (p *Pool) All() Given { return Given{Of: p, Size: p.Size, To: p.N} }

// Full tells that the draws are made.
func (p *Pool) Full() bool { return p.x != nil }

// Put says what the draws are, N times Size numbers, which are the pool's from now on.
func (p *Pool) Put(x []float64) { p.x = x }

// Made is how far draws have come: pieces of the burn-in, and draws of each chain.
type Made struct{ Burnt, Left, Drawn, Draws int }

// Draw makes draws of so many of the chains, those of a state of the sampler: all draws of each. They stand as in a pool of these
// chains alone. between hears of every piece of the work, with its error; what it returns, if anything, ends all.
func (p *Pool) Draw(state core.SamplerState, chains int, between func(Made, error) error) (x []float64, err error) {
	made := Made{Left: 1, Draws: p.N / p.Group}
	for made.Left > 0 {
		state, made.Left, err = p.Sampler.Burn(state)
		made.Burnt++
		if err = between(made, err); err != nil {
			return nil, err
		}
	}
	x = make([]float64, 0, made.Draws*chains*p.Size)
	var b core.Batch
	for made.Drawn < made.Draws {
		state, err = p.Sampler.Next(&b, state, chains)
		made.Drawn++
		if err = between(made, err); err != nil {
			return nil, err
		}
		x = append(x, b.X...)
	}
	return x, nil
}
