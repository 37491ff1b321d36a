package fermiflow

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

func particles(n, d int) core.Space { return core.Space{Kind: core.Particles, Shape: []int{n, d}} }

// complete adds the defaults, with few hidden units and soft distances.
func complete(tb testing.TB, s core.Settings) core.Settings {
	tb.Helper()
	return coretest.Settings(tb, Part, core.Settings{"hidden": int64(4), "softening": 1.0}, s)
}

// model returns one with its starting parameters and normal noise loaded.
func model(tb testing.TB, s core.Settings, space core.Space, noise float64) (*Model, []float64) {
	tb.Helper()
	m, theta := coretest.Noisy(tb, Part, complete(tb, s), space, noise)
	return m.(*Model), theta
}

// 20 steps invert the flow up to 1e-5.
func TestConformance(t *testing.T) {
	for _, c := range []struct {
		name  string
		s     core.Settings
		space core.Space
	}{
		{"line", core.Settings{"excitation": int64(3)}, particles(2, 1)},
		{"plane", core.Settings{"excitation": int64(1)}, particles(3, 2)},
		{"one state", core.Settings{"excitation": int64(2), "state": int64(1)}, particles(2, 3)},
	} {
		t.Run(c.name, func(t *testing.T) {
			coretest.ModelPart(t, Part, complete(t, c.s), c.space, coretest.ModelOptions{Inverse: 1e-5, Samples: 2000, Large: 100, Quadrature: coretest.Quadrature{Tolerance: 1e-5}})
		})
	}
}

// Where the flow is the identity, every sample of every state has the local
// energy sum_j eps_j without repulsion.
func TestEigenfunctions(t *testing.T) {
	for _, c := range []struct{ n, d int }{{1, 1}, {4, 1}, {2, 2}, {3, 2}, {6, 2}, {10, 2}, {5, 3}} {
		m, _ := model(t, core.Settings{"excitation": int64(3), "initial_beta": 0.1}, particles(c.n, c.d), 0)
		b := coretest.Draw(t, m, 3, 300)
		excited := 0
		for i, lap := range coretest.Laplacian(t, m, b) {
			want := 0.0
			for _, j := range b.K[i*c.n : (i+1)*c.n] {
				want += float64(m.orbitals.shell[j]) + float64(c.d)/2
			}
			local := -real(lap) / 2
			for _, x := range b.X[i*m.d : (i+1)*m.d] {
				local += x * x / 2
			}
			if math.Abs(local-want) > 1e-10*want*(1+math.Abs(real(lap))) || imag(lap) != 0 {
				t.Fatalf("%v: sample %d in %v has the local energy %.15g, want %v", c, i, b.K[i*c.n:(i+1)*c.n], local, want)
			}
			if m.states.excitation[m.number[i]] > 0 {
				excited++
			}
		}
		if excited < 10 {
			t.Errorf("%v: %d of %d samples are excited", c, excited, b.N)
		}
	}
}

// ln Psi and its Laplacian converge with the fourth power of the step: 16 times
// closer with half of it.
func TestOrderOfConvergence(t *testing.T) {
	at := func(steps int64) (lnPsi, lap float64) {
		m, _ := model(t, core.Settings{"steps": steps}, particles(3, 2), 0.1)
		b := &core.Batch{N: 1, X: []float64{0.3, -1, 0.5, 1.2, -0.7, 0.1}, K: []int32{0, 1, 3}}
		l, logP := make([]complex128, 1), make([]float64, 1)
		if err := m.LogPsi(l, logP, b); err != nil {
			t.Fatal(err)
		}
		return real(l[0]), real(coretest.Laplacian(t, m, b)[0])
	}
	psi, lap := at(320)
	psi1, lap1 := at(20)
	psi2, lap2 := at(40)
	for name, pair := range map[string][2]float64{"ln Psi": {psi1 - psi, psi2 - psi}, "the Laplacian": {lap1 - lap, lap2 - lap}} {
		if ratio := pair[0] / pair[1]; ratio < 12 || ratio > 22 || math.Abs(pair[1]) < 1e-11 {
			t.Errorf("with half of the step, the error of %s is %.3g times smaller, %.2g", name, ratio, pair[1])
		}
	}
}

// Bit for bit the same for any number of threads.
func TestThreadsDoNotMatter(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	m, theta := model(t, core.Settings{"steps": int64(3)}, particles(2, 2), 0.1)
	var want []float64
	for _, procs := range []int{1, 2, 4} {
		runtime.GOMAXPROCS(procs)
		const n = 3000 // more chunks than workspaces
		b := coretest.Draw(t, m, 5, n)
		v, grad := make([]complex128, n), make([]float64, len(theta))
		for i := range v {
			v[i] = complex(math.Sin(float64(i)), 0)
		}
		if err := m.StatePull(grad, b, b.LogP, v); err != nil {
			t.Fatal(err)
		}
		got := append(grad, b.X...)
		for _, lap := range coretest.Laplacian(t, m, b) {
			got = append(got, real(lap))
		}
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d threads: another result", procs)
		}
	}
}

