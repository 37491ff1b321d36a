package group_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/coretest/reference"
	"github.com/helmholtz-physics/helmholtz/framework/group"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/host2plugin"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wiretest"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/ising"
	"github.com/helmholtz-physics/helmholtz/plugins/van"
)

var (
	torus = core.Space{Kind: core.Spins, Shape: []int{3, 3}, Lattice: "square", Periodic: true}
	all   = []core.Symmetry{core.Translation, core.Reflection, core.Z2} // 9 * 8 * 2 images
	small = core.Settings{"network": "made", "depth": int64(2), "width": int64(2)}
)

// averaged is a part whose model is the average of a part's.
func averaged(p core.Part, over ...core.Symmetry) core.Part {
	open := p.NewModel
	p.NewModel = func(s core.Settings, space core.Space) (core.Model, error) {
		m, err := open(s, space)
		if err != nil {
			return nil, err
		}
		return group.New(m, over...)
	}
	return p
}

func TestConformance(t *testing.T) {
	t.Run("spins", func(t *testing.T) {
		coretest.ModelPart(t, averaged(coretest.Product(), core.Translation, core.Z2), nil, torus, coretest.ModelOptions{Large: 200})
	})
	t.Run("network", func(t *testing.T) {
		coretest.ModelPart(t, averaged(van.Part, core.Translation), small, torus, coretest.ModelOptions{Large: 200})
	})
	t.Run("field", func(t *testing.T) {
		coretest.ModelPart(t, averaged(coretest.Gaussian(), core.Z2), nil, core.Space{Kind: core.Field, Shape: []int{2}}, coretest.ModelOptions{})
	})
	t.Run("angles", func(t *testing.T) {
		coretest.ModelPart(t, averaged(reference.Angles(), core.Z2, core.Translation), nil,
			core.Space{Kind: core.Angles, Shape: []int{2}, Periodic: true}, coretest.ModelOptions{Spread: 1})
	})
	t.Run("species", func(t *testing.T) {
		space := core.Space{Kind: core.Particles, Shape: []int{3, 1}}
		coretest.ModelPart(t, averaged(coretest.Gaussian(), core.Permutation), nil, space, coretest.ModelOptions{})
	})
}

// states are all configurations of the torus, and their energies without field.
func states(t *testing.T) (x, e []float64) {
	t.Helper()
	energy, err := ising.New(ising.Config{Lattice: "square", L: 3, Boundary: "periodic", J: 1})
	if err != nil {
		t.Fatal(err)
	}
	const n = 1 << 9
	for k := range n {
		for j := range 9 {
			x = append(x, float64(2*(k>>j&1)-1))
		}
	}
	e = make([]float64, n)
	if err := energy.Eval(e, &core.Batch{N: n, X: x}); err != nil {
		t.Fatal(err)
	}
	return x, e
}

// worlds open the network here, and behind the border.
var worlds = map[string]func(t *testing.T) core.Model{
	"in process": func(t *testing.T) core.Model {
		m, err := van.Part.NewModel(coretest.Settings(t, van.Part, small), torus)
		if err != nil {
			t.Fatal(err)
		}
		return m
	},
	"through the wire": func(t *testing.T) core.Model {
		m, spec, err := host2plugin.OpenModel(wiretest.Loopback(t, true, van.Part), van.Part.Name, coretest.Settings(t, van.Part, small), torus)
		if err != nil {
			t.Fatal(err)
		}
		return core.ViewModel(m, spec)
	},
}

// Sums over all 2^9 states, of random parameters: p is normalised and the same for all
// images to rounding; its pull is the gradient of
//
//	beta F = sum_x p(x) [ln p(x) + beta E(x)],
//
// whose weights are p(x) [ln p(x) + beta E(x)], by central differences with step 1e-5.
func TestEnumeration(t *testing.T) {
	x, e := states(t)
	for name, open := range worlds {
		t.Run(name, func(t *testing.T) {
			m, err := group.New(open(t), all...)
			if err != nil || m.Images() != 144 {
				t.Fatalf("%d images, error %v, want 9 * 8 * 2", m.Images(), err)
			}
			theta := start(t, m, 1)
			lnP := logProb(t, m, theta, x)
			sum := 0.0
			for _, v := range lnP {
				sum += math.Exp(v)
			}
			if math.Abs(sum-1) > 1e-12 {
				t.Errorf("the sum over all states is 1 + %g", sum-1)
			}
			y, differ := make([]float64, len(x)), false
			q := open(t)
			lnQ := logProb(t, q, theta, x)
			for _, s := range all {
				for _, g := range s.Generators(torus) {
					for i := range e {
						g.Apply(y[9*i:9*i+9], x[9*i:9*i+9])
					}
					for i, v := range logProb(t, m, theta, y) {
						if math.Abs(v-lnP[i]) > 1e-12*math.Abs(v) {
							t.Fatalf("ln p of state %d is %v, and %v under %s", i, lnP[i], v, s)
						}
					}
					differ = differ || math.Abs(logProb(t, q, theta, y[:9])[0]-lnQ[0]) > 1e-3
				}
			}
			if !differ {
				t.Error("the network itself is symmetric")
			}
			_, grad := loss(t, m, theta, x, e)
			r := rand.New(rand.NewPCG(4, 5))
			for range 3 { // directions that see every parameter
				line, slope := make([]float64, len(theta)), 0.0
				for k := range line {
					line[k] = r.NormFloat64()
					slope += line[k] * grad[k]
				}
				at := func(h float64) float64 {
					moved := slices.Clone(theta)
					for k, v := range line {
						moved[k] += h * v
					}
					f, _ := loss(t, m, moved, x, e)
					return f
				}
				const h = 1e-5
				if want := (at(h) - at(-h)) / (2 * h); math.Abs(slope-want) > 1e-7*(1+math.Abs(want)) {
					t.Errorf("along a line the pull is %.12g, the difference %.12g", slope, want)
				}
			}
		})
	}
}

