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
		"langevin":      {core.Space{Kind: core.Field, Shape: []int{2}}, core.Settings{"hidden": 3, "start": 1.0, "chains": "langevin"}},
		"given hidden":  {core.Space{Kind: core.Field, Shape: []int{2}}, core.Settings{"hidden": 3, "start": 1.0, "chains": "gibbs_langevin", "replicas": 2}},
		"tempered":      {core.Space{Kind: core.Spins, Shape: []int{4}}, core.Settings{"hidden": 3, "start": 1.5, "replicas": 3}},
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
	m, err := (&keys{config: c}).model("rbm", core.Space{Kind: core.Levels, Levels: 2, Shape: []int{visible}})
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

// Entropy and means of the first machine, from the probabilities of its 2^16 visible states, as
// another program had them by the same sum.
func TestExactMeans(t *testing.T) {
	const visible = 16
	m := instance(t, visible, 10, 0.5, defaults)
	logZ, _, err := m.LogZ()
	if err != nil {
		t.Fatal(err)
	}
	states, w := make([]float64, visible<<visible), make([]float64, 1<<visible)
	for code := range w {
		for i := range visible {
			states[code*visible+i] = float64(code >> i & 1)
		}
	}
	if err := m.LogWeight(w, states); err != nil {
		t.Fatal(err)
	}
	entropy, first, both := 0.0, 0.0, 0.0
	for code, l := range w {
		p := math.Exp(l - logZ)
		entropy -= p * (l - logZ)
		first += p * float64(code&1)
		both += p * float64(code&1) * float64(code>>1&1)
	}
	for name, c := range map[string][2]float64{"H(v)": {entropy, 10.2137634996}, "<v0>": {first, 0.5253744215}, "<v0 v1>": {both, 0.2860155588}} {
		if math.Abs(c[0]-c[1]) > 1e-9 {
			t.Errorf("%s = %.10f, want %.10f", name, c[0], c[1])
		}
	}
}

// A machine of eleven spins and a hidden one, with weights c and the hidden bias ln(3)/2, has two
// modes: h = 1 has 3/4 of the weight, since cosh is even, and v then has mostly ones. A Gibbs
// chain leaves a mode by a draw of h only when most of the spins have turned, each with the
// probability 1/(1 + exp(2c)); new chains begin with even spins. With replicas they come and go.
func TestTempering(t *testing.T) {
	const n, c, chains, rounds = 11, 1.5, 400, 10
	theta := append(make([]float64, n), math.Log(3)/2)
	for range n {
		theta = append(theta, c)
	}
	ones := func(replicas int) (share, stderr float64) {
		o := defaults
		o.Hidden, o.Replicas, o.BurnIn = 1, replicas, 100
		m, err := (&keys{config: o}).model("rbm", core.Space{Kind: core.Spins, Shape: []int{n}})
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Load(theta); err != nil {
			t.Fatal(err)
		}
		var batch core.Batch
		counts := make([]float64, chains)
		for k := range rounds {
			if err := m.Sample(&batch, uint64(k), chains); err != nil {
				t.Fatal(err)
			}
			for i := range counts {
				sum := 0.0
				for _, v := range batch.X[i*n : (i+1)*n] {
					sum += v
				}
				if sum > 0 {
					counts[i] += 1.0 / rounds
				}
			}
		}
		return meanOf(counts)
	}
	if share, stderr := ones(5); math.Abs(share-0.75) > 3*stderr || stderr > 0.03 {
		t.Errorf("with replicas %.3f +- %.3f of the draws have mostly ones, want 0.75", share, stderr)
	}
	if share, stderr := ones(1); math.Abs(share-0.75) < 6*stderr {
		t.Errorf("without replicas %.3f +- %.3f of the draws have mostly ones: this machine does not need any", share, stderr)
	}
}

// meanOf independent numbers, with its standard error.
func meanOf(x []float64) (mean, stderr float64) {
	n, square := float64(len(x)), 0.0
	for _, v := range x {
		mean += v / n
	}
	for _, v := range x {
		square += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(square / (n * (n - 1)))
}

// A machine of two real numbers and three hidden bits is a mixture of eight normal
// densities of the variance 0.49, with the means mu + W h. ln Z, mean and covariance of p were
// found from their weights, and by quadrature in the plane. All sorts of chains have them.
func TestMixture(t *testing.T) {
	for name, l := range map[string]langevinKeys{
		"gibbs":          langevinDefaults,
		"gibbs_langevin": {Chains: gibbsLangevin, Steps: 3, Step: 0.5, Adjusted: true},
		"langevin":       {Chains: langevin, Steps: 5, Step: 0.5, Adjusted: true},
	} {
		t.Run(name, func(t *testing.T) { mixture(t, l) })
	}
}

// mixtureOf is this machine.
func mixtureOf(t *testing.T, l langevinKeys) *Model {
	t.Helper()
	c := defaults
	c.Hidden = 3
	m, err := (&keys{c, l}).model("grbm", core.Space{Kind: core.Field, Shape: []int{2}})
	if err != nil {
		t.Fatal(err)
	}
	s := math.Log(0.49)
	if err := m.Load([]float64{-0.5, 0.3, s, s, 0.2, -0.4, 0.1, 2, -1, 0.5, 1, 1.5, -2}); err != nil {
		t.Fatal(err)
	}
	return m
}

func mixture(t *testing.T, l langevinKeys) {
	const n, rounds = 1000, 25
	m := mixtureOf(t, l)
	if z, stderr, err := m.LogZ(); err != nil || stderr != 0 || math.Abs(z-8.9553421017) > 1e-9 {
		t.Errorf("ln Z = %.10f +- %v (%v), want 8.9553421017", z, stderr, err)
	}
	var b core.Batch
	sums := make([][]float64, 5)
	for k := range rounds {
		if err := m.SetState(core.State{}); err != nil { // rounds are independent
			t.Fatal(err)
		}
		if err := m.Sample(&b, uint64(k), n); err != nil {
			t.Fatal(err)
		}
		var sum [5]float64
		for i := range n {
			x, y := b.X[2*i]-0.46904766, b.X[2*i+1]-2.55856223
			for j, v := range []float64{x, y, x * x, x * y, y * y} {
				sum[j] += v / n
			}
		}
		for j, v := range sum {
			sums[j] = append(sums[j], v)
		}
	}
	for j, want := range []float64{0, 0, 0.7990792829, -0.1128379853, 1.1125694130} {
		if mean, stderr := meanOf(sums[j]); math.Abs(mean-want) > 3*stderr || stderr > 0.03 {
			t.Errorf("moment %d is %.4f +- %.4f, want %.4f", j, mean, stderr, want)
		}
	}
}

// Without acceptance, Langevin steps of size a given h leave z = (v - mu - W h)/s with the variance
// 1/(1 - a/2): of a machine without weights that is the variance of v.
func TestLangevinWithoutAcceptance(t *testing.T) {
	const n, a = 20000, 0.8
	m := mixtureOf(t, langevinKeys{Chains: gibbsLangevin, Steps: 2, Step: a})
	if err := m.Load(make([]float64, len(m.theta))); err != nil {
		t.Fatal(err)
	}
	var b core.Batch
	if err := m.Sample(&b, 1, n); err != nil {
		t.Fatal(err)
	}
	squares := make([]float64, 0, len(b.X))
	for _, v := range b.X {
		squares = append(squares, v*v)
	}
	if mean, stderr := meanOf(squares); math.Abs(mean-1/(1-a/2)) > 4*stderr {
		t.Errorf("the variance is %.4f +- %.4f, want %.4f", mean, stderr, 1/(1-a/2))
	}
}
