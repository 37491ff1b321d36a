package estimators

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func boxSetting(particles int, edges ...float64) core.Setting {
	return core.Setting{Beta: 1, Energy: core.EnergySpec{
		Space: core.Space{Kind: core.Particles, Shape: []int{particles, len(edges)}, Periodic: true, Box: edges}, Units: "1"}}
}

// Independent particles spread evenly have g = S = 1, whatever their number, the
// shape of the box and the image that a particle is in.
func TestIdealGasInABox(t *testing.T) {
	const n, particles = 10000, 4
	for _, edges := range [][]float64{{2, 3}, {1.5, 1.5, 1.5}} {
		s := boxSetting(particles, edges...)
		var b core.Batch
		b.Reset(n, s.Energy.Space.Size())
		b.E = make([]float64, n)
		r := rand.New(rand.NewPCG(1, 6))
		for i := range b.X {
			b.X[i] = (r.Float64() + float64(r.IntN(5)-2)) * edges[i%len(edges)]
		}
		for name, given := range map[string]core.Settings{"pair_correlation": {"bins": int64(5)}, "structure_factor": {"harmonics": int64(2)}} {
			e, err := build(name, given, s)
			if err != nil {
				t.Fatal(err)
			}
			if err := e.Add(&b); err != nil {
				t.Fatal(err)
			}
			got, _ := e.Report()
			if len(got[0].Value) < 3 {
				t.Fatalf("%s: %+v", name, got[0])
			}
			for k, v := range got[0].Value {
				if pull := (v - 1) / got[0].Stderr[k]; !(math.Abs(pull) < 4) || got[0].Stderr[k] > 0.1 {
					t.Errorf("%s in %v: entry %d is %v +- %v, want 1", name, edges, k, v, got[0].Stderr[k])
				}
			}
		}
	}
}

// Two particles near opposite edges of a 4 x 6 box are neighbours through them, at
// the distance sqrt(0.3^2 + 0.4^2) = 0.5: in the third of ten shells up to 2.
func TestPairCorrelationOfTheNearestImage(t *testing.T) {
	e, err := build("pair_correlation", core.Settings{"bins": int64(10)}, boxSetting(2, 4, 6))
	if err != nil {
		t.Fatal(err)
	}
	e.Add(&core.Batch{N: 1, X: []float64{0.1, 5.8, 3.8, 0.2}, E: []float64{0}})
	r, _ := e.Report()
	for k, v := range r[0].Value {
		want := 0.0
		if k == 2 {
			want = 4 * 6 / (math.Pi * (0.6*0.6 - 0.4*0.4))
		}
		if math.Abs(v-want) > 1e-12 {
			t.Errorf("shell %d: %v, want %v", k, v, want)
		}
	}
	if last := r[0].Axes[0].Values[9]; math.Abs(last-1.9) > 1e-15 {
		t.Errorf("the last shell is at %v", last)
	}
}

// A square crystal of 2 x 2 particles at spacing 1 scatters with S = 4 at its
// reciprocal vectors and nowhere else: of k = pi (m, n) those with m and n even. In
// a box of 2 x 4 the same crystal has k = pi (m, n/2), and S = 8 along the edges
// where m is even or n a multiple of 4; these edges are not equivalent, and each has
// its row.
func TestStructureFactorOfACrystal(t *testing.T) {
	for _, c := range []struct {
		edges     []float64
		harmonics int64
		axes      [][]float64
		want      []float64
	}{
		{[]float64{2, 2}, 2, [][]float64{{math.Pi, math.Pi * math.Sqrt2, 2 * math.Pi}}, []float64{0, 0, 4}},
		{[]float64{2, 4}, 4, [][]float64{{0, 1}, {1, 2, 3, 4}}, []float64{0, 8, 0, 8, 0, 0, 0, 8}},
	} {
		var x []float64
		particles := int(c.edges[0] * c.edges[1])
		for i := range particles {
			x = append(x, float64(i%2), float64(i/2))
		}
		e, err := build("structure_factor", core.Settings{"harmonics": c.harmonics}, boxSetting(particles, c.edges...))
		if err != nil {
			t.Fatal(err)
		}
		e.Add(&core.Batch{N: 1, X: x, E: []float64{0}})
		r, _ := e.Report()
		near := func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }
		for k, axis := range c.axes {
			if len(r[0].Axes) != len(c.axes) || !slices.EqualFunc(r[0].Axes[k].Values, axis, near) {
				t.Errorf("box %v: axes %v", c.edges, r[0].Axes)
			}
		}
		if !slices.EqualFunc(r[0].Value, c.want, near) {
			t.Errorf("box %v: S = %v, want %v", c.edges, r[0].Value, c.want)
		}
	}
}

// One of each pair of opposite wave vectors, none of them zero: of the 80 and 6
// lattice points with |m|^2 <= 25 in two dimensions and |m| = 1 in three.
func TestWaveVectorsAreHalfOfAll(t *testing.T) {
	for _, c := range []struct {
		box       []float64
		harmonics float64
		want      int
	}{{[]float64{1, 1}, 5, 40}, {[]float64{0.7, 0.7, 0.7}, 1, 3}} {
		got := waveVectors(c.box, c.harmonics*2*math.Pi/c.box[0])
		if len(got) != c.want {
			t.Errorf("%d wave vectors in %v, want %d", len(got), c.box, c.want)
		}
		for i, k := range got {
			for _, other := range got[:i+1] {
				if slices.EqualFunc(k, other, func(a, b float64) bool { return a == -b }) {
					t.Errorf("both %v and its opposite, or zero", k)
				}
			}
		}
	}
}
