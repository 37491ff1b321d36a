package sample

import "github.com/helmholtz-physics/helmholtz/framework/core"

// Copies draws configurations of which each stands Times times, one after the other, in
// batches that have a multiple of it. It is a draw of Of with that many fewer rows, on any
// number of ranks.
type Copies struct {
	Of    core.Sampler
	Times int

	batch core.Batch
}

var _ core.Sampler = (*Copies)(nil)

// Init implements core.Sampler.
func (s *Copies) Init(seed uint64) (core.SamplerState, error) { return s.Of.Init(seed) }

// Burn implements core.Sampler.
func (s *Copies) Burn(state core.SamplerState) (core.SamplerState, int, error) {
	return s.Of.Burn(state)
}

// Next implements core.Sampler. A rank may have some of the copies of its first and of its
// last configuration.
func (s *Copies) Next(dst *core.Batch, state core.SamplerState, n int) (core.SamplerState, error) {
	first := dst.From / s.Times
	rows := (dst.From+n+s.Times-1)/s.Times - first
	s.batch.From, s.batch.Total = first, dst.Total/s.Times
	next, err := s.Of.Next(&s.batch, state, rows)
	if err != nil {
		return state, err
	}
	d := len(s.batch.X) / max(1, rows)
	dst.Reset(n, d)
	dst.LogP = dst.LogP[:0]
	for i := range n {
		at := (dst.From+i)/s.Times - first
		copy(dst.X[i*d:(i+1)*d], s.batch.X[at*d:])
	}
	return next, nil
}
