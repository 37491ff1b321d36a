package electronflow

import (
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

// box is a space of n electrons at a distance of about 1.8, as in units of r_s.
func box(n, d int, twist ...float64) core.Space {
	s := core.Space{Kind: core.Particles, Shape: []int{n, d}, Periodic: true, Twist: twist}
	edge := math.Sqrt(math.Pi * float64(n))
	if d == 3 {
		edge = math.Cbrt(4 * math.Pi / 3 * float64(n))
	}
	for range d {
		s.Box = append(s.Box, edge)
	}
	return s
}

// spins is a box of electrons of both.
func spins(up, down, d int, twist ...float64) core.Space {
	s := box(up+down, d, twist...)
	s.Kinds = []int{up, down}
	return s
}

// complete adds the defaults, with a small flow.
func complete(tb testing.TB, s core.Settings) core.Settings {
	tb.Helper()
	small := core.Settings{"e_max": int64(2), "width": int64(4), "pair_width": int64(3), "theta_0": 0.5}
	if s["map"] == "backflow" {
		small = core.Settings{"e_max": int64(2), "units": int64(4), "theta_0": 0.5}
	}
	return coretest.Settings(tb, Part, small, s)
}

// model returns one with its starting parameters and normal noise loaded.
func model(tb testing.TB, s core.Settings, space core.Space, noise float64) *Model {
	tb.Helper()
	m, _ := coretest.Noisy(tb, Part, complete(tb, s), space, noise)
	return m.(*Model)
}

func TestConformance(t *testing.T) {
	for _, c := range []struct {
		name  string
		s     core.Settings
		space core.Space
		o     coretest.ModelOptions
	}{
		{"exact", core.Settings{"laplacian": "exact"}, box(3, 2, 0.25, 0.1), coretest.ModelOptions{}},
		{"mirrors", core.Settings{"laplacian": "exact", "mirrors": true, "centred": true}, box(3, 2, 0.25, 0.1), coretest.ModelOptions{}},
		{"mirrors of space", core.Settings{"e_max": int64(1), "mirrors": true, "centred": true}, box(2, 3), coretest.ModelOptions{Copies: 300}},
		{"backflow", core.Settings{"laplacian": "exact", "map": "backflow"}, box(3, 2, 0.25, 0.1), coretest.ModelOptions{}},
		{"iterated backflow", core.Settings{"map": "backflow", "layers": int64(2), "e_max": int64(1)}, box(2, 3), coretest.ModelOptions{Copies: 300}},
		{"steps of a continuous flow", core.Settings{"map": "backflow", "layers": int64(4), "tied": true}, box(3, 2, 0.25, 0.1), coretest.ModelOptions{}},
		{"hutchinson", core.Settings{"e_max": int64(1)}, box(2, 3), coretest.ModelOptions{Copies: 300}},
		{"ground", core.Settings{"states": "ground", "laplacian": "exact"}, box(5, 2), coretest.ModelOptions{}},
		{"states of free electrons", core.Settings{"states": "ideal", "theta_0": 0.3, "laplacian": "exact"}, box(3, 2, 0.25, 0.1), coretest.ModelOptions{}},
		{"chains", core.Settings{"draws": chained, "burn_in": int64(60), "moves": int64(10), "laplacian": "exact"}, box(3, 2, 0.25, 0.1), coretest.ModelOptions{}},
		{"chains of the ground state", core.Settings{"draws": chained, "burn_in": int64(60), "moves": int64(10), "states": "ground", "laplacian": "exact"}, box(5, 2), coretest.ModelOptions{}},
		{"both spins", core.Settings{"laplacian": "exact"}, spins(2, 1, 2, 0.25, 0.1), coretest.ModelOptions{}},
		{"backflow of both spins", core.Settings{"laplacian": "exact", "map": "backflow", "layers": int64(2)}, spins(2, 1, 2, 0.25, 0.1), coretest.ModelOptions{}},
		{"as many of both", core.Settings{"laplacian": "exact", "mirrors": true, "centred": true}, spins(2, 2, 2), coretest.ModelOptions{}},
		{"both spins in space", core.Settings{"e_max": int64(1)}, spins(1, 1, 3), coretest.ModelOptions{Copies: 300}},
		{"chains of both spins", core.Settings{"draws": chained, "burn_in": int64(60), "moves": int64(10), "laplacian": "exact"}, spins(2, 1, 2), coretest.ModelOptions{}},
		{"ground state of both spins", core.Settings{"states": "ground", "laplacian": "exact"}, spins(1, 1, 2, 0.25, 0.1), coretest.ModelOptions{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.o.Samples, c.o.Large, c.o.Directions = 600, 40, 10
			c.o.Draw = func(r *rand.Rand, x []float64) {
				for i := range x {
					x[i] = c.space.Box[0] * r.Float64()
				}
			}
			coretest.ModelPart(t, Part, complete(t, c.s), c.space, c.o)
		})
	}
}

// Where the flow is the identity, Psi_K is a determinant of plane waves, and
// -lap Psi_K/Psi_K the sum of k^2 for every x.
func TestPlaneWaves(t *testing.T) {
	for _, space := range []core.Space{box(5, 2, 0.25, 0.25), box(13, 2), box(7, 3), spins(3, 2, 2), spins(1, 1, 3, 0.25, 0, 0.1)} {
		for _, method := range []string{"exact", "hutchinson"} {
			m := model(t, core.Settings{"laplacian": method, "e_max": int64(5)}, space, 0)
			shift := len(m.flow) - m.net.Dim*m.net.Width
			clear(m.flow[shift:])
			b := coretest.Draw(t, m, 1, 20)
			n := space.Shape[0]
			for i, lap := range coretest.Laplacian(t, m, b) {
				want := 0.0
				for _, k := range b.K[i*n : (i+1)*n] {
					for _, q := range m.spec.Orbitals[k] {
						want += math.Pow(2*math.Pi*q/space.Box[0], 2)
					}
				}
				if cmplx.Abs(lap+complex(want, 0)) > 1e-10*want {
					t.Errorf("%v, %s: -lap Psi/Psi of sample %d is %v, want %v", space.Shape, method, i, -lap, want)
				}
			}
		}
	}
}

// Known states: one electron, and two whose overlap integral is elementary.
func TestNormalised(t *testing.T) {
	m := model(t, nil, box(1, 2), 0.1)
	b := coretest.Draw(t, m, 1, 3)
	logPsi := make([]complex128, 3)
	if err := m.LogPsi(logPsi, make([]float64, 3), b); err != nil {
		t.Fatal(err)
	}
	for _, l := range logPsi { // one electron has no other to move it: |Psi|^2 = 1/L^2 = 1/pi
		if want := -0.5 * math.Log(math.Pi); math.Abs(real(l)-want) > 1e-12 {
			t.Errorf("ln|Psi| = %v, want %v", real(l), want)
		}
	}
}

// The mean of the estimates over many directions is the exact Laplacian.
func TestEstimate(t *testing.T) {
	space := box(4, 2, 0.25, 0.25)
	exact := model(t, core.Settings{"laplacian": "exact"}, space, 0.3)
	estimate := model(t, core.Settings{"laplacian": "hutchinson", "probes": int64(4000)}, space, 0.3)
	b := coretest.Draw(t, exact, 1, 3)
	one := model(t, core.Settings{"laplacian": "hutchinson"}, space, 0.3)
	single := coretest.Laplacian(t, one, b)
	mean := coretest.Laplacian(t, estimate, b)
	for i, want := range coretest.Laplacian(t, exact, b) {
		spread := cmplx.Abs(single[i] - want)
		if spread == 0 {
			t.Error("one direction gives the exact value: the test tests nothing")
		}
		// The spread of one estimate is some tenths here, of the mean of 4000 some 0.005.
		if cmplx.Abs(mean[i]-want) > 0.05 {
			t.Errorf("the mean of configuration %d is %v, exactly it is %v; one estimate is %v", i, mean[i], want, single[i])
		}
	}
}

func TestThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var want []float64
	for _, draws := range []string{"independent", chained} {
		want = nil
		for _, procs := range []int{1, 2, 4} {
			runtime.GOMAXPROCS(procs)
			m := model(t, core.Settings{"draws": draws, "burn_in": int64(10), "moves": int64(5)}, box(3, 2, 0.25, 0.25), 0.1)
			b := coretest.Draw(t, m, 1, 50)
			grad, step, w, v := make([]float64, m.spec.Parameters), make([]float64, m.spec.Parameters), make([]float64, 50), make([]complex128, 50)
			for i := range w {
				w[i], v[i] = math.Sin(float64(i)), cmplx.Exp(complex(0, float64(i)))
			}
			if err := m.NaturalPull(grad, step, b, w, v, 1e-3); err != nil {
				t.Fatal(err)
			}
			got := slices.Concat(b.X, b.LogP, b.Accept, grad, step)
			for _, l := range coretest.Laplacian(t, m, b) {
				got = append(got, real(l), imag(l))
			}
			if want == nil {
				want = got
			} else if !slices.Equal(got, want) {
				t.Errorf("%s, %d threads: another result", draws, procs)
			}
		}
	}
}

