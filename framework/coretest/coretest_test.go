package coretest

import (
	"fmt"
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func TestChain(t *testing.T) {
	for _, s := range []core.Settings{
		{"N": 3}, {"N": 8, "J": -0.7}, {"N": 7, "J": -1.0, "h": 0.3}, {"N": 10, "J": 0.4, "h": -0.2},
	} {
		EnergyPart(t, Chain(), s, EnergyOptions{})
	}
}

func TestWalls(t *testing.T) {
	for _, weigh := range []bool{false, true} {
		ObserverPart(t, Walls(), core.Settings{"weigh": weigh}, core.System{Space: ring4, Units: "J", Beta: 0.5}, ObserverOptions{})
	}
}

func TestProduct(t *testing.T) {
	ModelPart(t, Product(), nil, core.Space{Kind: core.Spins, Shape: []int{2, 3}}, ModelOptions{})
}

// A model whose digits change by rounding conforms if it says so.
func TestNotBitwise(t *testing.T) {
	Model(t, func(*testing.T) core.Model {
		return &rounding{product: &product{space: core.Space{Kind: core.Spins, Shape: []int{2, 3}}, scale: 1, theta: make([]float64, 6)}, says: true}
	}, ModelOptions{})
}

func TestFreeField(t *testing.T) {
	for _, s := range []core.Settings{
		{"L": 1}, {"L": 2, "K": 0.3}, {"L": 5, "M": 0.5}, {"L": 4, "D": 2}, {"L": 3, "D": 3, "M": 2.0},
	} {
		t.Run(fmt.Sprint(s), func(t *testing.T) { EnergyPart(t, FreeField(), s, EnergyOptions{}) })
	}
}

func TestGaussian(t *testing.T) {
	// Of width e^0.5 and mean 0.5 at most, with some noise: 12 is six widths.
	o := ModelOptions{Quadrature: Quadrature{Range: 12}, Samples: 8000}
	for _, c := range []struct {
		settings core.Settings
		space    core.Space
	}{
		{nil, core.Space{Kind: core.Field, Shape: []int{1}}},
		{nil, core.Space{Kind: core.Particles, Shape: []int{1, 2}}},
		{nil, core.Space{Kind: core.Field, Shape: []int{2, 3}}},
		{core.Settings{"isotropic": true}, core.Space{Kind: core.Field, Shape: []int{4, 4}, Periodic: true}},
		{core.Settings{"isotropic": true}, core.Space{Kind: core.Particles, Shape: []int{3, 3}}},
	} {
		t.Run(c.space.String(), func(t *testing.T) { ModelPart(t, Gaussian(), c.settings, c.space, o) })
	}
}

// The suite holds for a map that is not linear, too.
func TestBent(t *testing.T) {
	for d := 1; d <= 3; d += 2 {
		t.Run(fmt.Sprint(d), func(t *testing.T) {
			Model(t, func(*testing.T) core.Model { return bent{unopened(core.Field, d)} },
				ModelOptions{Samples: 8000})
		})
	}
}

// A model that symmetrises has the mean over the images as its density.
func TestImagesOfMixture(t *testing.T) {
	m := mixture{unopened(core.Field, 3)}
	s := &subject{Model: m, space: m.space, d: m.d}
	s.o.defaults()
	s.load(t, s.parameters(t, 1))
	modelImages(t, s)
	x := []float64{1, 2, 3}
	z, lnDet := s.inverse(t, x)
	if q := logNormal(z) - lnDet[0]; math.Abs(q-s.logProb(t, x)[0]) < 0.01 {
		t.Error("the mixture is nearly its only term")
	}
}

// mixture is p(x) = [q(x) + q(-x)]/2.
type mixture struct{ *gaussian }

func (m mixture) Spec() core.ModelSpec {
	s := m.gaussian.Spec()
	s.Symmetries = []core.Symmetry{core.Z2}
	return s
}

func (m mixture) LogProb(dst, x []float64) error {
	minus, other := make([]float64, len(x)), make([]float64, len(dst))
	for k, v := range x {
		minus[k] = -v
	}
	m.gaussian.LogProb(dst, x)
	err := m.gaussian.LogProb(other, minus)
	for i := range dst {
		dst[i] = logSumExp([]float64{dst[i], other[i]}) - math.Ln2
	}
	return err
}

// The numbers of elements: 2 for Z2; L^D translations; 2^D D! elements of the
// point group of a hypercube, 4 of a rectangle, that of a chain being its
// mirror; on an axis of length 2 the mirror is a translation.
func TestImages(t *testing.T) {
	z2, translation, reflection := core.Z2, core.Translation, core.Reflection
	for _, c := range []struct {
		shape      []int
		symmetries []core.Symmetry
		want       int
	}{
		{[]int{5}, nil, 1}, {[]int{5}, []core.Symmetry{z2}, 2}, {[]int{5}, []core.Symmetry{translation}, 5},
		{[]int{5}, []core.Symmetry{translation, reflection, z2}, 5 * 2 * 2},
		{[]int{4, 4}, []core.Symmetry{reflection}, 8}, {[]int{3, 4}, []core.Symmetry{reflection}, 4},
		{[]int{3, 3, 3}, []core.Symmetry{reflection}, 48}, {[]int{3, 3, 3}, []core.Symmetry{translation, reflection}, 27 * 48},
		{[]int{2, 2}, []core.Symmetry{translation, reflection}, 8}, // all symmetries of a square of four sites
		{[]int{9, 9}, []core.Symmetry{translation, reflection}, 0}, // 648 are more than 500
	} {
		most := 2000
		if c.want == 0 {
			most = 500
		}
		if got := len(images(core.Space{Kind: core.Field, Shape: c.shape, Periodic: true}, c.symmetries, most)); got != c.want {
			t.Errorf("%v of %v have %d elements, want %d", c.symmetries, c.shape, got, c.want)
		}
	}
}

func TestDeterminant(t *testing.T) {
	// -1 from the exchange of rows; 2 * 3 * 5 - 0 on the diagonal of the rest.
	a := []float64{0, 2, 1, 3, 7, 4, 0, 0, 5}
	if got, sign := determinant(a, 3); math.Abs(got-math.Log(30)) > 1e-14 || sign != -1 {
		t.Errorf("ln|det| = %v, sign %v, want ln 30 and -1", got, sign)
	}
	if got, _ := determinant([]float64{1, 2, 2, 4}, 2); !math.IsInf(got, -1) {
		t.Errorf("ln|det| of a singular matrix is %v", got)
	}
}

func TestSolve(t *testing.T) {
	x := []float64{3, 19, 10} // (0 2 1, 3 7 4, 0 0 5) (2.5, 0.5, 2)
	solve([]float64{0, 2, 1, 3, 7, 4, 0, 0, 5}, x)
	near(t, "a^-1 b", x, []float64{2.5, 0.5, 2}, 1e-14)
}