func TestStepDoesNotAllocate(t *testing.T) {
	m, theta := model(t, core.Settings{"steps": int64(2)}, particles(2, 2), 0.1)
	const n = 100
	var b core.Batch
	grad, v, lap := make([]float64, len(theta)), make([]complex128, n), make([]complex128, n)
	step := func() {
		if m.Load(theta) != nil || m.Sample(&b, 1, n) != nil || m.Laplacian(lap, &b) != nil || m.StatePull(grad, &b, b.LogP, v) != nil {
			t.Fatal("a step failed")
		}
	}
	step()
	if a := testing.AllocsPerRun(10, step); a >= 1 {
		t.Errorf("%v allocations", a)
	}
}

// The shell of three states of two fermions in the plane; T = 0 needs a choice.
func TestOpenShell(t *testing.T) {
	const list = "0: [0 1]; 1: [1 0]"
	m, _ := model(t, core.Settings{"excitation": int64(0)}, particles(2, 2), 0)
	notices, _ := m.Notices()
	if len(notices) != 1 || !strings.Contains(notices[0].Text, "open shell: 2 states of free fermions have the lowest energy") || !strings.Contains(notices[0].Text, list) {
		t.Errorf("notices %v", notices)
	}
	if again, _ := m.Notices(); len(again) > 0 {
		t.Errorf("told again: %v", again)
	}
	for name, s := range map[string]core.Settings{"chosen": {"excitation": int64(0), "state": int64(1)}, "thermal": {"excitation": int64(1)}} {
		m, _ := model(t, s, particles(2, 2), 0)
		if notices, _ := m.Notices(); len(notices) > 0 {
			t.Errorf("%s: notices %v", name, notices)
		}
	}
	closed, theta := model(t, core.Settings{"excitation": int64(0)}, particles(3, 2), 0)
	if notices, _ := closed.Notices(); len(notices) > 0 || len(theta) != 2*(1+3*4) {
		t.Errorf("a closed shell has %d parameters and notices %v", len(theta), notices)
	}
}

func TestWhatDoesNotFit(t *testing.T) {
	for want, c := range map[string]struct {
		s     core.Settings
		space core.Space
		kind  core.Kind
	}{
		"needs particles in open space":                        {nil, core.Space{Kind: core.Field, Shape: []int{4, 4}}, core.Mismatch},
		"needs 1, 2 or 3 dimensions, the energy has 4":         {nil, particles(3, 4), core.Mismatch},
		"occupy orbitals of more than 60 quanta":               {core.Settings{"excitation": int64(60)}, particles(2, 2), core.Invalid},
		"70 fermions with excitation = 2 occupy orbitals":      {nil, particles(70, 1), core.Invalid},
		"have more than 65536 states":                          {core.Settings{"excitation": int64(9)}, particles(10, 2), core.Invalid},
		"state is beyond the 2 states of this excitation: 0: ": {core.Settings{"excitation": int64(0), "state": int64(2)}, particles(2, 2), core.Invalid},
	} {
		_, err := Part.NewModel(complete(t, c.s), c.space)
		if core.KindOf(err) != c.kind || !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	periodic := particles(2, 2)
	periodic.Periodic, periodic.Box = true, []float64{1, 1}
	if _, err := Part.NewModel(complete(t, nil), periodic); core.KindOf(err) != core.Mismatch {
		t.Errorf("in a box: error %v", err)
	}
}

func TestBatchesThatDoNotFit(t *testing.T) {
	m, theta := model(t, nil, particles(2, 2), 0.1)
	b := coretest.Draw(t, m, 1, 3)
	lap := make([]complex128, 3)
	for want, k := range map[string][]int32{"does not say which orbitals": nil, "configuration 1 is in no state of the model: orbitals [0 99]": {0, 1, 0, 99, 0, 1}} {
		err := m.Laplacian(lap, &core.Batch{N: 3, X: b.X, K: k})
		if core.KindOf(err) != core.Invalid || !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	node := &core.Batch{N: 1, X: []float64{1, 2, 1, 2}, K: []int32{0, 1}}
	if err := m.Laplacian(lap[:1], node); core.KindOf(err) != core.Numeric || !strings.Contains(fmt.Sprint(err), "the Laplacian of configuration 0") {
		t.Errorf("on a node: error %v", err)
	}
	for _, at := range []int{0, len(theta) - 1} {
		bad := slices.Clone(theta)
		bad[at] = math.NaN()
		if err := m.Load(bad); err != nil {
			t.Fatal(err)
		}
		if err := m.Sample(&core.Batch{}, 1, 3); core.KindOf(err) != core.Numeric {
			t.Errorf("parameter %d is not a number: error %v", at, err)
		}
	}
}
