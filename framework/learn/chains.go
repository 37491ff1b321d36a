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
		state, err := ranks.Join(l.comm(), mine)
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
	own, err := l.OwnChains(states)
	if err != nil {
		return err
	}
	for i, w := range l.walkers {
		if err := ranks.Agree(l.comm(), w.Blame.of(w.Instance.SetState(own[i]))); err != nil {
			return err
		}
	}
	return nil
}

// OwnChains are the rows that this rank draws of what Chains returned.
func (l *Loop) OwnChains(states []core.State) ([]core.State, error) {
	if len(states) != len(l.walkers) {
		return nil, core.Errorf(core.Mismatch, "set_state", "", "there are states of %d models, and %d that draw from chains", len(states), len(l.walkers))
	}
	own := make([]core.State, len(states))
	for i, w := range l.walkers {
		s := states[i]
		if s.Empty() {
			continue
		}
		t := w.of(s.N)
		if t == nil || s.From != 0 || s.Total > s.N {
			return nil, w.Blame.of(core.Errorf(core.Mismatch, "set_state", "", "the state has chains %d to %d of %d, and no term draws those", s.From, s.From+s.N-1, max(s.Total, s.N)))
		}
		if !t.idle() {
			own[i] = s.Cut(t.rows.from, t.rows.from+t.rows.n)
		}
	}
	return own, nil
}
