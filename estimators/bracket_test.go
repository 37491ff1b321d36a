package estimators

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// bracketed estimates on draws of the Boltzmann density of the open chain beside draws of p: by
// chains of 1000 draws that are independent, or by none, 0.
func bracketed(t *testing.T, p density, chains int, draw func(b *core.Batch, r *rand.Rand, n int)) map[string]core.Estimate {
	t.Helper()
	s := setting(beta)
	s.Bracket, s.Chains = true, chains > 0
	r := rand.New(rand.NewPCG(11, 12))
	const n = 32000
	all := map[string]core.Estimate{}
	var model, q core.Batch
	p.draw(&model, r, n)
	model.Source = core.OfModel
	draw(&q, r, n)
	if q.Source, q.Chains = core.OfBoltzmann, chains; chains > 0 {
		q.Source = core.OfChains
	}
	for i := range q.LogP {
		state := 0
		for k, v := range q.X[i*sites : (i+1)*sites] {
			if v > 0 {
				state |= 1 << k
			}
		}
		q.LogP[i] = math.Log(p[state])
	}
	for _, name := range []string{"log_z", "free_energy", "log_z_bar", "free_energy_lower", "effective_sample_size_reverse"} {
		e, err := build(name, nil, s)
		if err != nil {
			t.Fatal(err)
		}
		source := e.Spec().Source
		if source != core.OfBoltzmann {
			add(t, map[string]core.Estimator{name: e}, &model)
		}
		if source != core.OfModel {
			add(t, map[string]core.Estimator{name: e}, &q)
		}
		again, err := build(name, nil, s) // that takes over what was gathered says the same
		if err != nil {
			t.Fatal(err)
		}
		if err := again.Restore(e.State()); err != nil {
			t.Fatal(err)
		}
		reports, err := e.Report()
		if err != nil {
			t.Fatal(err)
		}
		same, err := again.Report()
		if err != nil || same[0].Value[0] != reports[0].Value[0] {
			t.Errorf("%s after Restore: %v, %v", name, same, err)
		}
		for _, one := range reports {
			all[one.Name] = one
		}
	}
	return all
}

// Of a product density beside the Boltzmann density both bounds, ln Z, the effective size and
// the overlap are sums over all 64 states.
func TestBracketOfATiltedModel(t *testing.T) {
	p := tilted()
	exact, lnZ := boltzmann()
	lower, up, down := 0.0, 0.0, 0.0
	overlap := 0.0 // at equal numbers: int p q/((p+q)/2)
	for s, q := range exact {
		w := q * math.Exp(lnZ) / p[s]
		lower += q * (chainEnergy(chainState(s)) + math.Log(p[s])/beta)
		up, down = up+q*w, down+q/w
		overlap += 2 * p[s] * q / (p[s] + q)
	}
	f := -lnZ / beta
	for _, chains := range []int{32, 0} {
		got := bracketed(t, p, chains, exact.draw)
		for name, want := range map[string]float64{"free_energy_lower": lower, "log_z_bar": lnZ, "effective_sample_size_reverse": 1 / (up * down)} {
			e := got[name]
			if !(math.Abs(e.Value[0]-want) < 4*e.Stderr[0]) || len(e.Cautions) > 0 {
				t.Errorf("%d chains: %s = %v +- %v, want %v; %s", chains, name, e.Value[0], e.Stderr[0], want, e.Caution())
			}
		}
		if e := got["bar_overlap"]; math.Abs(e.Value[0]-overlap) > 0.01 {
			t.Errorf("overlap %v, want %v", e.Value[0], overlap)
		}
		l, u := got["free_energy_lower"], got["free_energy"]
		if l.Bound != -1 || u.Bound != 1 || !(l.Value[0] < f && f < u.Value[0]) {
			t.Errorf("%v (bound %d) <= %v <= %v", l.Value[0], l.Bound, f, u.Value[0])
		}
	}
}

// A model that has lost the states of a positive first spin has w = Z/Z_- constant where it
// draws: log_z says ln Z_- with the error of w alone. The Boltzmann density's draws show it.
func TestBracketFindsALostMode(t *testing.T) {
	exact, lnZ := boltzmann()
	lost, least := exact, 1e-30
	kept := 0.0
	for s := range lost {
		if s&1 == 1 {
			lost[s] = least
		} else {
			kept += exact[s]
		}
	}
	for s := range lost {
		if s&1 == 0 {
			lost[s] /= kept
		}
	}
	got := bracketed(t, lost, 32, exact.draw)
	if z := got["log_z"]; math.Abs(z.Value[0]-lnZ-math.Log(kept)) > 1e-9 || len(z.Cautions) > 0 {
		t.Errorf("log_z = %v, want that of what is left, %v", z.Value[0], lnZ+math.Log(kept))
	}
	z := got["log_z_bar"]
	if !(math.Abs(z.Value[0]-lnZ) < 4*z.Stderr[0]) || !(z.Stderr[0] < 0.02) {
		t.Errorf("log_z_bar = %v +- %v, want %v", z.Value[0], z.Stderr[0], lnZ)
	}
	if len(z.Cautions) != 1 || z.Cautions[0].Code != core.CautionLostMode || z.Cautions[0].About != core.AboutModel {
		t.Errorf("cautions %v, want one about the model", z.Cautions)
	}
	if e := got["effective_sample_size_reverse"]; !(e.Value[0] < 1e-10) {
		t.Errorf("reverse effective size %v of a model without half of the density", e.Value[0])
	}
	if l := got["free_energy_lower"]; !(l.Value[0] < -lnZ/beta-10) {
		t.Errorf("lower bound %v is near F = %v", l.Value[0], -lnZ/beta)
	}
}

