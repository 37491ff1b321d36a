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

// A crystal of 2 x 4 particles at spacing 1 scatters with S = 8 at its reciprocal
// vectors and nowhere else: of k = 2 pi (m/2, n/4) = pi/2 (2 m, n) those with m
// even and n a multiple of 4. Up to |k| = 2 pi these are (2, 0) and (0, 4), and
// their opposites, and nothing else has their modulus.
func TestStructureFactorOfACrystal(t *testing.T) {
	var x []float64
	for i := range 8 {
		x = append(x, float64(i%2), float64(i/2))
	}
	e, err := build("structure_factor", core.Settings{"harmonics": int64(2)}, boxSetting(8, 2, 4))
	if err != nil {
		t.Fatal(err)
	}
	e.Add(&core.Batch{N: 1, X: x, E: []float64{0}})
	r, _ := e.Report()
	// The squares 4 m^2 + n^2 up to 16.
	squares := []float64{1, 4, 5, 8, 9, 13, 16}
	if axis := r[0].Axes[0].Values; !slices.EqualFunc(axis, squares, func(k, q float64) bool { return math.Abs(k-math.Pi/2*math.Sqrt(q)) < 1e-14 }) {
		t.Errorf("wave vectors %v", axis)
	}
	for k, v := range r[0].Value {
		want := 0.0
		if squares[k] == 16 {
			want = 8
		}
		if math.Abs(v-want) > 1e-12 {
			t.Errorf("S at %v = %v, want %v", squares[k], v, want)
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
