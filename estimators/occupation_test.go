package estimators

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Two draws of three particles in the shells of a square box, and of a trap,
// counted by hand, with k = u n. Moduli that differ by rounding are one shell: with u = 0.7,
// |(5 u, 0)| and |(3 u, 4 u)| are 4e-16 apart.
func TestOccupationCountsLabels(t *testing.T) {
	u := 0.7
	var b core.Batch
	b.Reset(100, 6)
	b.E = make([]float64, 100)
	for _, c := range []struct {
		name     string
		box      []float64
		orbitals [][]float64
		k        []int32
		axis     []float64
		size     []float64
		want     []float64
	}{
		{"momentum_occupation", []float64{2 * math.Pi / u, 2 * math.Pi / u},
			[][]float64{{3, 4}, {1, 0}, {5, 0}, {0, -1}, {0, 0}, {-1, 0}, {0, 1}},
			[]int32{1, 4, 5, 0, 2, 4},
			[]float64{0, u, 5 * u}, []float64{1, 4, 2}, []float64{1, 2. / 8, 2. / 4}},
		{"orbital_occupation", nil,
			[][]float64{{0, 0}, {1, 0}, {0, 1}, {2, 0}, {1, 1}, {0, 2}},
			[]int32{0, 1, 2, 0, 1, 4},
			[]float64{0, 1, 2}, []float64{1, 2, 3}, []float64{1, 3. / 4, 1. / 6}},
	} {
		space := core.Space{Kind: core.Particles, Shape: []int{3, 2}, Periodic: c.box != nil, Box: c.box}
		e, err := build(c.name, nil, core.Setting{Energy: core.EnergySpec{Space: space, Kinetic: 1}, Model: core.ModelSpec{Orbitals: c.orbitals}})
		if err != nil {
			t.Fatal(err)
		}
		b.K = append(slices.Repeat(c.k[:3], 50), slices.Repeat(c.k[3:], 50)...)
		if err := e.Add(&b); err != nil {
			t.Fatal(err)
		}
		r, _ := e.Report()
		if !slices.EqualFunc(r[0].Axes[0].Values, c.axis, near) || !slices.EqualFunc(r[0].Value, c.want, near) || r[0].Name != c.name {
			t.Errorf("%s: %+v, want %v at %v", c.name, r[0], c.want, c.axis)
		}
		if n := dot(r[0].Value, c.size); !near(n, 3) {
			t.Errorf("%s: %v particles", c.name, n)
		}
		// The shell that each draw fills alike has no error, the others have.
		if s := r[0].Stderr; s[0] != 0 || !(s[1] > 0) || !(s[2] > 0) {
			t.Errorf("%s: errors %v", c.name, s)
		}
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-14 }