// Where the model's density is 0 on a draw, the bound is -Inf.
func TestBracketOfAHole(t *testing.T) {
	exact, lnZ := boltzmann()
	hole := exact
	for s := range hole {
		hole[s] /= 1 - exact[0]
	}
	hole[0] = 0
	got := bracketed(t, hole, 32, exact.draw)
	if l := got["free_energy_lower"]; !math.IsInf(l.Value[0], -1) || l.Cautions[0].Code != core.CautionLostMode {
		t.Errorf("%v, %v", l.Value[0], l.Cautions)
	}
	if e := got["effective_sample_size_reverse"]; e.Value[0] != 0 {
		t.Errorf("reverse effective size %v", e.Value[0])
	}
	if z := got["log_z_bar"]; !(math.Abs(z.Value[0]-lnZ) < 0.02) {
		t.Errorf("log_z_bar = %v, want %v", z.Value[0], lnZ)
	}
}

// Densities of which hardly a draw of one could be one of the other.
func TestBracketWithoutOverlap(t *testing.T) {
	exact, _ := boltzmann()
	apart := exact
	for s := range apart {
		if apart[s] = 1e-9 / 63; s == 21 { // one state of small weight
			apart[s] = 1 - 1e-9
		}
	}
	got := bracketed(t, apart, 32, exact.draw)
	if got["bar_overlap"].Value[0] > leastOverlap {
		t.Fatalf("overlap %v", got["bar_overlap"].Value[0])
	}
	if c := got["log_z_bar"].Cautions; !slices.ContainsFunc(c, func(c core.Caution) bool { return c.Code == core.CautionOverlap }) {
		t.Errorf("cautions %v, want that of the overlap", c)
	}
}

// Chains that do not move from where they started are no bound, and neither are three that agree.
func TestBracketOfChainsThatAreNotMixed(t *testing.T) {
	exact, _ := boltzmann()
	still := func(b *core.Batch, r *rand.Rand, n int) {
		exact.draw(b, r, n)
		for i := 32; i < n; i++ {
			copy(b.X[i*sites:(i+1)*sites], b.X[i%32*sites:])
			b.E[i] = b.E[i%32]
		}
	}
	for _, c := range []struct {
		chains int
		draw   func(b *core.Batch, r *rand.Rand, n int)
		why    string
	}{
		{32, still, "no bound: R-hat of the chains"},
		{2, exact.draw, "no bound: 2 chains"},
	} {
		l := bracketed(t, tilted(), c.chains, c.draw)["free_energy_lower"]
		if l.Bound != 0 || !strings.Contains(l.Long, c.why) {
			t.Errorf("%d chains: bound %d, %q, want %q", c.chains, l.Bound, l.Long, c.why)
		}
		if warned := len(l.Cautions) > 0 && l.Cautions[0].Code == core.CautionNotMixed; warned != (c.chains == 32) {
			t.Errorf("%d chains: cautions %v", c.chains, l.Cautions)
		}
	}
}

// A perfect model leaves nothing to estimate, and a model without ln p nothing to ask for.
func TestBracketAtItsEnds(t *testing.T) {
	exact, lnZ := boltzmann()
	got := bracketed(t, exact, 200, exact.draw)
	for name, want := range map[string]float64{"free_energy_lower": -lnZ / beta, "log_z_bar": lnZ, "effective_sample_size_reverse": 1} {
		if e := got[name]; !e.Constant || math.Abs(e.Value[0]-want) > 1e-12 || len(e.Cautions) > 0 {
			t.Errorf("%s = %v, want the constant %v; %s", name, e.Value[0], want, e.Caution())
		}
	}
	s := setting(beta)
	for _, p := range []core.Power{core.PowerQuantum, core.PowerWalk, core.PowerWeight, core.PowerBound} {
		s.Model.Powers = []core.Power{p}
		if _, err := build("log_z_bar", nil, s); core.KindOf(err) != core.Mismatch {
			t.Errorf("a model with the power %q: %v", p, err)
		}
	}
	if names := strings.Join(Default(setting(beta)), " "); strings.Contains(names, "bar") {
		t.Errorf("the standard set of draws of the model alone has %s", names)
	}
}
