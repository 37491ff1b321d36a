package rbm

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/energy/disorder"
)

func TestConformance(t *testing.T) {
	for name, c := range map[string]struct {
		space    core.Space
		settings core.Settings
	}{
		"levels":        {core.Space{Kind: core.Levels, Levels: 2, Shape: []int{2, 3}}, core.Settings{"hidden": 3, "start": 1.0}},
		"spins":         {core.Space{Kind: core.Spins, Shape: []int{5}}, core.Settings{"hidden": 7, "sweeps": 2, "start": 0.5, "burn_in": 0}},
		"annealed":      {core.Space{Kind: core.Levels, Levels: 2, Shape: []int{5}}, core.Settings{"hidden": 3, "start": 1.0, "log_z": "annealed"}},
		"annealed back": {core.Space{Kind: core.Spins, Shape: []int{4}}, core.Settings{"hidden": 3, "start": 0.5, "log_z": "reversed"}},
	} {
		t.Run(name, func(t *testing.T) {
			coretest.ModelPart(t, Part, c.settings, c.space, coretest.ModelOptions{})
		})
	}
}

// instance is a machine of bits whose parameters come from a splitmix64 stream of the seed
// 7: the weights row by row with this width, then visible and hidden biases with width 0.2,
// as energies draw their disorder.
func instance(t *testing.T, visible, hidden int, width float64, c config) *Model {
	t.Helper()
	c.Hidden = hidden
	m, err := c.model(core.Space{Kind: core.Levels, Levels: 2, Shape: []int{visible}})
	if err != nil {
		t.Fatal(err)
	}
	stream := disorder.Stream(7)
	theta := make([]float64, m.Spec().Parameters)
	biases, weights := theta[:visible+hidden], theta[visible+hidden:]
	for i := range weights {
		weights[i] = width * stream.Normal()
	}
	for i := range biases {
		biases[i] = 0.2 * stream.Normal()
	}
	if err := m.Load(theta); err != nil {
		t.Fatal(err)
	}
	return m
}

// ln Z of machines with random parameters, by enumeration of the hidden units in another
// program, and for the first by enumeration of the visible ones too.
var instances = []struct {
	visible, hidden int
	width, logZ     float64
}{
	{16, 10, 0.5, 19.8463304992},
	{20, 20, 0.5, 32.5314139793},
	{64, 16, 0.5, 73.5400234693},
	{64, 16, 1.5, 153.1432562420},
	{784, 16, 0.2, 598.8302635050},
}

func TestExactLogZ(t *testing.T) {
	for _, c := range instances {
		m := instance(t, c.visible, c.hidden, c.width, defaults)
		if z, stderr, err := m.LogZ(); err != nil || stderr != 0 || math.Abs(z-c.logZ) > 1e-9 {
			t.Errorf("%d x %d units of width %v: ln Z = %.10f +- %v (%v), want %.10f", c.visible, c.hidden, c.width, z, stderr, err, c.logZ)
		}
	}
	m := instance(t, 16, 10, 0.5, defaults)
	for at, want := range map[int]float64{0: -0.396569752662, 16: 0.072751396365, 26: 0.682496148729} {
		if got := m.theta[at]; math.Abs(got-want) > 1e-12 {
			t.Errorf("parameter %d of the first machine is %.12f, want %.12f", at, got, want)
		}
	}
}