const beta = 0.5

// loss is beta F by enumeration, and its gradient by the pull-back.
func loss(t *testing.T, m core.Model, theta, x, e []float64) (f float64, grad []float64) {
	t.Helper()
	w := logProb(t, m, theta, x)
	for i, v := range w {
		w[i] = math.Exp(v) * (v + beta*e[i])
		f += w[i]
	}
	grad = make([]float64, len(theta))
	if err := m.Pull(grad, &core.Batch{N: len(e), X: x}, w); err != nil {
		t.Fatal(err)
	}
	return f, grad
}

func start(t *testing.T, m core.Model, seed uint64) []float64 {
	t.Helper()
	theta := make([]float64, m.Spec().Parameters)
	if err := m.Init(theta, seed); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(seed, 1))
	for k := range theta {
		theta[k] += 0.3 * r.NormFloat64()
	}
	return theta
}

func logProb(t *testing.T, m core.Model, theta, x []float64) []float64 {
	t.Helper()
	lnP := make([]float64, len(x)/9)
	if err := m.Load(theta); err != nil {
		t.Fatal(err)
	}
	if err := m.LogProb(lnP, x); err != nil {
		t.Fatal(err)
	}
	return lnP
}

// Independent spins, trained by descent on the enumerated loss, break x -> -x. Their
// average over the symmetries of the energy has a lower free energy, by up to ln 2 for
// the sign, and a bound still; trained itself it is lower once more.
func TestFreeEnergyImproves(t *testing.T) {
	x, e := states(t)
	exact := 0.0
	for _, v := range e {
		exact += math.Exp(-beta * v)
	}
	exact = -math.Log(exact)
	q, err := coretest.Product().NewModel(core.Settings{"scale": 1.0}, torus)
	if err != nil {
		t.Fatal(err)
	}
	p, err := group.New(q, core.Translation, core.Z2)
	if err != nil {
		t.Fatal(err)
	}
	theta := start(t, q, 3)
	descend := func(m core.Model, steps int) float64 {
		f, grad := loss(t, m, theta, x, e)
		for range steps {
			for k, g := range grad {
				theta[k] -= 0.1 * g
			}
			f, grad = loss(t, m, theta, x, e)
		}
		return f
	}
	alone := descend(q, 300)
	average, _ := loss(t, p, theta, x, e)
	trained := descend(p, 30)
	t.Logf("beta F: %.4f of independent spins, %.4f averaged, %.4f trained again, %.4f exact", alone, average, trained, exact)
	if !(average < alone-0.5*math.Ln2 && average > alone-math.Log(18) && trained < average-1e-4 && trained > exact) {
		t.Errorf("beta F: %v of independent spins, %v averaged, %v trained again, %v exact", alone, average, trained, exact)
	}
}

func TestRefused(t *testing.T) {
	product, err := coretest.Product().NewModel(core.Settings{"scale": 1.0}, torus)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		over core.Symmetry
		want string
	}{
		{core.Rotation, "rotation in spins [3 3] on a square lattice, periodic: there are no particles"}, {"gauge", `unknown symmetry "gauge"`},
	} {
		if _, err := group.New(product, c.over); core.KindOf(err) != core.Mismatch || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.over, err, c.want)
		}
	}
	many, err := coretest.Gaussian().NewModel(core.Settings{"scale": 1.0, "isotropic": true}, core.Space{Kind: core.Particles, Shape: []int{20, 3}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := group.New(many, core.Rotation); err == nil || !strings.Contains(err.Error(), "the group is continuous") {
		t.Errorf("an average over rotations: %v", err)
	}
	states, err := coretest.Determinants().NewModel(coretest.Settings(t, coretest.Determinants()), core.Space{Kind: core.Particles, Shape: []int{2, 1}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := group.New(states, core.Permutation); core.KindOf(err) != core.Mismatch || !strings.Contains(err.Error(), `a model with the power "quantum"`) {
		t.Errorf("an average of a density matrix: %v", err)
	}
}
