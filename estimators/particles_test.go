package estimators

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// gas fills b with independent particles, normal in each coordinate: in a
// harmonic trap of stiffness 1 at beta = 1.
func gas(b *core.Batch, r *rand.Rand, n, particles, d int) {
	b.Reset(n, particles*d)
	b.E, b.Slope = core.Resize(b.E, n), core.Resize(b.Slope, len(b.X))
	for i := range b.X {
		b.X[i] = r.NormFloat64()
	}
	copy(b.Slope, b.X)
	for i := range n {
		b.E[i] = squares(b.X[i*particles*d:(i+1)*particles*d]) / 2
	}
}

func gasSetting(particles, d int) core.Setting {
	return core.Setting{Beta: 1, Chains: true, Energy: core.EnergySpec{
		Space: core.Space{Kind: core.Particles, Shape: []int{particles, d}}, Units: "1", Powers: []core.Power{core.PowerSlope}}}
}

// Of normal particles in two dimensions, r^2/2 is exponential, and so is r^2/4
// of a pair: the probability of each shell is in closed form. What lies beyond
// r_max is not counted.
func TestDensitiesOfAGas(t *testing.T) {
	const particles, d, bins, rMax = 3, 2, 8, 2.0
	var b core.Batch
	gas(&b, rand.New(rand.NewPCG(1, 4)), 20000, particles, d)
	for name, c := range map[string]struct{ of, scale float64 }{"radial_density": {particles, 2}, "pair_correlation": {1, 4}} {
		e, err := build(name, core.Settings{"bins": int64(bins), "r_max": rMax}, gasSetting(particles, d))
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(&b); err != nil {
			t.Fatal(err)
		}
		r, _ := e.Report()
		if axis := r[0].Axes[0].Values; len(axis) != bins || axis[0] != rMax/bins/2 || len(r[0].Value) != bins {
			t.Fatalf("%s: %+v", name, r[0])
		}
		for k, v := range r[0].Value {
			low, high := rMax/bins*float64(k), rMax/bins*float64(k+1)
			p := math.Exp(-low*low/c.scale) - math.Exp(-high*high/c.scale)
			want := c.of * p / (math.Pi * (high*high - low*low))
			if pull := (v - want) / r[0].Stderr[k]; !(math.Abs(pull) < 4) || r[0].Stderr[k] > 0.05*want {
				t.Errorf("%s in shell %d: %v +- %v, want %v", name, k, v, r[0].Stderr[k], want)
			}
		}
	}
}

// The shells make up the ball.
func TestVolumesOfShells(t *testing.T) {
	s := shells{Bins: 7, RMax: 1.5}
	for d, want := range map[int]float64{1: 2 * 1.5, 2: math.Pi * 1.5 * 1.5, 3: 4 * math.Pi / 3 * 1.5 * 1.5 * 1.5} {
		if got := sum(s.volumes(d)); math.Abs(got-want) > 1e-14*want {
			t.Errorf("%d dimensions: %v, want %v", d, got, want)
		}
	}
}

// <|x|^2> is 1 for each coordinate, and the virial theorem holds; at the wrong
// temperature it does not: the residual is beta - 1.
func TestVirialOfAGas(t *testing.T) {
	var b core.Batch
	gas(&b, rand.New(rand.NewPCG(2, 4)), 10000, 5, 3)
	for _, beta := range []float64{1, 1.5} {
		s := gasSetting(5, 3)
		s.Beta = beta
		for name, want := range map[string]float64{"mean_square_radius": 15, "virial_residual": beta - 1} {
			e, err := build(name, nil, s)
			if err != nil {
				t.Fatal(err)
			}
			e.Add(&b)
			r, _ := e.Report()
			if pull := (r[0].Value[0] - want) / r[0].Stderr[0]; !(math.Abs(pull) < 4) || r[0].Stderr[0] > 0.1 {
				t.Errorf("beta %v: %s = %v +- %v, want %v", beta, name, r[0].Value[0], r[0].Stderr[0], want)
			}
			if r[0].Extensive != (name == "mean_square_radius") {
				t.Errorf("%s: extensive %v", name, r[0].Extensive)
			}
		}
	}
}

func TestDensitiesNeedARange(t *testing.T) {
	_, err := build("radial_density", nil, gasSetting(3, 2))
	if want := "r_max is required"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v", err)
	}
	_, err = build("pair_correlation", core.Settings{"r_max": 1.0}, latticeSetting())
	if want := "it needs particles in open space, and the space is field [4 6]"; err == nil || core.KindOf(err) != core.Mismatch || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v", err)
	}
}
