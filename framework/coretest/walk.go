package coretest

import (
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func (s *subject) walkers(t *testing.T) []float64 {
	t.Helper()
	state, err := s.Model.(core.Walker).Walkers()
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func (s *subject) setWalkers(t *testing.T, state []float64) {
	t.Helper()
	if err := s.Model.(core.Walker).SetWalkers(state); err != nil {
		t.Fatal(err)
	}
}

// sameDraw compares all that Sample sets.
func sameDraw(t *testing.T, what string, got, want *core.Batch) {
	t.Helper()
	same(t, "x of "+what, got.X, want.X)
	same(t, "ln p of "+what, got.LogP, want.LogP)
	same(t, "acceptance of "+what, got.Accept, want.Accept)
	sameStates(t, "states of "+what, got.K, want.K)
}

// modelWalkers tests that chains go on from what Walkers returned, in this
// value and in another, and start anew for another number of them.
func modelWalkers(t *testing.T, s *subject) {
	s.need(t, core.PowerWalk)
	const n = 50
	if state := s.walkers(t); len(state) != 0 {
		t.Errorf("%d numbers of chains that have not begun", len(state))
	}
	fresh := s.next(t, 171, n)
	state := s.walkers(t)
	if len(state) == 0 {
		t.Fatal("chains that have begun have no state")
	}
	mine := slices.Clone(state)
	want := s.next(t, 172, n)
	for i, a := range append(slices.Clone(fresh.Accept), want.Accept...) {
		if !(a >= 0 && a <= 1) {
			t.Fatalf("acceptance %d is %v", i, a)
		}
	}
	if slices.Max(want.Accept) == 0 || slices.Equal(want.X, fresh.X) {
		t.Error("the chains do not move")
	}
	same(t, "a state after chains went on", state, mine)
	s.setWalkers(t, mine)
	copy(mine, nans(len(mine)))
	sameDraw(t, "chains that were put back", s.next(t, 172, n), want)

	other := &subject{Model: s.open(t), o: s.o, space: s.space, d: s.d, theta: s.theta}
	other.load(t, s.theta)
	other.setWalkers(t, state)
	same(t, "state that was put into another model", other.walkers(t), state)
	sameDraw(t, "chains that were put into another model", other.next(t, 172, n), want)

	if b := s.sample(t, 172, n); slices.Equal(b.X, want.X) {
		t.Error("chains that were forgotten go on")
	}
	few := s.sample(t, 173, n/2)
	s.sample(t, 171, n)
	sameDraw(t, "another number of chains", s.next(t, 173, n/2), few)
}

// modelWalkersInUse tests that nothing but Sample moves chains.
func modelWalkersInUse(t *testing.T, s *subject) {
	s.need(t, core.PowerWalk)
	const n = 20
	b := s.sample(t, 174, n)
	state := s.walkers(t)
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
	same(t, "chains after other calls", s.walkers(t), state)
	s.load(t, s.theta)
	want := s.next(t, 175, n)
	s.setWalkers(t, state)
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
