package core

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// State is what a part remembers between calls beside its parameters, as plain data
// for a checkpoint. (theta, state, seed, From, n) decide a batch and the next state.
//
// It has two pieces, so that the same numbers can be on one rank or on several, cut
// at any row.
type State struct {
	// From, N and Total say whose numbers these are, as in a [Batch]: of the
	// configurations From, ..., From+N-1 of Total, and 0 of Total stands for N.
	From, N, Total int
	// Rows has N rows of equal length, one after the other: the numbers that go with
	// one configuration, such as where its chain is and a step size of its own.
	Rows []float64
	// Whole has the numbers of no single configuration. Every rank has the same, so
	// they may be made of what every rank knows, such as the number of calls, and not
	// of Rows.
	Whole []float64
}

// NewState is the state of n configurations about to be drawn into b, of rows of this
// length, all zero.
func NewState(b *Batch, n, row int) State {
	return State{From: b.From, N: n, Total: cmp.Or(b.Total, n), Rows: make([]float64, n*row)}
}

// Empty tells that nothing is remembered.
func (s State) Empty() bool { return s.N == 0 && len(s.Whole) == 0 }

// Has tells whether the rows are those of n configurations to be drawn into b. A part
// that does not have them begins new ones. The empty state has no rows of any draw.
func (s State) Has(b *Batch, n int) bool {
	total := cmp.Or(b.Total, n)
	return total > 0 && s.From == b.From && s.N == n && cmp.Or(s.Total, s.N) == total
}

// Row is row i, counted from the first that the state has.
func (s State) Row(i int) []float64 {
	row := len(s.Rows) / s.N
	return s.Rows[i*row : (i+1)*row]
}

// Cut is the state of rows from, ..., to-1, counted from the first that s has, in s's
// memory.
func (s State) Cut(from, to int) State {
	part := State{From: s.From + from, N: to - from, Total: cmp.Or(s.Total, s.N), Whole: s.Whole}
	if s.N > 0 {
		row := len(s.Rows) / s.N
		part.Rows = s.Rows[from*row : to*row]
	}
	return part
}

// Clone is a copy with memory of its own.
func (s State) Clone() State {
	s.Rows, s.Whole = slices.Clone(s.Rows), slices.Clone(s.Whole)
	return s
}

// Check refuses a state whose rows are not of this length, or that has not so many
// numbers beside them. Every part can be put back to the empty state.
func (s State) Check(subject string, row, whole int) error {
	refuse := func(format string, args ...any) error {
		return Errorf(Invalid, "set_state", subject, format, args...)
	}
	switch {
	case s.Empty() && len(s.Rows) == 0:
		return nil
	case len(s.Rows) != s.N*row:
		return refuse("the state has %d numbers in %d rows, which have %d each", len(s.Rows), s.N, row)
	case len(s.Whole) != whole:
		return refuse("the state has %d numbers beside its rows, not %d", len(s.Whole), whole)
	}
	return nil
}

// JoinStates puts states together whose rows follow each other. An error says which
// of them, counted from 0, does not fit to those before it.
func JoinStates(parts ...State) (State, error) {
	var all State
	begun := false
	for i, s := range parts {
		refuse := func(format string, args ...any) (State, error) {
			return State{}, Errorf(Mismatch, "join states", fmt.Sprintf("state %d", i), format, args...)
		}
		switch {
		case i > 0 && !slices.EqualFunc(s.Whole, parts[0].Whole, sameBits):
			return refuse("what it has beside its rows differs from that of state 0, and should be made of what all ranks know")
		case s.N == 0:
		case !begun:
			all, begun = State{From: s.From, N: s.N, Total: cmp.Or(s.Total, s.N), Rows: slices.Clone(s.Rows)}, true
		case s.From != all.From+all.N || s.Total != all.Total:
			return refuse("its rows are from number %d of %d on, after those up to %d of %d", s.From, s.Total, all.From+all.N, all.Total)
		case len(s.Rows)*all.N != len(all.Rows)*s.N:
			return refuse("its rows have %d numbers, those before %d", len(s.Rows)/s.N, len(all.Rows)/all.N)
		default:
			all.N, all.Rows = all.N+s.N, append(all.Rows, s.Rows...)
		}
	}
	if len(parts) > 0 {
		all.Whole = slices.Clone(parts[0].Whole)
	}
	return all, nil
}

func sameBits(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }
