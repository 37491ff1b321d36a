package transformer

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/autoregressive"
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

var (
	square = core.Space{Kind: core.Spins, Shape: []int{2, 3}}
	bits   = core.Space{Kind: core.Levels, Levels: 2, Shape: []int{6}}
	trits  = core.Space{Kind: core.Levels, Levels: 3, Shape: []int{2, 2}}
)

// settings are of a small network.
func settings(z2 bool) core.Settings {
	return core.Settings{"depth": int64(2), "width": int64(6), "heads": int64(2), "expansion": int64(2), "own_states": false, "spread": 0.02, "z2": z2}
}

// build returns a model with the starting parameters and noise, which takes the conditionals
// away from 1/2.
func build(t *testing.T, s core.Settings, space core.Space, noise float64) (core.Model, []float64) {
	t.Helper()
	full, problems := core.Complete(Part.Keys(), s)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	m, err := Part.NewModel(full, space)
	if err != nil {
		t.Fatal(err)
	}
	theta := make([]float64, m.Spec().Parameters)
	if err := m.Init(theta, 5); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range theta {
		theta[i] += noise * r.NormFloat64()
	}
	if err := m.Load(theta); err != nil {
		t.Fatal(err)
	}
	return m, theta
}

// states lists all configurations of a space.
func states(space core.Space) (x []float64) {
	values, d := space.Values()[0], space.Size()
	n := int(math.Round(math.Pow(float64(len(values)), float64(d))))
	for k := range n {
		for range d {
			x = append(x, values[k%len(values)])
			k /= len(values)
		}
	}
	return x
}

func logProb(t *testing.T, m core.Model, x []float64) []float64 {
	t.Helper()
	lp := make([]float64, len(x)/m.Spec().Space.Size())
	if err := m.LogProb(lp, x); err != nil {
		t.Fatal(err)
	}
	return lp
}

// The contract of core.Model: frequencies of all states, gradients by central differences,
// draws that depend neither on the batch nor on its cut, in three worlds.
func TestConformance(t *testing.T) {
	for name, c := range map[string]struct {
		space core.Space
		z2    bool
		p     core.Precision
	}{
		"spins": {square, false, core.Float64}, "spins z2": {square, true, core.Float64}, "bits": {bits, false, core.Float64}, "categories": {trits, false, core.Float64},
		"spins z2 float32": {square, true, core.Float32}, "categories float32": {trits, false, core.Float32},
	} {
		t.Run(name, func(t *testing.T) {
			full, problems := core.Complete(Part.Params, settings(c.z2))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			o := coretest.ModelOptions{}
			if c.p == core.Float32 {
				full["precision"], o = string(c.p), coretest.InFloat32
			}
			o.Spread = 0.5
			coretest.ModelPart(t, Part, full, c.space, o)
		})
	}
}

// Bit for bit the same for any number of threads.
func TestThreadsDoNotMatter(t *testing.T) {
	for _, p := range core.Precisions {
		t.Run(string(p), func(t *testing.T) { testThreads(t, p) })
	}
}

func testThreads(t *testing.T, p core.Precision) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	m, _ := build(t, core.Settings{"width": int64(16), "depth": int64(2), "precision": string(p)}, core.Space{Kind: core.Levels, Levels: 3, Shape: []int{5}}, 0.1)
	var want []float64
	for _, procs := range []int{1, 2, 4} {
		runtime.GOMAXPROCS(procs)
		var b core.Batch
		if err := m.Sample(&b, 5, 333); err != nil {
			t.Fatal(err)
		}
		g := make([]float64, m.Spec().Parameters)
		if err := m.Pull(g, &b, b.LogP); err != nil {
			t.Fatal(err)
		}
		got := slices.Concat(b.X, b.LogP, logProb(t, m, b.X), g)
		if procs == 1 {
			want = got
		} else if !slices.Equal(got, want) {
			t.Errorf("%d threads: another result", procs)
		}
	}
}

// descend takes steps of plain Adam along a gradient that step writes.
func descend(t *testing.T, m core.Model, theta []float64, steps int, rate float64, step func(g []float64)) {
	t.Helper()
	g, first, second := make([]float64, len(theta)), make([]float64, len(theta)), make([]float64, len(theta))
	for k := range steps {
		if err := m.Load(theta); err != nil {
			t.Fatal(err)
		}
		step(g)
		for i, v := range g {
			first[i] += 0.1 * (v - first[i])
			second[i] += 0.001 * (v*v - second[i])
			n := float64(k + 1)
			theta[i] -= rate * first[i] / (1 - math.Pow(0.9, n)) / (math.Sqrt(second[i]/(1-math.Pow(0.999, n))) + 1e-8)
		}
	}
	if err := m.Load(theta); err != nil {
		t.Fatal(err)
	}
}

// Maximum likelihood of a distribution that no product of marginals has: of three sites of
// three levels, the third is the sum of the others modulo 3. Its entropy is ln 9, and
// -<ln p> less that is a divergence, zero at best.
func TestLearnsParity(t *testing.T) {
	space := core.Space{Kind: core.Levels, Levels: 3, Shape: []int{3}}
	m, theta := build(t, core.Settings{"depth": int64(1), "width": int64(16), "heads": int64(2)}, space, 0)
	data := &core.Batch{N: 9}
	for k := range 9 {
		data.X = append(data.X, float64(k/3), float64(k%3), float64((k/3+k%3)%3))
	}
	w := slices.Repeat([]float64{-1.0 / 9}, 9)
	loss := func() (sum float64) {
		for _, l := range logProb(t, m, data.X) {
			sum -= l / 9
		}
		return sum
	}
	// Three levels at random are ln 27.
	if start := loss(); math.Abs(start-3*math.Log(3)) > 0.2 {
		t.Errorf("starts at %v, want near 3 ln 3", start)
	}
	descend(t, m, theta, 400, 1e-2, func(g []float64) {
		if err := m.Pull(g, data, w); err != nil {
			t.Fatal(err)
		}
	})
	if gap := loss() - math.Log(9); gap < -1e-12 || gap > 0.01 {
		t.Errorf("-<ln p> is ln 9 + %v", gap)
	}
}

// The free energy of the 3 x 3 Ising model with open boundaries at beta = 0.3, by all its 512
// states, from draws alone: the gradient is sum_i (f_i - mean f)/(n-1) grad ln p(x_i), with
// f = ln p + beta E.
func TestLearnsIsing(t *testing.T) {
	space := core.Space{Kind: core.Spins, Shape: []int{3, 3}}
	m, theta := build(t, core.Settings{"depth": int64(1), "width": int64(16), "heads": int64(2), "z2": true}, space, 0)
	action := func(s []float64) (e float64) { // beta E
		for i, v := range s {
			if i%3 < 2 {
				e -= 0.3 * v * s[i+1]
			}
			if i < 6 {
				e -= 0.3 * v * s[i+3]
			}
		}
		return e
	}
	x := states(space)
	exact := 0.0
	for k := range 512 {
		exact += math.Exp(-action(x[9*k : 9*k+9]))
	}
	exact = -math.Log(exact)
	var b core.Batch
	step := uint64(0)
	descend(t, m, theta, 300, 1e-2, func(g []float64) {
		step++
		if err := m.Sample(&b, step, 200); err != nil {
			t.Fatal(err)
		}
		f, mean := make([]float64, b.N), 0.0
		for i := range f {
			f[i] = b.LogP[i] + action(b.X[9*i:9*i+9])
			mean += f[i] / float64(b.N)
		}
		for i := range f {
			f[i] = (f[i] - mean) / float64(b.N-1)
		}
		if err := m.Pull(g, &b, f); err != nil {
			t.Fatal(err)
		}
	})
	free := 0.0 // of all states, so without an error of draws
	for k, l := range logProb(t, m, x) {
		free += math.Exp(l) * (l + action(x[9*k:9*k+9]))
	}
	if gap := free - exact; gap < 0 || gap > 0.02 {
		t.Errorf("beta F is %v, exact %v", free, exact)
	}
}

