package bornmachine

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

func TestConformance(t *testing.T) {
	for name, c := range map[string]struct {
		space    core.Space
		settings core.Settings
	}{
		"ring": {core.Space{Kind: core.Levels, Levels: 2, Shape: []int{4}}, core.Settings{"depth": 3}},
		"grid": {core.Space{Kind: core.Spins, Shape: []int{2, 3}}, core.Settings{"depth": 2, "entangler": "grid"}},
		"one":  {core.Space{Kind: core.Spins, Shape: []int{1}}, core.Settings{"depth": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			coretest.ModelPart(t, Part, c.settings, c.space, coretest.ModelOptions{})
		})
	}
}

// The gradient of a mean <f> is a difference of two means behind shifted circuits, for each
// parameter: those that a quantum processor would measure (Mitarai et al. 2018, PRA 98,
// 032309). The pull-back has it as sum_x p(x) f(x) d ln p(x).
func TestShiftRule(t *testing.T) {
	m, err := config{Depth: 4, Spread: 2, Entangler: "grid"}.model(core.Space{Kind: core.Levels, Levels: 2, Shape: []int{2, 3}})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	const states = 64
	b, f := &core.Batch{N: states}, make([]float64, states)
	for x := range states {
		for q := range 6 {
			b.X = append(b.X, float64(x>>(5-q)&1))
		}
		f[x] = r.NormFloat64()
	}
	theta := make([]float64, m.Spec().Parameters)
	if len(theta) != (3*4+1)*6 {
		t.Errorf("%d parameters, want (3 d + 1) n = 78", len(theta))
	}
	_ = m.Init(theta, 1)
	logP, w, grad := make([]float64, states), make([]float64, states), make([]float64, len(theta))
	mean := func(theta []float64) (sum float64) {
		_ = m.Load(theta)
		if err := m.LogProb(logP, b.X); err != nil {
			t.Fatal(err)
		}
		for x, l := range logP {
			sum += math.Exp(l) * f[x]
		}
		return sum
	}
	mean(theta)
	for x, l := range logP {
		w[x] = math.Exp(l) * f[x]
	}
	if err := m.Pull(grad, b, w); err != nil {
		t.Fatal(err)
	}
	for k, g := range grad {
		at := theta[k]
		theta[k] = at + math.Pi/2
		shifted := mean(theta)
		theta[k] = at - math.Pi/2
		shifted -= mean(theta)
		theta[k] = at
		if math.Abs(shifted/2-g) > 1e-10 {
			t.Errorf("parameter %d: %v by the shift rule, %v by the pull-back", k, shifted/2, g)
		}
	}
}

// The circuit that has one layer of controlled NOTs behind Rx(pi/2) on the first qubit alone
// is, of two qubits, the state (|00> - i |11>)/sqrt 2.
func TestBellPair(t *testing.T) {
	m, err := config{Depth: 1, Entangler: "ring"}.model(core.Space{Kind: core.Spins, Shape: []int{2}})
	if err != nil {
		t.Fatal(err)
	}
	theta := make([]float64, m.Spec().Parameters) // R_0: Rx Rz of qubits 0 and 1; R_1: Rz Rx
	theta[0] = math.Pi / 2
	_ = m.Load(theta)
	logP := make([]float64, 4)
	if err := m.LogProb(logP, []float64{-1, -1, -1, 1, 1, -1, 1, 1}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{0.5, 0, 0, 0.5} {
		if math.Abs(math.Exp(logP[i])-want) > 1e-15 {
			t.Errorf("probability %d is %v, want %v", i, math.Exp(logP[i]), want)
		}
	}
}

func TestWhatDoesNotFit(t *testing.T) {
	for want, c := range map[string]struct {
		config
		space core.Space
	}{
		"needs spins, or levels 0 and 1":                 {config{Depth: 1, Entangler: "ring"}, core.Space{Kind: core.Levels, Levels: 3, Shape: []int{4}}},
		"entangler grid needs sites in rows and columns": {config{Depth: 1, Entangler: "grid"}, core.Space{Kind: core.Spins, Shape: []int{4}}},
		"2^60 amplitudes":                                {config{Depth: 1, Entangler: "ring"}, core.Space{Kind: core.Spins, Shape: []int{60}}},
	} {
		if _, err := c.model(c.space); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
