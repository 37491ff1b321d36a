package estimators

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// An energy that is 10.053096491487299 in every draw but for rounding: the plane
// waves' kinetic energy, as five electrons at r_s = 1 have it. What it says of its
// error hangs on the number of draws, in independent draws and in chains.
func TestEqualDraws(t *testing.T) {
	const value, ulp = 10.053096491487299, 0x1p-49
	for _, c := range []struct {
		n, chains int
		spread    float64 // in units of the last place
		stderr    float64 // -1: of the spread
		constant  bool
		caution   string
	}{
		{1, 0, 0, math.NaN(), false, "1 draws are too few for an error: draw at least 8"},
		{2, 0, 0, math.NaN(), false, "2 draws are too few for an error: draw at least 8"},
		{7, 0, 1e15, math.NaN(), false, "7 draws are too few for an error: draw at least 8"},
		{8, 0, 1e15, -1, false, ""},
		{99, 0, 20, math.NaN(), false, "all 99 draws are equal, which says nothing of the error: draw at least 100"},
		{100, 0, 20, 0, true, ""},
		{500, 100, 20, 0, true, ""},
		{500, 100, 0, 0, true, ""},
		{500, 0, 1000, -1, false, ""},
		{5000, 10, 0, math.NaN(), false, "all draws of 10 chains are equal, as those of chains that do not move, which says nothing of the error: have at least 100 chains"},
	} {
		e := open(t, setting(beta))["energy"]
		r := rand.New(rand.NewPCG(1, 3))
		b := core.Batch{N: c.n, Chains: c.chains}
		for range c.n {
			b.E = append(b.E, value+c.spread*ulp*r.NormFloat64())
		}
		if err := e.Add(&b); err != nil {
			t.Fatal(err)
		}
		got := reportOf(t, e)
		s := got.Stderr[0]
		if got.Constant != c.constant || got.Caution() != c.caution || got.Tau != 1 ||
			c.stderr == -1 && !(s > 0) || c.stderr != -1 && s != c.stderr && !(math.IsNaN(s) && math.IsNaN(c.stderr)) {
			t.Errorf("%d draws of %d chains, %v: %+v", c.n, c.chains, c.spread, got)
		}
	}
}

// Chains whose moves are all accepted, as clusters are without a field, do move, so that few of them say as much as many;
// those that accept none may be anywhere.
func TestEqualAcceptance(t *testing.T) {
	for _, c := range []struct {
		accepted float64
		n        int
		constant bool
	}{{1, 400, true}, {1, 96, false}, {0, 400, false}} {
		s := setting(beta)
		s.Chains = true
		e, err := build("acceptance", nil, s)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(&core.Batch{N: c.n, Chains: 4, E: make([]float64, c.n), Accept: slices.Repeat([]float64{c.accepted}, c.n)}); err != nil {
			t.Fatal(err)
		}
		if got := reportOf(t, e); got.Constant != c.constant || (got.Caution() == "") != c.constant {
			t.Errorf("%d draws of 4 chains that accept %v: %+v", c.n, c.accepted, got)
		}
	}
}

// Where p is the Boltzmann density all that rests on ln p + beta E is constant:
// E and T ln p cancel, and what rounding leaves is that of them.
func TestPerfectModel(t *testing.T) {
	all := open(t, setting(1))
	b, r := core.Batch{N: 200}, rand.New(rand.NewPCG(2, 3))
	for range b.N {
		e := -1000 * r.Float64()
		b.E, b.LogP = append(b.E, e), append(b.LogP, -e+1e-3)
		b.X = append(b.X, chainState(r.IntN(64))...)
	}
	add(t, all, &b)
	got := reports(t, all)
	for name, want := range map[string]float64{"free_energy": 1e-3, "log_z": -1e-3, "free_energy_reweighted": 1e-3, "effective_sample_size": 1} {
		if e := got[name]; !e.Constant || e.Stderr[0] != 0 || e.Caution() != "" || math.Abs(e.Value[0]-want) > 1e-12 {
			t.Errorf("%+v", e)
		}
	}
	for _, name := range []string{"energy", "entropy", "heat_capacity"} {
		if e := got[name]; e.Constant || !(e.Stderr[0] > 0) {
			t.Errorf("%+v", e)
		}
	}
}

// A bin in which nothing was met is no zero with certainty: of 300 configurations
// of two particles at the distance 0.5, the shell from 1 to 1.5 in the plane, of
// area pi (1.5^2 - 1), has a density below 3/300 over that.
func TestCountsNeverSeen(t *testing.T) {
	s := gasSetting(2, 2)
	e, err := build("pair_correlation", core.Settings{"bins": int64(3), "r_max": 1.5}, s)
	if err != nil {
		t.Fatal(err)
	}
	b := core.Batch{N: 300, E: make([]float64, 300), X: slices.Repeat([]float64{0, 0, 0.7, 0}, 300)}
	for i := range 100 {
		b.X[4*i*3+2] = 0.3 // a third of them nearer
	}
	if err := e.Add(&b); err != nil {
		t.Fatal(err)
	}
	got := reportOf(t, e)
	want := 3. / 300 / (math.Pi * (1.5*1.5 - 1))
	if got.Value[2] != 0 || !math.IsNaN(got.Stderr[2]) || math.Abs(got.Upper[2]-want) > 1e-15 || got.Caution() != "" {
		t.Errorf("%+v, want the limit %v", got, want)
	}
	for k := range 2 {
		if !(got.Value[k] > 0) || !math.IsNaN(got.Upper[k]) {
			t.Errorf("bin %d: %+v", k, got)
		}
	}
	for _, r := range reports(t, open(t, setting(beta))) {
		if r.Upper != nil {
			t.Errorf("%s counts nothing and has an upper limit", r.Name)
		}
	}
}

// Spins squared are one, with certainty once there were enough of them.
func TestEqualEntries(t *testing.T) {
	s := core.Setting{Beta: 1, Energy: core.EnergySpec{Space: core.Space{Kind: core.Spins, Shape: []int{1, 7}, Periodic: true}}}
	for n, want := range map[int]string{99: "1 of 4 values are equal in all of 99 effective draws, which says nothing of their errors: draw at least 100", 1000: ""} {
		e, err := build("two_point_correlation", nil, s)
		if err != nil {
			t.Fatal(err)
		}
		b, r := core.Batch{N: n, E: make([]float64, n)}, rand.New(rand.NewPCG(3, 3))
		for range 7 * n {
			b.X = append(b.X, float64(2*r.IntN(2)-1))
		}
		if err := e.Add(&b); err != nil {
			t.Fatal(err)
		}
		got := reportOf(t, e)
		if got.Caution() != want || (want == "") != (got.Stderr[0] == 0) || math.Abs(got.Value[0]-1) > 1e-13 || !(got.Stderr[1] > 0) {
			t.Errorf("%+v", got)
		}
	}
}
