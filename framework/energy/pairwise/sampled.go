package pairwise

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/disorder"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

// Sampled is an energy with rows: independent draws of exp(-E)/Z, from a list of all states.
type Sampled struct {
	*energy.Energy
	n      int
	number int
	stream disorder.Stream
	draws  *energy.Draws // nil before the first row
}

var _ core.Given = (*Sampled)(nil)

// Itself is core.Itself's: E is that of what is embedded.
func (s *Sampled) Itself() core.Energy { return s }

// NewSampled is New with rows, which the stream decides. Of more than exact.MaxSites spins
// there are none.
func NewSampled(name string, n int, bonds Bonds, field []float64, rows []core.Range, stream disorder.Stream) (*Sampled, error) {
	if n > exact.MaxSites {
		return nil, &core.Error{Kind: core.Unsupported, Op: "build energy", Subject: name,
			Err: fmt.Errorf("rows are drawn from a list of all states, and %d spins have too many", n), Hint: fmt.Sprintf("take %d spins or fewer, or no rows", exact.MaxSites)}
	}
	bytes := math.Ldexp(8, n)
	if err := core.Afford(bytes, "energy "+name, fmt.Sprintf("a list of 2^%d states", n), "fewer spins, or no rows"); err != nil {
		return nil, err
	}
	return &Sampled{Energy: build(name, n, bonds, field, core.EnergySpec{Rows: rows, Memory: core.Memory{Fixed: bytes}}),
		n: n, number: rows[len(rows)-1].To, stream: stream}, nil
}

// Rows implements core.Given.
func (s *Sampled) Rows(x []float64, number []int32) error {
	if s.draws == nil {
		p, err := s.density()
		if err != nil {
			return err
		}
		s.draws = energy.NewDraws(s.Subject, p, s.number, s.stream)
	}
	for i, k := range number {
		state, err := s.draws.State(k)
		if err != nil {
			return err
		}
		spins(x[i*s.n:(i+1)*s.n], state)
	}
	return nil
}

// spins of a state: spin j is bit j of its number, and +1 where that is set.
func spins(x []float64, state int) {
	for j := range x {
		x[j] = float64(2*(state>>j&1) - 1)
	}
}

// density is exp(-E) of all states, relative to the largest.
func (s *Sampled) density() ([]float64, error) {
	const some = 1 << 12 // states at a time, whose spins are in memory
	p := make([]float64, 1<<s.n)
	b := core.Batch{X: make([]float64, min(some, len(p))*s.n)}
	b.N = len(b.X) / s.n
	lowest := math.Inf(1)
	for from := 0; from < len(p); from += b.N {
		for i := range b.N {
			spins(b.X[i*s.n:(i+1)*s.n], from+i)
		}
		e := p[from : from+b.N]
		if err := s.Eval(e, &b); err != nil {
			return nil, err
		}
		for _, v := range e {
			lowest = min(lowest, v)
		}
	}
	for i, e := range p {
		p[i] = math.Exp(lowest - e)
	}
	return p, nil
}
