package sample

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// rightWell is a normal density of width 0.3 about x = 2, which has lost the left one of two wells.
type rightWell struct{ cubic }

func (m rightWell) Sample(dst *core.Batch, seed uint64, n int) error {
	if err := m.cubic.Sample(dst, seed, n); err != nil {
		return err
	}
	for i := range dst.X {
		dst.X[i] += 2
	}
	return m.LogProb(dst.LogP, dst.X)
}

func (m rightWell) LogProb(dst, x []float64) error {
	moved := make([]float64, len(x))
	for i, v := range x {
		moved[i] = v - 2
	}
	return m.cubic.LogProb(dst, moved)
}

// bothWells is E = (x^2 - 4)^2/2 - 8, with a barrier of 8 kT, and lostWell the model of one.
var (
	bothWells = wells{a: []float64{0.5}, b: []float64{-4}, c: []float64{0}}
	lostWell  = rightWell{cubic{d: 1, s: 0.3}}
)

// A quarter of the chains, one at least of two or more, starts elsewhere.
func TestElsewhere(t *testing.T) {
	for chains, want := range map[int]int{1: 0, 2: 1, 4: 1, 7: 1, 8: 2, 100: 25} {
		if got := elsewhere(chains); got != want {
			t.Errorf("%d of %d chains, want %d", got, chains, want)
		}
	}
}

// Chains with a model that has lost a well find it: those that start with its draws stay where it
// is, and some of the others are in the other well, so that R-hat is large. With the
// model's start alone all would agree.
func TestChainsFindALostWell(t *testing.T) {
	for _, method := range []Method{MethodMetropolis, MethodMALA, MethodHMC, MethodIndependence} {
		const chains, draws = 40, 50
		o := Options{Method: method, Chains: chains, BurnIn: 100, StepSize: 0.1, Leapfrog: 3}
		s, err := New(o, core.Target{Model: lostWell, Energy: bothWells, Beta: 1})
		if err != nil {
			t.Fatal(err)
		}
		start, err := s.Init(3)
		if err != nil {
			t.Fatal(err)
		}
		for c, x := range start.Chains.Rows {
			if c < chains-chains/4 && x < 0 {
				t.Errorf("%s: chain %d starts at %v, and the model has nothing below 0", method, c, x)
			}
		}
		var b core.Batch
		if _, err := s.Next(&b, begin(t, s, 3), chains*draws); err != nil {
			t.Fatal(err)
		}
		left := 0.0
		for _, x := range b.X {
			if x < 0 {
				left += 1. / float64(b.N)
			}
		}
		var x stats.Chains
		x.Add(b.X, chains)
		if r := x.RHat(); !(r > 1.05) || left == 0 || left > 0.3 {
			t.Errorf("%s: R-hat %v, and %.3g of the draws in the left well", method, r, left)
		}
	}
}

// Places that random numbers do not hit, as the energy forbids them, are none to start at.
func TestForbiddenPlacesAreNoStart(t *testing.T) {
	s, err := New(Options{Method: MethodMetropolis, Chains: 8, BurnIn: 50}, core.Target{Model: lostWell, Energy: halfSpace{bothWells}, Beta: 1})
	if err != nil {
		t.Fatal(err)
	}
	state, err := s.Init(1)
	if err != nil {
		t.Fatal(err)
	}
	for c, x := range state.Chains.Rows {
		if x < 1 {
			t.Errorf("chain %d starts at %v", c, x)
		}
	}
}

// halfSpace forbids x < 1.
type halfSpace struct{ wells }

func (e halfSpace) Spec() core.EnergySpec {
	spec := e.wells.Spec()
	spec.Forbids = true
	return spec
}

func (e halfSpace) Eval(dst []float64, b *core.Batch) error {
	err := e.wells.Eval(dst, b)
	for i, x := range b.X {
		if x < 1 {
			dst[i] = math.Inf(1)
		}
	}
	return err
}

// begun is an energy that says where chains begin.
type begun struct{ wells }

func (e begun) Spec() core.EnergySpec {
	spec := e.wells.Spec()
	spec.Start = []float64{-2, 1.5, 2}
	return spec
}

// Chains begin where the energy says, one after the other; with a model those that start elsewhere than with its draws.
func TestChainsBeginWhereTheEnergySays(t *testing.T) {
	for _, model := range []core.Model{nil, lostWell} {
		s, err := New(Options{Method: MethodHMC, Chains: 8, BurnIn: 1, StepSize: 0.1, Leapfrog: 1}, core.Target{Model: model, Energy: begun{bothWells}, Beta: 1})
		if err != nil {
			t.Fatal(err)
		}
		state, err := s.Init(1)
		if err != nil {
			t.Fatal(err)
		}
		got, want := state.Chains.Rows, []float64{-2, 1.5, 2, -2, 1.5, 2, -2, 1.5}
		if model != nil { // a quarter of the chains
			got, want = got[6:], want[:2]
		}
		if !slices.Equal(got, want) {
			t.Errorf("chains start at %v, want %v", got, want)
		}
	}
}
