package coretest

import (
	"fmt"
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Numbers of determinants up to an excitation: those of one particle are of
// shells with q+1 orbitals in two dimensions, the others were counted by an
// independent program for fermions in a two-dimensional trap (N = 3 and 4 with
// up to 4 quanta: 1, 7, 21, 53, 116 and 3, 13, 46, 120, 281).
func TestLowest(t *testing.T) {
	for _, c := range []struct{ n, dim, excitation, want int }{
		{1, 1, 3, 4}, {1, 2, 3, 1 + 2 + 3 + 4}, {1, 3, 1, 1 + 3},
		{3, 2, 0, 1}, {3, 2, 1, 7}, {3, 2, 2, 21}, {3, 2, 3, 53}, {3, 2, 4, 116},
		{4, 2, 0, 3}, {4, 2, 1, 13}, {4, 2, 2, 46}, {4, 2, 3, 120}, {4, 2, 4, 281},
	} {
		if _, states := lowest(c.n, c.dim, c.excitation); len(states) != c.want {
			t.Errorf("%d particles in %d dimensions have %d states up to %d quanta, want %d", c.n, c.dim, len(states), c.excitation, c.want)
		}
	}
}

// Free fermions in two dimensions, from an independent program with the same
// recursion: F, E, S.
func TestTrapValues(t *testing.T) {
	for _, c := range []struct {
		n       int
		beta    float64
		f, e, s float64
	}{
		{2, 2, 2.48952751, 3.38766473, 1.79627444}, {3, 2, 4.611386, 5.773151, 2.323529},
		{6, 2, 13.323898, 15.249981, 3.852165}, {6, 10, 13.999946, 14.000545, 0.005991},
		{10, 6, 29.991838, 30.048382, 0.339260},
	} {
		e, err := Trap().NewEnergy(core.Settings{"N": int64(c.n), "D": int64(2)})
		if err != nil {
			t.Fatal(err)
		}
		x, err := e.(core.Exacter).Exact(c.beta)
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]float64{"free_energy": c.f, "energy": c.e, "entropy": c.s} {
			if got := x.Values[name]; math.Abs(got-want) > 1e-6 {
				t.Errorf("N = %d, beta = %v: %s = %.8f, want %.8f", c.n, c.beta, name, got, want)
			}
		}
	}
}

// One particle in d dimensions: Z = (2 sinh(beta/2))^-d.
func TestTrapOfOne(t *testing.T) {
	for d := 1; d <= 3; d++ {
		e, _ := Trap().NewEnergy(core.Settings{"N": int64(1), "D": int64(d)})
		x, err := e.(core.Exacter).Exact(0.7)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "ln Z", []float64{x.Values["log_z"]}, []float64{-float64(d) * math.Log(2*math.Sinh(0.35))}, 1e-12)
	}
}

func TestTrap(t *testing.T) {
	for _, s := range []core.Settings{{"N": 1}, {"N": 3}, {"N": 2, "D": 2}, {"N": 4, "D": 3}} {
		t.Run(fmt.Sprint(s), func(t *testing.T) { EnergyPart(t, Trap(), s, EnergyOptions{}) })
	}
}

// One value serves all tests, as `plugin test` has it, and others are opened where chains need them.
func TestOneModelForAllTests(t *testing.T) {
	another := func(*testing.T) core.Model {
		return newDeterminants(core.Space{Kind: core.Particles, Shape: []int{3, 1}}, determinantsConfig{Scale: 1, Excitation: 1})
	}
	one := another(t)
	Model(t, func(*testing.T) core.Model { return one }, ModelOptions{Another: another, Samples: 2000, Large: 100})
}

// The mean local energy of each state is the one that the virial theorem gives,
// up to 5 standard errors, and without squeezing and phase it is E_K for every
// sample.
func TestEnergyOfDeterminants(t *testing.T) {
	m := newDeterminants(core.Space{Kind: core.Particles, Shape: []int{3, 2}}, determinantsConfig{Scale: 1, Excitation: 1})
	theta := make([]float64, m.Spec().Parameters)
	for _, c := range []struct{ s, c float64 }{{0, 0}, {0.2, 0}, {-0.1, 0.7}} {
		theta[0], theta[1] = c.s, c.c
		if err := m.Load(theta); err != nil {
			t.Fatal(err)
		}
		const n = 5000
		var b core.Batch
		lap, seen := make([]complex128, n), map[float64]*moments{}
		if err := m.Sample(&b, 1, n); err != nil {
			t.Fatal(err)
		}
		if err := m.Laplacian(lap, &b); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			k, x := m.one(&b, i)
			local := dot(x, x)/2 - real(lap[i])/2
			e := m.energy(k)
			if c.s == 0 && c.c == 0 && math.Abs(local-e) > 1e-10*e {
				t.Fatalf("local energy %v of a state of energy %v", local, e)
			}
			if seen[e] == nil {
				seen[e] = &moments{}
			}
			seen[e].add(local)
		}
		for e, values := range seen {
			want := e / 2 * (math.Exp(-2*c.s) + (1+c.c*c.c)*math.Exp(2*c.s))
			if mean, stderr := values.mean(); !(math.Abs(mean-want) <= 5*stderr+1e-10) {
				t.Errorf("s = %v, c = %v, E_K = %v: mean local energy %v +- %v, want %v", c.s, c.c, e, mean, stderr, want)
			}
		}
	}
}

func TestDeterminants(t *testing.T) {
	for _, c := range []struct {
		settings core.Settings
		shape    []int
	}{
		{core.Settings{"excitation": 3}, []int{1, 1}}, {nil, []int{2, 1}}, {nil, []int{1, 2}},
		{core.Settings{"excitation": 0}, []int{2, 1}}, // a single state
		{core.Settings{"excitation": 1, "warn": true}, []int{3, 2}},
		{core.Settings{"walk": true, "warn": true}, []int{2, 1}},
		{core.Settings{"walk": true, "excitation": 1}, []int{3, 2}},
	} {
		t.Run(fmt.Sprint(c.shape, c.settings), func(t *testing.T) {
			ModelPart(t, Determinants(), c.settings, core.Space{Kind: core.Particles, Shape: c.shape}, ModelOptions{Samples: 2000, Large: 100})
		})
	}
}

// The suite holds for a model that estimates its Laplacian and cannot sum over
// its states.
func TestModestDeterminants(t *testing.T) {
	Model(t, func(*testing.T) core.Model { return modest{estimating{pair(), 0}} }, ModelOptions{Samples: 1000, Large: 100, Copies: 200})
}

type modest struct{ estimating }

func (modest) LogProb([]float64, []float64) error {
	return core.Errorf(core.Unsupported, "log_prob", "modest", "it cannot sum over its states")
}
