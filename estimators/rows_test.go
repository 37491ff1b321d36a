package estimators

import (
	"math"
	"math/rand/v2"
	"sort"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// torus is an Ising model of 3 x 5 spins at beta = 0.35 that closes on itself:
// its states one after the other, and their cumulative probabilities.
func torus() (states [][]float64, cumulative []float64) {
	const ny, nx = 3, 5
	z := 0.0
	for code := range 1 << (ny * nx) {
		s, bonds := make([]float64, ny*nx), 0.0
		for i := range s {
			s[i] = float64(2*(code>>i&1) - 1)
		}
		for y := range ny {
			for x := range nx {
				bonds += s[y*nx+x] * (s[y*nx+(x+1)%nx] + s[(y+1)%ny*nx+x])
			}
		}
		z += math.Exp(0.35 * bonds)
		states, cumulative = append(states, s), append(cumulative, z)
	}
	for i := range cumulative {
		cumulative[i] /= z
	}
	return states, cumulative
}

// On a torus of 3 x 5 sites the axes are not equivalent: neighbours along the
// short one also meet around it. Values by enumeration of 2^15 states; each is
// met within 4 standard errors, and the rows are further apart than that.
func TestAxesThatAreNotEquivalent(t *testing.T) {
	states, cumulative := torus()
	mean := func(of func(s []float64) float64) float64 {
		sum, before := 0.0, 0.0
		for i, s := range states {
			sum += (cumulative[i] - before) * of(s)
			before = cumulative[i]
		}
		return sum
	}
	wave := func(s []float64, length int, place func(i int) int) float64 {
		var re, im float64
		for i, v := range s {
			sin, cos := math.Sincos(2 * math.Pi * float64(place(i)) / float64(length))
			re, im = re+v*cos, im+v*sin
		}
		return re*re + im*im
	}
	m2 := mean(func(s []float64) float64 { return sum(s) * sum(s) })
	xi := func(length int, place func(i int) int) float64 {
		f := mean(func(s []float64) float64 { return wave(s, length, place) })
		return math.Sqrt(m2/f-1) / (2 * math.Sin(math.Pi/float64(length)))
	}
	exact := map[string][]float64{
		"two_point_correlation": {1, mean(func(s []float64) float64 { return s[0] * s[5] }), math.NaN(),
			1, mean(func(s []float64) float64 { return s[0] * s[1] }), mean(func(s []float64) float64 { return s[0] * s[2] })},
		"correlation_length": {xi(3, func(i int) int { return i / 5 }), xi(5, func(i int) int { return i % 5 })},
	}
	setting := core.Setting{Beta: 0.35, Energy: core.EnergySpec{Units: "J", Symmetries: []core.Symmetry{core.Z2, core.Translation, core.Reflection},
		Space: core.Space{Kind: core.Spins, Shape: []int{3, 5}, Lattice: "square", Periodic: true}}}
	b, r := core.Batch{N: 60000}, rand.New(rand.NewPCG(7, 8))
	b.E = make([]float64, b.N)
	for range b.N {
		b.X = append(b.X, states[sort.SearchFloat64s(cumulative, r.Float64())]...)
	}
	for name, want := range exact {
		e, err := build(name, nil, setting)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(&b); err != nil {
			t.Fatal(err)
		}
		got := reportOf(t, e)
		if len(got.Value) != len(want) || got.Axes[0].Name != "lattice_axis" || got.Caution() != "" {
			t.Fatalf("%+v", got)
		}
		for k, w := range want {
			if math.IsNaN(w) != math.IsNaN(got.Value[k]) || math.Abs(got.Value[k]-w) > 1e-12+4*got.Stderr[k] {
				t.Errorf("%s[%d] = %v +- %v, want %v", name, k, got.Value[k], got.Stderr[k], w)
			}
		}
		short, long := len(want)/2-1, len(want)-1
		if name == "two_point_correlation" {
			short, long = 1, 4
		}
		if math.Abs(want[short]-want[long]) < 8*got.Stderr[short] {
			t.Errorf("%s: %v and %v are not apart with +- %v: nothing is tested", name, want[short], want[long], got.Stderr[short])
		}
	}
}

// Equal lengths are not enough: the energy has to say that the exchange of axes
// is a symmetry. Then there is one row, without an axis for it.
func TestAxesThatAreEquivalent(t *testing.T) {
	s := latticeSetting()
	s.Energy.Space.Shape = []int{4, 4}
	for _, c := range []struct {
		symmetries []core.Symmetry
		axes       int
	}{{nil, 2}, {[]core.Symmetry{core.Translation}, 2}, {[]core.Symmetry{core.Reflection}, 1}} {
		s.Energy.Symmetries = c.symmetries
		e, err := build("two_point_correlation", nil, s)
		if err != nil {
			t.Fatal(err)
		}
		if r := reportOf(t, e); len(r.Axes) != c.axes || r.Axes[c.axes-1].Name != "distance" || len(r.Value) != []int{0, 3, 6}[c.axes] {
			t.Errorf("%v: %+v", c.symmetries, r)
		}
		e, err = build("correlation_length", nil, s)
		if err != nil {
			t.Fatal(err)
		}
		if r := reportOf(t, e); len(r.Axes) != c.axes-1 {
			t.Errorf("%v: %+v", c.symmetries, r)
		}
	}
}