// states_damping is that of the block of p(K) alone, where it is larger than that of training.
func TestStatesDamping(t *testing.T) {
	const n = 50
	direction := func(states, damping float64) (ofStates, ofFlow []float64) {
		m := model(t, core.Settings{"states_damping": states}, box(3, 2, 0.25, 0.25), 0.1)
		b := coretest.Draw(t, m, 1, n)
		grad, step, w := make([]float64, m.spec.Parameters), make([]float64, m.spec.Parameters), make([]float64, n)
		for i := range w {
			w[i] = math.Sin(float64(i)) / n
		}
		if err := m.NaturalPull(grad, step, b, w, nil, damping); err != nil {
			t.Fatal(err)
		}
		return step[:m.split()], step[m.split():]
	}
	states, flow := direction(0.1, 1e-3)
	more, _ := direction(0, 0.1)
	less, same := direction(1e-4, 1e-3)
	_, plain := direction(0, 1e-3)
	if !slices.Equal(states, more) || !slices.Equal(flow, plain) || !slices.Equal(same, plain) || slices.Equal(states, less) {
		t.Error("the damping of p(K) is not 0.1, or that of the flow not 1e-3")
	}
}

func TestNotices(t *testing.T) {
	m := model(t, core.Settings{"draws": chained, "burn_in": int64(0), "step": 1e-3, "moves": int64(10)}, box(3, 2), 0)
	coretest.Draw(t, m, 1, 8)
	if n, _ := m.Notices(); len(n) != 1 || n[0].Text != often || n[0].NoBound {
		t.Errorf("short moves: %+v", n)
	}
	m = model(t, core.Settings{"draws": chained, "burn_in": int64(0), "step": 1e3, "moves": int64(50), "e_max": int64(5)}, box(13, 2), 0)
	coretest.Draw(t, m, 1, 8)
	if n, _ := m.Notices(); len(n) != 1 || n[0].Text != seldom {
		t.Errorf("long moves: %+v", n)
	}
	for _, c := range []struct {
		of     renewals
		notice bool
	}{{renewals{1000, 50}, true}, {renewals{1000, 80}, false}, {renewals{1000, 500}, false}, {renewals{60, 0}, false}, {renewals{}, false}} {
		var n notices
		n.watchStates([]renewals{c.of, {}})
		if given := len(n.all) == 1 && n.all[0].Text == stuck && !n.all[0].NoBound; given != c.notice {
			t.Errorf("%+v: %+v", c.of, n.all)
		}
	}
	// Where electrons change places, chains go on, and independent draws end with an error.
	m = foldingModel(t, chained)
	coretest.Draw(t, m, 1, 40)
	n, _ := m.Notices()
	if !slices.ContainsFunc(n, func(n core.Notice) bool { return n.Text == folded && n.NoBound && n.Count > 0 && n.Count < 40 }) {
		t.Errorf("a flow that folds: %+v", n)
	}
	var b core.Batch
	if err := foldingModel(t, "independent").Sample(&b, 1, 40); core.KindOf(err) != core.Numeric || !strings.Contains(fmt.Sprint(err), "the flow folds") {
		t.Errorf("a flow that folds: error %v", err)
	}
}

