package app

import (
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Two electrons on a square torus with the twist (1/4, 1/4), among all pairs of the 5 plane waves with
// |n|^2 <= 1: with the flow the identity energy_levels is configuration interaction. Of the pairs {k, p} and
// {k', p'} of the same momentum, with n for the numbers of a plane wave and v(n) = 1/|n|, v(0) = 0,
//
//	H = (2 pi/L)^2 (k^2 + p^2) delta + (2 r_s/L) [ N xi/2 delta + v(k - k') - v(k - p') ].
func pairsByInteraction(rs float64) []float64 {
	const twist, xi = 0.25, -3.9002649200
	edge := math.Sqrt(2 * math.Pi)
	waves := [][2]float64{{0, 0}, {1, 0}, {-1, 0}, {0, 1}, {0, -1}}
	square := func(n [2]float64) float64 {
		return math.Pow(n[0]+twist, 2) + math.Pow(n[1]+twist, 2)
	}
	v := func(a, b [2]float64) float64 {
		if a == b {
			return 0
		}
		return 1 / math.Hypot(a[0]-b[0], a[1]-b[1])
	}
	sectors := map[[2]float64][][2][2]float64{}
	for i, k := range waves {
		for _, p := range waves[:i] {
			total := [2]float64{k[0] + p[0], k[1] + p[1]}
			sectors[total] = append(sectors[total], [2][2]float64{k, p})
		}
	}
	var levels []float64
	for _, pairs := range sectors {
		h := make([][]float64, len(pairs))
		for a, s := range pairs {
			h[a] = make([]float64, len(pairs))
			for b, t := range pairs {
				h[a][b] = 2 * rs / edge * (v(s[0], t[0]) - v(s[0], t[1]))
			}
			h[a][a] += math.Pow(2*math.Pi/edge, 2)*(square(s[0])+square(s[1])) + 2*rs/edge*xi
		}
		switch len(h) { // there are no larger ones
		case 1:
			levels = append(levels, h[0][0])
		case 2:
			mean, half := (h[0][0]+h[1][1])/2, math.Hypot((h[0][0]-h[1][1])/2, h[0][1])
			levels = append(levels, mean-half, mean+half)
		}
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
	want := pairsByInteraction(5)
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
	for n, e := range pairsByInteraction(0) {
		if math.Abs(got.Value[n]-e) > 1e-9 || got.Stderr[n] > 1e-9 {
			t.Errorf("level %d is %v +- %v, want %v", n, got.Value[n], got.Stderr[n], e)
		}
	}
}
