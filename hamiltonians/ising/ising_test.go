package ising

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

// slowEnergy is the definition, site by site.
func slowEnergy(l lattice, s []float64) float64 {
	at := func(x, y int) float64 {
		if l.periodic {
			x, y = x%l.lx, y%l.ly
		}
		if x >= l.lx || y >= l.ly {
			return 0
		}
		return s[y*l.lx+x]
	}
	e := 0.0
	for y := range l.ly {
		for x := range l.lx {
			neighbours := at(x+1, y) + at(x, y+1)
			if l.triangular {
				neighbours += at(x+1, y+1)
			}
			e -= at(x, y) * (l.j*neighbours + l.field)
		}
	}
	return e
}

func randomSpins(seed uint64, n, size int) *core.Batch {
	r := rand.New(rand.NewPCG(seed, 0))
	b := &core.Batch{N: n, X: make([]float64, n*size)}
	for i := range b.X {
		b.X[i] = 1 - 2*float64(r.IntN(2))
	}
	return b
}

// The row loops and the list of bonds against the definition.
func TestEvalIsTheDefinition(t *testing.T) {
	sizes := append(slices.Clone(small), [2]int{16, 16}, [2]int{7, 12}, [2]int{9, 2})
	for _, size := range sizes {
		for _, geometry := range [][2]string{{square, periodic}, {square, open}, {triangular, periodic}, {triangular, open}} {
			for _, jh := range [][2]float64{{1, 0}, {-0.7, 0.3}} {
				c := Config{Lattice: geometry[0], Boundary: geometry[1], Lx: size[0], Ly: size[1], J: jh[0], Field: jh[1]}
				t.Run(fmt.Sprintf("%+v", c), func(t *testing.T) {
					e, err := New(c)
					if err != nil {
						t.Fatal(err)
					}
					lattice, err := c.newLattice()
					if err != nil {
						t.Fatal(err)
					}
					d := size[0] * size[1]
					b := randomSpins(1, 50, d)
					got := make([]float64, b.N)
					if err := e.Eval(got, b); err != nil {
						t.Fatal(err)
					}
					for k := range got {
						s := b.X[k*d : (k+1)*d]
						byBonds := 0.0
						lattice.eachBond(func(i, j int) { byBonds -= c.J * s[i] * s[j] })
						for _, v := range s {
							byBonds -= c.Field * v
						}
						if want := slowEnergy(lattice, s); math.Abs(got[k]-want) > 1e-11 || math.Abs(byBonds-want) > 1e-11 {
							t.Fatalf("E(x_%d) = %v, bond by bond %v, want %v", k, got[k], byBonds, want)
						}
					}
				})
			}
		}
	}
}

// Flipping spin k changes E by 2 s_k (J sum of the neighbours + h).
func TestSpinFlip(t *testing.T) {
	e, err := New(Config{Lattice: triangular, Boundary: periodic, L: 6, J: -1.5, Field: 0.25})
	if err != nil {
		t.Fatal(err)
	}
	before := randomSpins(2, 36, 36)
	after := &core.Batch{N: 36, X: slices.Clone(before.X)}
	fields := make([]float64, 36)
	for k := range 36 {
		s := before.X[36*k : 36*(k+1)]
		x, y := k%6, k/6
		for _, d := range [][2]int{{1, 0}, {5, 0}, {0, 1}, {0, 5}, {1, 1}, {5, 5}} {
			fields[k] += -1.5 * s[(y+d[1])%6*6+(x+d[0])%6]
		}
		fields[k] = 2 * s[k] * (fields[k] + 0.25)
		after.X[36*k+k] *= -1
	}
	a, b := make([]float64, 36), make([]float64, 36)
	if err := errors.Join(e.Eval(a, before), e.Eval(b, after)); err != nil {
		t.Fatal(err)
	}
	for k, want := range fields {
		if math.Abs(b[k]-a[k]-want) > 1e-12 {
			t.Errorf("flipping spin %d changes E by %v, want %v", k, b[k]-a[k], want)
		}
	}
}

// On the square torus with even edges E_-J(s) = E_J(s with one sublattice
// flipped).
func TestSublatticeFlip(t *testing.T) {
	ferro, err1 := New(Config{Lattice: square, Boundary: periodic, Lx: 6, Ly: 4, J: 1})
	anti, err2 := New(Config{Lattice: square, Boundary: periodic, Lx: 6, Ly: 4, J: -1})
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	b := randomSpins(3, 20, 24)
	f, a := make([]float64, 20), make([]float64, 20)
	if err := ferro.Eval(f, b); err != nil {
		t.Fatal(err)
	}
	for i := range b.X {
		if site := i % 24; (site%6+site/6)%2 == 1 {
			b.X[i] *= -1
		}
	}
	if err := anti.Eval(a, b); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a, f) || f[0] == 0 && f[1] == 0 {
		t.Errorf("antiferromagnet %v, ferromagnet %v", a, f)
	}
}

