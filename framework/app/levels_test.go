package app

import (
	"maps"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// pairsByInteraction are the levels of two electrons on a square torus with the twist (1/4, 1/4), among all
// pairs of the 5 plane waves with |n|^2 <= 1: with the flow the identity energy_levels is configuration interaction.
// Those of one spin are odd (exchange = -1) under the exchange of their places, those of a singlet even (+1). Of
// |k, p> = (k p +- p k)/2^(1/2) and |k, k> of the same momentum, with n for the numbers of a plane wave and
// v(n) = 1/|n|, v(0) = 0, the elements of H are (2 pi/L)^2 (k^2 + p^2) + (2 r_s/L) N xi/2 on the diagonal and
//
//	(2 r_s/L) [v(k - k') +- v(k - p')],   (2 r_s/L) 2^(1/2) v(k - k') between |k, p> and |k', k'>,   (2 r_s/L) v(k - k') of |k, k> and |k', k'>.
func pairsByInteraction(rs, exchange float64) []float64 {
	const twist, xi = 0.25, -3.9002649200
	edge := math.Sqrt(2 * math.Pi)
	waves := [][2]float64{{0, 0}, {1, 0}, {-1, 0}, {0, 1}, {0, -1}}
	v := func(a, b [2]float64) float64 {
		if a == b {
			return 0
		}
		return 1 / math.Hypot(a[0]-b[0], a[1]-b[1])
	}
	sectors := map[[2]float64][][2][2]float64{}
	for i, k := range waves {
		for _, p := range waves[:i+1] {
			if p == k && exchange < 0 {
				continue
			}
			total := [2]float64{k[0] + p[0], k[1] + p[1]}
			sectors[total] = append(sectors[total], [2][2]float64{k, p})
		}
	}
	norm := func(s [2][2]float64) float64 { // of the sum over both orders
		if s[0] == s[1] {
			return math.Sqrt2
		}
		return 1
	}
	var levels []float64
	for _, pairs := range sectors {
		h := mat.NewSymDense(len(pairs), nil)
		for a, s := range pairs {
			for b, t := range pairs[:a+1] {
				h.SetSym(a, b, 2*rs/edge*(v(s[0], t[0])+exchange*v(s[0], t[1]))/(norm(s)*norm(t)))
			}
			kinetic := 0.0
			for _, n := range s {
				kinetic += math.Pow(2*math.Pi/edge, 2) * (math.Pow(n[0]+twist, 2) + math.Pow(n[1]+twist, 2))
			}
			h.SetSym(a, a, h.At(a, a)+kinetic+2*rs/edge*xi)
		}
		var eigen mat.EigenSym
		eigen.Factorize(h, false)
		levels = append(levels, eigen.Values(nil)...)
	}
	slices.Sort(levels)
	return levels
}

func levelsOfTwo(t *testing.T, rs, beta float64, more core.Settings) map[string]core.Estimate {
	of := core.Settings{"n": int64(2), "dimension": int64(2), "r_s": rs, "twist": []float64{0.25, 0.25}}
	energy, _, setting, b := electronGas(t, of, small(core.Settings{"e_max": int64(1), "theta_0": 0.5}), func(core.EnergySpec) float64 { return beta }, 8000)
	setting.Potential = energy
	keys := core.Settings{"states": int64(10), "levels": int64(10), "every": int64(2)}
	maps.Copy(keys, more)
	return estimated(t, "energy_levels", keys, setting, b)
}

func TestLevelsAreThoseOfConfigurationInteraction(t *testing.T) {
	want := pairsByInteraction(5, -1)
	if len(want) != 10 {
		t.Fatalf("%d levels: %v", len(want), want)
	}
	all := levelsOfTwo(t, 5, 0.5, nil)
	got := all["energy_levels"]
	for n, e := range want {
		if !(math.Abs(got.Value[n]-e) < 5*got.Stderr[n]) || !(got.Stderr[n] < 0.25) {
			t.Errorf("level %d is %v +- %v, want %v", n, got.Value[n], got.Stderr[n], e)
		}
	}
	z, mean := 0.0, 0.0
	for _, e := range want {
		z += math.Exp(-0.5 * (e - want[0]))
		mean += math.Exp(-0.5*(e-want[0])) * (e - want[0])
	}
	for name, want := range map[string]float64{"levels_free_energy": want[0] - 2*math.Log(z), "levels_energy": want[0] + mean/z, "levels_entropy": math.Log(z) + 0.5*mean/z} {
		if e := all[name]; !(math.Abs(e.Value[0]-want) < 4*e.Stderr[0]) || !(e.Stderr[0] < 0.02*math.Abs(want)) {
			t.Errorf("%s is %v +- %v, want %v", name, e.Value, e.Stderr, want)
		}
	}
}

// A model that has one state after the other, without the power for many at one x, has the same levels,
// to the rounding of sums.
func TestLevelsOfOneStateAfterTheOther(t *testing.T) {
	of := core.Settings{"n": int64(2), "dimension": int64(2), "r_s": 5.0, "twist": []float64{0.25, 0.25}}
	energy, _, setting, b := electronGas(t, of, small(core.Settings{"e_max": int64(1), "theta_0": 0.5}), func(core.EnergySpec) float64 { return 0.5 }, 200)
	setting.Potential = energy
	keys := core.Settings{"states": int64(10), "levels": int64(10), "every": int64(1)}
	together := estimated(t, "energy_levels", keys, setting, b)["energy_levels"]
	setting.Model.Powers = slices.DeleteFunc(slices.Clone(setting.Model.Powers), func(p core.Power) bool { return p == core.PowerStateSpan })
	alone := estimated(t, "energy_levels", keys, setting, b)["energy_levels"]
	for n, e := range together.Value {
		if math.Abs(e-alone.Value[n]) > 1e-9*(1+math.Abs(e)) {
			t.Errorf("level %d is %v, and %v of one state after the other", n, e, alone.Value[n])
		}
	}
}

// The levels are the same at any temperature of the run, and their ensemble has its own if asked.
func TestLevelsHaveTheirTemperature(t *testing.T) {
	given := levelsOfTwo(t, 0, 0.1, core.Settings{"temperature": 2.0})
	own := levelsOfTwo(t, 0, 0.5, nil)
	for _, name := range []string{"levels_free_energy", "levels_energy", "levels_entropy"} {
		if a, b := given[name].Value[0], own[name].Value[0]; math.Abs(a-b) > 1e-9 {
			t.Errorf("%s is %v at the temperature that is asked for, and %v at that of the run", name, a, b)
		}
	}
}

// Free electrons: H Psi = E Psi at every x, so that there is no noise.
func TestLevelsOfFreeElectrons(t *testing.T) {
	got := levelsOfTwo(t, 0, 0.5, nil)["energy_levels"]
	for n, e := range pairsByInteraction(0, -1) {
		if math.Abs(got.Value[n]-e) > 1e-9 || got.Stderr[n] > 1e-9 {
			t.Errorf("level %d is %v +- %v, want %v", n, got.Value[n], got.Stderr[n], e)
		}
	}
}
