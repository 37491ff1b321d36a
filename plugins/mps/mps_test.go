package mps

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/patterns"
)

func TestConformance(t *testing.T) {
	for name, c := range map[string]struct {
		space    core.Space
		settings core.Settings
	}{
		"spins":  {core.Space{Kind: core.Spins, Shape: []int{2, 3}}, core.Settings{"bond": 5}},
		"levels": {core.Space{Kind: core.Levels, Levels: 3, Shape: []int{4}}, core.Settings{"bond": 3}},
		"one":    {core.Space{Kind: core.Spins, Shape: []int{1}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			coretest.ModelPart(t, Part, c.settings, c.space, coretest.ModelOptions{})
		})
	}
}

// rowsOf is an energy's rows, each with its weight in a mean of -ln p, and its space.
func rowsOf(t *testing.T, c patterns.Config) (space core.Space, b *core.Batch, w []float64) {
	t.Helper()
	energy, err := patterns.New(c)
	if err != nil {
		t.Fatal(err)
	}
	train, _ := energy.Spec().Range(core.TrainRows)
	space = energy.Spec().Space
	b, w = &core.Batch{N: train.To, X: make([]float64, train.To*space.Size())}, slices.Repeat([]float64{-1 / float64(train.To)}, train.To)
	number := make([]int32, train.To)
	for i := range number {
		number[i] = int32(i)
	}
	if err := energy.Rows(b.X, number); err != nil {
		t.Fatal(err)
	}
	return space, b, w
}

// swept is a model after so many sweeps on the rows, with its parameters loaded.
func swept(t *testing.T, bond, sweeps int, c patterns.Config) (m *Model, theta, logP []float64) {
	t.Helper()
	space, b, w := rowsOf(t, c)
	m, err := config{Bond: bond, Cutoff: 1e-7, Rate: 0.05, Descents: 10}.model(space)
	if err != nil {
		t.Fatal(err)
	}
	theta = make([]float64, m.Spec().Parameters)
	_ = m.Init(theta, 1)
	grad, step := make([]float64, len(theta)), make([]float64, len(theta))
	for range sweeps {
		_ = m.Load(theta)
		if err := m.Sweep(grad, step, b, w); err != nil {
			t.Fatal(err)
		}
		for i, v := range step {
			theta[i] -= v
		}
	}
	_ = m.Load(theta)
	logP = make([]float64, b.N)
	if err := m.LogProb(logP, b.X); err != nil {
		t.Fatal(err)
	}
	return m, theta, logP
}

// Sweeps meet the entropy of even sets of strings with the least bond dimensions that a
// state with amplitudes 1 and 0 can have, the ranks of its cuts: 8 for bars and stripes of
// 3 x 3, 2 for parity, and 4 for strings with three ones, of which a cut says how many
// stand before it. The sizes of the sets are 14, 2^7 and (8 choose 3).
func TestSweepsFindSmallStates(t *testing.T) {
	for _, c := range []struct {
		patterns.Config
		bond, sweeps int
		size         float64
	}{
		{patterns.Config{Set: "bars_and_stripes", Rows: 3, Cols: 3}, 8, 10, 14},
		{patterns.Config{Set: "parity", Sites: 8, Kind: "spins"}, 2, 10, 128},
		{patterns.Config{Set: "dicke", Sites: 8, Ones: 3}, 4, 20, 56},
	} {
		_, _, logP := swept(t, c.bond, c.sweeps, c.Config)
		for i, l := range logP {
			if len(logP) != int(c.size) || math.Abs(l+math.Log(c.size)) > 1e-6 {
				t.Errorf("%s: ln p of string %d of %d is %.9f, want that of an even density on %v", c.Set, i, len(logP), l, c.size)
				break
			}
		}
	}
}

// Singular values that the state does not need go: from a bond of 6, the sweeps leave 2 at
// every bond of an even parity.
func TestBondsAdapt(t *testing.T) {
	m, theta, _ := swept(t, 6, 12, patterns.Config{Set: "parity", Sites: 6})
	for k, c := range m.cores[:len(m.cores)-1] {
		used := map[int]bool{}
		for i, v := range c.In(theta) {
			if v != 0 {
				used[i%c.right] = true
			}
		}
		if len(used) != 2 {
			t.Errorf("bond %d has dimension %d, want 2", k+1, len(used))
		}
	}
}
