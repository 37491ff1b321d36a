package energy_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

func TestExampleConforms(t *testing.T) {
	for _, k := range []float64{1, 0.3} {
		t.Run(fmt.Sprint("k=", k), func(t *testing.T) { coretest.EnergyPart(t, part, core.Settings{"k": k}, coretest.EnergyOptions{}) })
	}
}

// Terms add to what is there: twice the sum is the sum of twice the strengths, whose
// factor 2 does not round.
func TestTermsAdd(t *testing.T) {
	const n, size = 5, 6
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]float64, n*size)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	trap, charges := energy.Harmonic{Stiffness: 1.7}, energy.Coulomb{Strength: 0.9, Dimension: 3}
	for _, terms := range [][2][]energy.Term{
		{{trap, trap}, {energy.Harmonic{Stiffness: 3.4}}},
		{{charges, charges}, {energy.Coulomb{Strength: 1.8, Dimension: 3}}},
	} {
		e, slope := make([]float64, n), make([]float64, n*size)
		want, wantSlope := make([]float64, n), make([]float64, n*size)
		energy.Sum(terms[0]...)(e, slope, x)
		energy.Sum(terms[1]...)(want, wantSlope, x)
		for i := range e {
			if e[i] != want[i] {
				t.Errorf("%T: configuration %d: %v, want %v", terms[0][0], i, e[i], want[i])
			}
		}
		for i := range slope {
			if d := math.Abs(slope[i] - wantSlope[i]); d > 1e-14*math.Abs(wantSlope[i])+1e-15 || slope[i] == 0 {
				t.Errorf("%T: slope %v, want %v", terms[0][0], slope[i], wantSlope[i])
			}
		}
		sum := energy.Sum(terms[0]...)
		if allocs := testing.AllocsPerRun(10, func() { sum(e, slope, x) }); allocs != 0 {
			t.Errorf("%T: %v allocations", terms[0][0], allocs)
		}
		clear(want)
		energy.Sum(terms[0]...)(want, nil, x)
		for i := range e {
			if e[i] != want[i] {
				t.Errorf("%T: %v with a slope, %v without", terms[0][0], e[i], want[i])
			}
		}
	}
}

// Charges that repel are forbidden at the same place, charges that attract fall into
// each other, and without either nothing happens.
func TestCoulombAtOnePlace(t *testing.T) {
	x := []float64{1, 2, 1, 2}
	for strength, want := range map[float64]float64{1: math.Inf(1), 0: 0, -1: math.Inf(-1)} {
		e := []float64{0}
		energy.Coulomb{Strength: strength, Dimension: 2}.Add(e, nil, x)
		if e[0] != want {
			t.Errorf("strength %v: E = %v, want %v", strength, e[0], want)
		}
	}
}

// The function is called with the chunks asked for, which cover the batch once.
func TestSetChunk(t *testing.T) {
	const n = 10
	sizes := make(chan int, n)
	e := energy.New("count", core.EnergySpec{Space: core.Space{Kind: core.Spins, Shape: []int{2}}, Units: "1"}, exact.Solution{},
		func(e, x []float64) {
			sizes <- len(e)
			for i := range e {
				e[i] = x[2*i] + 10*x[2*i+1]
			}
		}).SetChunk(3)
	b := &core.Batch{N: n, X: make([]float64, 2*n)}
	for i := range b.X {
		b.X[i] = float64(i)
	}
	dst := make([]float64, n)
	if err := e.Eval(dst, b); err != nil {
		t.Fatal(err)
	}
	for i, v := range dst {
		if want := float64(2*i + 10*(2*i+1)); v != want {
			t.Errorf("configuration %d: %v, want %v", i, v, want)
		}
	}
	close(sizes)
	count := map[int]int{}
	for s := range sizes {
		count[s]++
	}
	if count[3] != 3 || count[1] != 1 || len(count) != 2 {
		t.Errorf("calls by size: %v, want three of 3 and one of 1", count)
	}
}