func TestEvalBitwiseForAnyThreads(t *testing.T) {
	e, err := New(Config{Lattice: square, Boundary: periodic, L: 16, J: 0.3, Field: 0.7})
	if err != nil {
		t.Fatal(err)
	}
	b := randomSpins(4, 1000, 256)
	want, got := make([]float64, 1000), make([]float64, 1000)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if err := e.Eval(want, b); err != nil {
		t.Fatal(err)
	}
	for _, threads := range []int{2, 5} {
		runtime.GOMAXPROCS(threads)
		if err := e.Eval(got, b); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("energies differ with %d threads", threads)
		}
	}
	if allocs := testing.AllocsPerRun(20, func() { _ = e.Eval(got, b) }); allocs != 0 {
		t.Errorf("%v allocations per Eval", allocs)
	}
}

func TestNaN(t *testing.T) {
	e, err := New(Config{Lattice: square, Boundary: open, L: 3, J: 1})
	if err != nil {
		t.Fatal(err)
	}
	b := randomSpins(5, 4, 9)
	b.X[2*9+8] = math.NaN()
	err = e.Eval(make([]float64, 4), b)
	if core.KindOf(err) != core.Numeric || !strings.Contains(err.Error(), "configuration 2 of 4") {
		t.Errorf("error %v", err)
	}
}

func TestSpec(t *testing.T) {
	for _, c := range []struct {
		settings core.Settings
		want     core.EnergySpec
	}{
		{core.Settings{"L": 16}, core.EnergySpec{
			Space: core.Space{Kind: core.Spins, Shape: []int{16, 16}, Lattice: "square", Periodic: true},
			Units: "J", Symmetries: []core.Symmetry{core.Z2, core.Translation, core.Reflection}, Powers: []core.Power{core.PowerClusters, core.PowerExact, core.PowerGround}}},
		{core.Settings{"Lx": 20, "Ly": 30, "lattice": "triangular", "boundary": "open", "field": 0.5}, core.EnergySpec{
			Space: core.Space{Kind: core.Spins, Shape: []int{30, 20}, Lattice: "triangular"}, Units: "J",
			Powers: []core.Power{core.PowerClusters, core.PowerExact, core.PowerGround}}}, // the ground states alone
	} {
		full, problems := core.Complete(Part.Params, c.settings)
		if problems != nil {
			t.Fatal(problems)
		}
		e, err := Part.NewEnergy(full)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.Spec(); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%v: spec %+v, want %+v", c.settings, got, c.want)
		}
	}
}

func TestConformance(t *testing.T) {
	for _, s := range []core.Settings{
		{"L": 4}, {"L": 3, "J": -1, "lattice": "triangular"}, {"Lx": 3, "Ly": 5, "boundary": "open", "field": 0.4},
		{"L": 16}, {"L": 6, "lattice": "triangular", "field": -0.2},
	} {
		t.Run(fmt.Sprint(s), func(t *testing.T) { coretest.EnergyPart(t, Part, s, coretest.EnergyOptions{}) })
	}
}

func TestBadSettings(t *testing.T) {
	for _, c := range []struct {
		settings core.Settings
		want     string
	}{
		{core.Settings{}, "L must be at least 1; give L, or Lx and Ly"},
		{core.Settings{"L": 0}, "L must be at least 1"},
		{core.Settings{"L": -4}, "L must be at least 1, got -4"},
		{core.Settings{"L": 4, "Lx": 4}, "L is given together with Lx or Ly"},
		{core.Settings{"Lx": 4}, "Ly must be at least 1, got 0"},
		{core.Settings{"Lx": -1, "Ly": 3}, "Lx must be at least 1, got -1"},
		{core.Settings{"L": 4, "J": math.Inf(1)}, "J must be finite"},
		{core.Settings{"L": 4, "field": math.Inf(-1)}, "field must be finite"},
	} {
		full, problems := core.Complete(Part.Params, c.settings)
		if problems != nil {
			t.Fatal(problems)
		}
		_, err := Part.NewEnergy(full)
		var setting *core.SettingError
		if core.KindOf(err) != core.Invalid || !errors.As(err, &setting) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want %q", c.settings, err, c.want)
		}
	}
	for _, bad := range []core.Settings{{"L": 4, "lattice": "cubic"}, {"L": 4, "boundary": "closed"}, {"L": 4.5}, {"L": 100000}} {
		if _, problems := core.Complete(Part.Params, bad); problems == nil {
			t.Errorf("settings %v were accepted", bad)
		}
	}
}

func BenchmarkEval(b *testing.B) {
	for _, lattice := range []string{square, triangular} {
		b.Run(lattice, func(b *testing.B) {
			e, err := New(Config{Lattice: lattice, Boundary: periodic, L: 16, J: 1})
			if err != nil {
				b.Fatal(err)
			}
			batch := randomSpins(6, 1000, 256)
			dst := make([]float64, 1000)
			b.ReportAllocs()
			for range enginetest.Loop(b) {
				if err := e.Eval(dst, batch); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
