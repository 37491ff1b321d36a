package learn

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// On several ranks each has the chains of its own rows. What they remember is put
// together in the order of the rows, so that other ranks, of another number, go on
// from it.

// walker is a model whose chains are drawn, with the terms that draw them.
type walker struct {
	*Part
	terms []*term
}

// walkers are the models whose chains the terms of the learners draw, in the order of
// the terms.
func walkers(learners []*Learner) (all []*walker, err error) {
	for _, l := range learners {
		for _, t := range l.terms {
			for _, p := range t.Source.chains() {
				i := slices.IndexFunc(all, func(w *walker) bool { return w.Part == p })
				if i < 0 {
					i, all = len(all), append(all, &walker{Part: p})
				}
				if err := all[i].add(t); err != nil {
					return nil, err
				}
			}
		}
	}
	return all, nil
}

// chains are the models whose chains the source, or a parent of it, draws.
func (s *Source) chains() (all []*Part) {
	if s.Chains != nil {
		all = append(all, s.Chains)
	}
	for _, p := range s.Parents {
		all = append(all, p.chains()...)
	}
	return all
}

// add notes that a term draws these chains. Two terms of one number of rows draw the
// same chains, which must then be on the same ranks.
func (w *walker) add(t *term) error {
	if other := w.of(t.Batch); other != nil && !slices.Equal(other.rows.counts, t.rows.counts) {
		return w.Blame.of(core.Errorf(core.Invalid, "bind", "", "two terms draw its %d chains in %d and in %d shares, which cuts them differently among ranks",
			t.Batch, other.rows.shares, t.rows.shares))
	}
	w.terms = append(w.terms, t)
	return nil
}

// of is the term that draws so many chains; nil if there is none.
func (w *walker) of(n int) *term {
	for _, t := range w.terms {
		if t.Batch == n {
			return t
		}
	}
	return nil
}

// Chains is what the chains of the models that draw from some remember, those of all
// ranks together: a state for each model, in the order of the terms. It is the same on
// every rank. With the parameters and the optimisers it is all that a loop needs to go
// on, on any number of ranks. All ranks call it together.
func (l *Loop) Chains() ([]core.State, error) {
	var all []core.State
	for _, w := range l.walkers {
		mine, err := w.Instance.State()
		if err = ranks.Agree(l.comm(), w.Blame.of(err)); err != nil {
			return nil, err
		}
		state, err := join(l.comm(), mine)
		if err != nil {
			return nil, w.Blame.of(err)
		}
		all = append(all, state)
	}
	return all, nil
}

// SetChains puts back what Chains returned, after Open: each rank gives the models the
// rows that it draws.
func (l *Loop) SetChains(states []core.State) error {
	if len(states) != len(l.walkers) {
		return core.Errorf(core.Mismatch, "set_state", "", "there are states of %d models, and %d that draw from chains", len(states), len(l.walkers))
	}
	for i, w := range l.walkers {
		var mine core.State
		if s := states[i]; !s.Empty() {
			t := w.of(s.N)
			if t == nil || s.From != 0 || s.Total > s.N {
				return w.Blame.of(core.Errorf(core.Mismatch, "set_state", "", "the state has chains %d to %d of %d, and no term draws those", s.From, s.From+s.N-1, max(s.Total, s.N)))
			}
			mine = s.Cut(t.rows.from, t.rows.from+t.rows.n)
		}
		if err := ranks.Agree(l.comm(), w.Blame.of(w.Instance.SetState(mine))); err != nil {
			return err
		}
	}
	return nil
}

// join puts the states of all ranks together.
func join(c ranks.Comm, mine core.State) (core.State, error) {
	if c.Size() == 1 {
		return mine, nil
	}
	head := []float64{float64(mine.From), float64(mine.N), float64(mine.Total), float64(len(mine.Rows)), float64(len(mine.Whole))}
	heads := make([]float64, len(head)*c.Size())
	if err := c.Gather(heads, head, slices.Repeat([]int{len(head)}, c.Size())); err != nil {
		return mine, err
	}
	all := make([]core.State, c.Size())
	rows, whole := make([]int, c.Size()), make([]int, c.Size())
	for rank := range all {
		h := heads[rank*len(head):]
		all[rank] = core.State{From: int(h[0]), N: int(h[1]), Total: int(h[2])}
		rows[rank], whole[rank] = int(h[3]), int(h[4])
	}
	for _, piece := range []struct {
		counts []int
		of     func(s *core.State) *[]float64
	}{{rows, func(s *core.State) *[]float64 { return &s.Rows }}, {whole, func(s *core.State) *[]float64 { return &s.Whole }}} {
		var total int
		for _, n := range piece.counts {
			total += n
		}
		numbers := make([]float64, total)
		if err := c.Gather(numbers, *piece.of(&mine), piece.counts); err != nil {
			return mine, err
		}
		for rank, n := range piece.counts {
			*piece.of(&all[rank]), numbers = numbers[:n:n], numbers[n:]
		}
	}
	return core.JoinStates(all...)
}