func foldingModel(t *testing.T, draws string) *Model {
	m := model(t, core.Settings{"draws": draws, "burn_in": int64(50)}, box(4, 2), 0)
	shift := m.flow[len(m.flow)-m.net.Dim*m.net.Width:]
	r := rand.New(rand.NewPCG(3, 4))
	for i := range shift {
		shift[i] = 10 * r.NormFloat64()
	}
	return m
}

func TestWhatDoesNotFit(t *testing.T) {
	open, oblong := box(3, 2), box(3, 2)
	open.Box, oblong.Box = nil, []float64{1, 2}
	for _, c := range []struct {
		s     core.Settings
		space core.Space
		kind  core.Kind
		text  string
	}{
		{nil, core.Space{Kind: core.Field, Shape: []int{4, 4}}, core.Mismatch, "electronflow: needs particles"},
		{nil, core.Space{Kind: core.Particles, Shape: []int{3, 1}, Box: []float64{1}}, core.Mismatch, "electronflow: needs 2 or 3 dimensions, the energy has 1"},
		{nil, open, core.Mismatch, "electronflow: needs a periodic box"},
		{nil, oblong, core.Mismatch, "electronflow: needs a square or cubic box, the energy's has the edges [1 2]"},
		{nil, core.Space{Kind: core.Particles, Shape: []int{3, 2}, Periodic: true, Box: []float64{1, 1}, Kinds: []int{1, 1, 1}}, core.Mismatch, "electronflow: knows electrons of two spins, the energy has particles [3 2] of the kinds [1 1 1]"},
		{core.Settings{"states": "ground"}, spins(4, 1, 2), core.Invalid,
			"electronflow: 5 electrons leave a shell open: 4 states of the same energy, which differ in the orbitals of 1: [-1 0] [0 -1] [0 1] |, 2: [-1 0] [0 -1] [1 0] |, 3: [-1 0] [0 1] [1 0] |, 4: [0 -1] [0 1] [1 0] | (set state to a number from 1 to 4)"},
		{core.Settings{"states": "ground"}, spins(2, 2, 2), core.Invalid,
			"4 electrons leave a shell open: 16 states of the same energy, which differ in the orbitals of 1: [-1 0] | [-1 0], 2: [-1 0] | [0 -1],"},
		{nil, box(10, 2), core.Invalid, "electronflow: 10 electrons do not fit into 9 orbitals with |n|^2 <= 2 (raise e_max)"},
		{core.Settings{"theta_0": 0.0}, box(3, 2), core.Invalid, "theta_0 > 0"},
		{core.Settings{"states": "ground"}, box(4, 2), core.Invalid,
			"electronflow: 4 electrons leave a shell open: 4 states of the same energy, which differ in the orbitals of 1: [-1 0] [0 -1] [0 1], 2: [-1 0] [0 -1] [1 0], 3: [-1 0] [0 1] [1 0], 4: [0 -1] [0 1] [1 0] (set state to a number from 1 to 4)"},
		{core.Settings{"states": "ground", "state": int64(2)}, box(5, 2), core.Invalid, "electronflow: state is 2, and there are 1 of the lowest energy (set state to a number from 1 to 1)"},
	} {
		_, err := Part.NewModel(complete(t, c.s), c.space)
		if core.KindOf(err) != c.kind || !strings.Contains(fmt.Sprint(err), c.text) {
			t.Errorf("error %v, want one of kind %v with %q", err, c.kind, c.text)
		}
	}
	m := model(t, core.Settings{"draws": chained, "states": "ground", "state": int64(2)}, box(4, 2), 0)
	if got := fmt.Sprint(m.spec.Orbitals[m.ground[0]], m.spec.Orbitals[m.ground[1]], m.spec.Orbitals[m.ground[2]], m.spec.Orbitals[m.ground[3]]); got != "[-1 0] [0 -1] [1 0] [0 0]" {
		t.Errorf("the second state of lowest energy has the orbitals %s", got)
	}
	if err := m.SetState(core.State{N: 1, Rows: make([]float64, 10)}); core.KindOf(err) != core.Invalid || !strings.Contains(fmt.Sprint(err), "electronflow: the state has 10 numbers in 1 rows, which have 9 each") {
		t.Errorf("error %v", err)
	}
	chains := model(t, core.Settings{"draws": chained}, box(3, 2), 0)
	for _, k := range [][]float64{{0, 1, 9}, {-1, 0, 1}, {0, 2, 2}, {0, 1.5, 2}, {math.NaN(), 1, 2}} {
		if err := chains.SetState(core.State{N: 1, Rows: append(make([]float64, 7), k...)}); core.KindOf(err) != core.Invalid || !strings.Contains(fmt.Sprint(err), "electronflow: chain 0 is in the state [") {
			t.Errorf("the state %v: error %v", k, err)
		}
	}
	both := model(t, core.Settings{"draws": chained}, spins(2, 1, 2), 0)
	for k, ok := range map[[3]float64]bool{{1, 3, 0}: true, {1, 3, 8}: true, {3, 1, 0}: false, {1, 3, 9}: false} {
		if err := both.SetState(core.State{N: 1, Rows: append(make([]float64, 7), k[:]...)}); (err == nil) != ok {
			t.Errorf("the state %v of 2 electrons of one spin and 1 of the other: error %v", k, err)
		}
	}
	if err := m.LogProb(nil, nil); core.KindOf(err) != core.Unsupported || !strings.Contains(fmt.Sprint(err), "sum over all states") {
		t.Errorf("error %v", err)
	}
}
