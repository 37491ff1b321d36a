package coretest

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// modelMove tests that chains forget where they began, by the frequencies of p after many
// moves from one state, that equal random numbers give equal moves in any batch, and the pull-back
// of both ends of a move against those of each.
func modelMove(t *testing.T, s *subject) {
	s.need(t, core.PowerMove)
	const n = 12
	m := s.Model.(core.Mover)
	r := rand.New(rand.NewPCG(7, 9))
	uniform := func(n int) []float64 {
		u := make([]float64, n*s.d)
		for i := range u {
			u[i] = r.Float64()
		}
		return u
	}
	x, u, y, one := configurations(s.space, s.o.Draw, 85, n), uniform(n), nans(n*s.d), nans(s.d)
	myX := slices.Clone(x)
	s.try(t, m.Move(y, myX, u))
	same(t, "x after Move", myX, x)
	s.try(t, m.Move(one, x[s.d:2*s.d], u[s.d:2*s.d]))
	s.again(t, "Move alone and in a batch", one, y[s.d:2*s.d])

	bar, moved, grad, want := weights(n, 85), weights(n, 86), nans(len(s.theta)), nans(len(s.theta))
	c := &core.Call{In: &core.Batch{N: n, X: x}, Bar: &core.Batch{N: n}, Out: &core.Batch{N: n}}
	core.Moved.Put(c.In, y)
	core.LogWeight.Put(c.Bar, bar)
	core.MovedWeight.Put(c.Bar, moved)
	core.Gradient.Put(c.Out, grad)
	s.try(t, core.InstanceOf(s.Model).Call(core.RowMovedPull, c))
	s.try(t, m.WeightPull(want, &core.Batch{N: 2 * n, X: slices.Concat(x, y)}, slices.Concat(bar, moved)))
	near(t, "the pull-back of both ends", grad, want, s.o.Tolerance)

	if s.space.Values() == nil {
		return
	}
	const chains, moves = 4000, 100
	states := s.states(t)
	y = slices.Repeat(states[:s.d], chains)
	next := nans(len(y))
	for range moves {
		s.try(t, m.Move(next, y, uniform(chains)))
		y, next = next, y
	}
	w, values, counts := s.logWeight(t, states), s.space.Values(), make([]float64, len(states)/s.d)
	for i := range chains {
		counts[index(values, y[i*s.d:(i+1)*s.d])]++
	}
	logZ := logSumExp(w)
	for code := range w {
		w[code] -= logZ
	}
	againstDensity(t, counts, w, chains)
}

func (s *subject) try(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
