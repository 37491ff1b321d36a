package sample

import "github.com/helmholtz-physics/helmholtz/framework/core"

// Pool are draws of a sampler that stand by number, as data does: who learns from them
// sees each again and again. All are made when the first is asked for, and follow from the
// seed, so that nobody has to keep them.
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
	if p.x == nil {
		if err := p.fill(); err != nil {
			return err
		}
	}
	return Array{X: p.x, Size: p.Size}.Rows(x, number)
}

// All are all draws.
func (p *Pool) All() Given { return Given{Of: p, Size: p.Size, To: p.N} }

// fill burns in and draws.
func (p *Pool) fill() error {
	state, err := p.Sampler.Init(p.Seed)
	for left := 1; err == nil && left > 0; {
		state, left, err = p.Sampler.Burn(state)
	}
	x := make([]float64, 0, p.N*p.Size)
	var b core.Batch
	for err == nil && len(x) < cap(x) {
		if state, err = p.Sampler.Next(&b, state, p.Group); err == nil {
			x = append(x, b.X...)
		}
	}
	if err == nil {
		p.x = x
	}
	return err
}
