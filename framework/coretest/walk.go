package coretest

import (
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func (s *subject) state(t *testing.T) core.State {
	t.Helper()
	state, err := s.Model.(core.Walker).State()
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func (s *subject) setState(t *testing.T, state core.State) {
	t.Helper()
	if err := s.Model.(core.Walker).SetState(state); err != nil {
		t.Fatal(err)
	}
}

// another is a new model with the same parameters.
func (s *subject) another(t *testing.T) *subject {
	t.Helper()
	other := &subject{Model: s.o.Another(t), o: s.o, space: s.space, d: s.d, theta: s.theta}
	other.load(t, s.theta)
	return other
}

func sameRemembered(t *testing.T, what string, got, want core.State) {
	t.Helper()
	if got.From != want.From || got.N != want.N || got.Total != want.Total {
		t.Errorf("%s: rows of %d from number %d of %d, want %d from %d of %d", what, got.N, got.From, got.Total, want.N, want.From, want.Total)
	}
	same(t, "rows of "+what, got.Rows, want.Rows)
	same(t, "whole of "+what, got.Whole, want.Whole)
}

// sameDraw compares all that Sample sets.
func sameDraw(t *testing.T, what string, got, want *core.Batch) {
	t.Helper()
	same(t, "x of "+what, got.X, want.X)
	same(t, "ln p of "+what, got.LogP, want.LogP)
	same(t, "acceptance of "+what, got.Accept, want.Accept)
	sameStates(t, "states of "+what, got.K, want.K)
}

// modelWalkers tests that chains go on from what State returned, in this
// value and in another, and start anew for another number of them.
func modelWalkers(t *testing.T, s *subject) {
	s.need(t, core.PowerWalk)
	const n = 50
	s = s.another(t)
	if state := s.state(t); !state.Empty() {
		t.Errorf("%d numbers of chains that have not begun", len(state.Rows)+len(state.Whole))
	}
	fresh := s.next(t, 171, n)
	state := s.state(t)
	if !state.Has(&core.Batch{}, n) || len(state.Rows) == 0 || len(state.Rows)%n != 0 {
		t.Fatalf("%d chains that have begun have a state of %d numbers in %d rows", n, len(state.Rows), state.N)
	}
	mine := state.Clone()
	want := s.next(t, 172, n)
	for i, a := range append(slices.Clone(fresh.Accept), want.Accept...) {
		if !(a >= 0 && a <= 1) {
			t.Fatalf("acceptance %d is %v", i, a)
		}
	}
	if slices.Max(want.Accept) == 0 || slices.Equal(want.X, fresh.X) {
		t.Error("the chains do not move")
	}
	sameRemembered(t, "a state after chains went on", state, mine)
	s.setState(t, mine)
	copy(mine.Rows, nans(len(mine.Rows)))
	copy(mine.Whole, nans(len(mine.Whole)))
	sameDraw(t, "chains that were put back", s.next(t, 172, n), want)

	other := s.another(t)
	other.setState(t, state)
	sameRemembered(t, "a state that was put into another model", other.state(t), state)
	sameDraw(t, "chains that were put into another model", other.next(t, 172, n), want)

	if b := s.sample(t, 172, n); slices.Equal(b.X, want.X) {
		t.Error("chains that were forgotten go on")
	}
	few := s.sample(t, 173, n/2)
	s.sample(t, 171, n)
	sameDraw(t, "another number of chains", s.next(t, 173, n/2), few)
	for what, b := range map[string]core.Batch{"the first of more chains": {Total: 2 * n}, "the last of more chains": {From: n, Total: 2 * n}} {
		anew := b
		s.setState(t, core.State{})
		s.drawInto(t, &anew, 173, n)
		s.sample(t, 171, n)
		s.drawInto(t, &b, 173, n)
		sameDraw(t, what, &b, &anew)
	}
	broken := state
	broken.Rows = broken.Rows[1:]
	if err := s.Model.(core.Walker).SetState(broken); err == nil {
		t.Error("a state was put back whose rows are not all of a length")
	}
}

// drawInto draws the configurations that b's place says.
func (s *subject) drawInto(t *testing.T, b *core.Batch, seed uint64, n int) {
	t.Helper()
	if err := s.Sample(b, seed, n); err != nil {
		t.Fatal(err)
	}
}

// modelWalkersCut tests that models which have some of the chains each move them as one
// that has all: from the start, and after their states were joined and cut elsewhere.
func modelWalkersCut(t *testing.T, s *subject) {
	s.need(t, core.PowerWalk)
	const n, steps = 43, 3
	s.setState(t, core.State{})
	joined := core.State{}
	for k, cuts := range [][]int{{0, 19, n}, {0, 8, 31, n}, {0, n}} {
		var states []core.State
		whole := s.state(t)
		seed := uint64(191 + steps*k)
		for i, to := range cuts[1:] {
			from := cuts[i]
			rank := s.another(t)
			if k > 0 {
				rank.setState(t, joined.Cut(from, to))
			}
			s.setState(t, whole)
			for step := range uint64(steps) {
				part, want := &core.Batch{From: from, Total: n}, core.Batch{}
				s.next(t, seed+step, n).Part(&want, from, to-from)
				rank.drawInto(t, part, seed+step, to-from)
				sameDraw(t, "some of the chains", part, &want)
			}
			states = append(states, rank.state(t))
		}
		var err error
		if joined, err = core.JoinStates(states...); err != nil {
			t.Fatal(err)
		}
		sameRemembered(t, "the chains of all", joined, s.state(t))
		if t.Failed() {
			return
		}
	}
}

// modelWalkersInUse tests that nothing but Sample moves chains.
func modelWalkersInUse(t *testing.T, s *subject) {
	s.need(t, core.PowerWalk)
	const n = 20
	b := s.sample(t, 174, n)
	state := s.state(t)
	w := weights(n, 174)
	s.pull(t, b, w)
	if s.has(core.PowerQuantum) {
		s.logPsi(t, b)
		s.laplacian(t, b)
		s.statePull(t, s.part(b, 0, n/2), w[:n/2], twice(w[:n/2]))
	}
	if s.has(core.PowerNatural) {
		s.naturalPull(t, b, w, nil, 1)
	}
	s.load(t, s.parameters(t, 2))
	sameRemembered(t, "chains after other calls", s.state(t), state)
	s.load(t, s.theta)
	want := s.next(t, 175, n)
	s.setState(t, state)
	sameDraw(t, "chains after other calls", s.next(t, 175, n), want)
}

// modelNotices tests that notices are told once.
func modelNotices(t *testing.T, s *subject) {
	s.need(t, core.PowerNotices)
	ask := func() []core.Notice {
		t.Helper()
		notices, err := s.Model.(core.Noticer).Notices()
		if err != nil {
			t.Fatal(err)
		}
		return notices
	}
	for k := range uint64(2) {
		b := s.sample(t, 181+k, 20)
		if s.has(core.PowerQuantum) {
			s.laplacian(t, b)
		}
		seen := map[string]bool{}
		for _, n := range ask() {
			if n.Text == "" || n.Count < 1 || seen[n.Text] {
				t.Errorf("a notice needs a text of its own and a count: %+v", n)
			}
			seen[n.Text] = true
		}
		if again := ask(); len(again) != 0 {
			t.Errorf("notices %+v are told again", again)
		}
	}
}