func TestWhatDoesNotFit(t *testing.T) {
	line := core.Space{Kind: core.Spins, Shape: []int{10}}
	for _, c := range []struct {
		s     core.Settings
		space core.Space
		want  string
	}{
		{core.Settings{}, core.Space{Kind: core.Particles, Shape: []int{3, 2}}, "needs spins or levels"},
		{core.Settings{"z2": true}, bits, "z2 flips spins"},
		{core.Settings{"heads": int64(3)}, line, "width must be a multiple of heads, got 64 and 3"},
		{core.Settings{"width": int64(100000)}, line, "a smaller depth or width or expansion"},
		{core.Settings{"depth": int64(1), "width": int64(1), "heads": int64(1), "expansion": int64(1)}, core.Space{Kind: core.Spins, Shape: []int{1 << 30}}, "fewer sites"},
	} {
		full, problems := core.Complete(Part.Params, c.s)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if _, err := Part.NewModel(full, c.space); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
	m, theta := build(t, settings(false), trits, 0)
	for _, wrong := range []float64{-1, 3, 0.5, math.NaN()} {
		err := m.LogProb(make([]float64, 1), []float64{0, 1, wrong, 2})
		if core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "not a whole number from 0 to 2") {
			t.Errorf("a level of %v: %v", wrong, err)
		}
	}
	theta[0] = math.NaN()
	if err := m.Load(theta); err != nil {
		t.Fatal(err)
	}
	var b core.Batch
	if err := m.Sample(&b, 1, 4); core.KindOf(err) != core.Numeric {
		t.Errorf("a parameter that is not a number: %v", err)
	}
}

// What the constructor counts before it allocates is what the model then has.
func TestSizes(t *testing.T) {
	for _, space := range []core.Space{square, bits, trits} {
		for _, z2 := range []bool{false, space.Kind == core.Spins} {
			given := settings(z2)
			given["own_states"] = z2
			m, theta := build(t, given, space, 0)
			var c config
			core.Decode(given, &c)
			if got := c.weights(space); got != float64(len(theta)) {
				t.Errorf("%v: %v weights, and there are %d", space, got, len(theta))
			}
			configurations := 8.0 * float64(space.Size())
			if z2 {
				configurations *= 2
			}
			if got, want := bytes[float64](c, space), m.Spec().Memory.PerConfiguration-configurations; got != want {
				t.Errorf("%v: %v bytes of hidden states, and there are %v", space, got, want)
			}
		}
	}
}

// Four chunks fit into the budget of hidden states, or one configuration is a chunk. On 28 x 28
// sites the default network takes 99 MB for each, most of it weights of attention.
func TestChunk(t *testing.T) {
	for side, want := range map[int]int{4: 24, 28: 5, 64: 1} {
		var c config
		full, _ := core.Complete(Part.Params, core.Settings{})
		core.Decode(full, &c)
		space := core.Space{Kind: core.Spins, Shape: []int{side, side}}
		if got, _ := newNetwork[float64](c, space).Chunk(); got != want {
			t.Errorf("%d x %d sites: chunks of %d, want %d", side, side, got, want)
		}
	}
	m, _ := build(t, core.Settings{}, core.Space{Kind: core.Spins, Shape: []int{28, 28}}, 0)
	if most := m.Spec().Memory.Most; most != autoregressive.Budget {
		t.Errorf("28 x 28 sites: %v bytes of hidden states at most, want the budget", most)
	}
}

func TestStepDoesNotAllocate(t *testing.T) {
	m, theta := build(t, settings(true), square, 0.1)
	g := make([]float64, len(theta))
	var b core.Batch
	step := func() {
		if err := m.Load(theta); err != nil {
			t.Fatal(err)
		}
		if err := m.Sample(&b, 1, 100); err != nil {
			t.Fatal(err)
		}
		if err := m.Pull(g, &b, b.LogP); err != nil {
			t.Fatal(err)
		}
	}
	step()
	if a := testing.AllocsPerRun(20, step); a >= 1 {
		t.Errorf("%v allocations per step", a)
	}
}
