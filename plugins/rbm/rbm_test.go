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
		"spins":         {core.Space{Kind: core.Spins, Shape: []int{5}}, core.Settings{"hidden": 7, "start": 0.5, "burn_in": 0}},
		"reals":         {core.Space{Kind: core.Field, Shape: []int{2}}, core.Settings{"hidden": 3, "start": 1.0}},
		"annealed":      {core.Space{Kind: core.Levels, Levels: 2, Shape: []int{5}}, core.Settings{"hidden": 3, "start": 1.0, "log_z": "annealed", "temperatures": 100, "paths": 200}},
		"annealed back": {core.Space{Kind: core.Spins, Shape: []int{4}}, core.Settings{"hidden": 3, "start": 0.5, "log_z": "reversed", "temperatures": 100, "paths": 200}},
	} {
		t.Run(name, func(t *testing.T) {
			part := Part
			if c.space.Kind == core.Field {
				part = Gaussian
			}
			coretest.ModelPart(t, part, c.settings, c.space, coretest.ModelOptions{})
		})
	}
}

// instance is a machine of bits whose parameters come from a splitmix64 stream of the seed
// 7: the weights row by row with this width, then visible and hidden biases with width 0.2,
// as energies draw their disorder.
func instance(t *testing.T, visible, hidden int, width float64, c config) *Model {
	t.Helper()
	c.Hidden = hidden
	m, err := c.model("rbm", core.Space{Kind: core.Levels, Levels: 2, Shape: []int{visible}})
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

// Annealing forth and back meets the exact values within three standard errors, which are
// small.
func TestAnnealedLogZ(t *testing.T) {
	for _, c := range instances[:3] {
		for _, by := range []string{annealed, reversed} {
			o := defaults
			o.LogZ, o.Temperatures, o.Paths = by, 300, 300
			z, stderr, err := instance(t, c.visible, c.hidden, c.width, o).LogZ()
			if err != nil || !(stderr > 0 && stderr < 0.02) || math.Abs(z-c.logZ) > 3*stderr {
				t.Errorf("%d x %d units, %s: ln Z = %.4f +- %.4f (%v), exact %.4f", c.visible, c.hidden, by, z, stderr, err, c.logZ)
			}
		}
	}
}

// A machine of two real numbers and three hidden bits is a mixture of eight normal
// densities of the variance 0.49, with the means mu + W h. ln Z, mean and covariance of p were
// found from their weights, and by quadrature in the plane.
func TestMixture(t *testing.T) {
	const n, rounds = 2000, 25
	c := defaults
	c.Hidden = 3
	m, err := c.model("grbm", core.Space{Kind: core.Field, Shape: []int{2}})
	if err != nil {
		t.Fatal(err)
	}
	l := math.Log(0.49)
	if err := m.Load([]float64{-0.5, 0.3, l, l, 0.2, -0.4, 0.1, 2, -1, 0.5, 1, 1.5, -2}); err != nil {
		t.Fatal(err)
	}
	if z, stderr, err := m.LogZ(); err != nil || stderr != 0 || math.Abs(z-8.9553421017) > 1e-9 {
		t.Errorf("ln Z = %.10f +- %v (%v), want 8.9553421017", z, stderr, err)
	}
	var b core.Batch
	var sums [rounds][5]float64
	for k := range sums {
		if err := m.SetState(core.State{}); err != nil { // rounds are independent
			t.Fatal(err)
		}
		if err := m.Sample(&b, uint64(k), n); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			x, y := b.X[2*i]-0.46904766, b.X[2*i+1]-2.55856223
			for j, v := range []float64{x, y, x * x, x * y, y * y} {
				sums[k][j] += v / n
			}
		}
	}
	for j, want := range []float64{0, 0, 0.7990792829, -0.1128379853, 1.1125694130} {
		mean, square := 0.0, 0.0
		for _, s := range sums {
			mean += s[j] / rounds
			square += s[j] * s[j] / rounds
		}
		if stderr := math.Sqrt((square - mean*mean) / (rounds - 1)); math.Abs(mean-want) > 3*stderr || stderr > 0.02 {
			t.Errorf("moment %d is %.4f +- %.4f, want %.4f", j, mean, stderr, want)
		}
	}
}
