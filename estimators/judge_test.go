package estimators

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// walks are autoregressive E along chains, x' = a x + sqrt(1 - a^2) u, from x = start on.
func walks(seed uint64, chains, draws int, a, start float64) *core.Batch {
	r, b := rand.New(rand.NewPCG(seed, 23)), &core.Batch{N: chains * draws, Chains: chains, E: make([]float64, chains*draws)}
	for i := range b.E {
		before := start + r.NormFloat64()
		if i >= chains {
			before = b.E[i-chains]
		}
		b.E[i] = a*before + math.Sqrt(1-a*a)*r.NormFloat64()
	}
	return b
}

func ofChains(t *testing.T, name string, b *core.Batch) core.Estimate {
	t.Helper()
	s := setting(beta)
	s.Chains = true
	e, err := build(name, nil, s)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Add(b); err != nil {
		t.Fatal(err)
	}
	return reportOf(t, e)
}

// Every row of fewer than four chains says that they could be stuck, whatever else it says.
func TestFewChains(t *testing.T) {
	for chains, want := range map[int]bool{1: true, 3: true, 4: false} {
		for _, name := range []string{"energy", "heat_capacity"} {
			if got := codes(ofChains(t, name, walks(1, chains, 4000, 0.5, 0))); slices.Contains(got, core.CautionFewChains) != want {
				t.Errorf("%s of %d chains: %v", name, chains, got)
			}
		}
		s := latticeSetting()
		e, err := build("binder_cumulant", nil, s)
		if err != nil {
			t.Fatal(err)
		}
		var b core.Batch
		newFreeField().fill(&b, rand.New(rand.NewPCG(13, 0)), chains, 1000, 0.2)
		if err := e.Add(&b); err != nil {
			t.Fatal(err)
		}
		if got := codes(reportOf(t, e)); slices.Contains(got, core.CautionFewChains) != want {
			t.Errorf("binder_cumulant of %d chains: %v", chains, got)
		}
	}
	frozen := &core.Batch{N: 300, Chains: 3, E: slices.Repeat([]float64{1}, 300)}
	if got := codes(ofChains(t, "energy", frozen)); !slices.Equal(got, []core.CautionCode{core.CautionFewDraws, core.CautionFewChains}) {
		t.Errorf("frozen chains: %v", got)
	}
}

// A start at 5 standard deviations, forgotten after 1/(1 - a) = 20 draws, moves the mean of 16 chains of 200
// draws by some 5 * 20/200 = 0.5, which is 9 errors of sqrt(39/3200); chains that start where they are
// to be are found at fault in less than 5 % of runs, for any reason.
func TestStartOfChains(t *testing.T) {
	for seed := range uint64(20) {
		e := ofChains(t, "energy", walks(seed, 16, 200, 0.95, 5))
		i := slices.IndexFunc(e.Cautions, func(c core.Caution) bool { return c.Code == core.CautionNotEquilibrated })
		if i < 0 || e.Cautions[i].About != core.AboutDraws {
			t.Errorf("%+v", e.Cautions)
		}
	}
	flagged := 0
	const runs = 100
	for seed := range uint64(runs) {
		if e := ofChains(t, "energy", walks(1000+seed, 16, 1000, 0.8, 0)); len(e.Cautions) > 0 {
			flagged++
		}
	}
	if flagged > runs/20 {
		t.Errorf("%d of %d good runs have a caution", flagged, runs)
	}
}

// The limit of R-hat follows the length of chains. Two of four are off by 0.35, which has the variance V = 0.035
// of eight halves, R-hat^2 = 1.035. By chance 100 draws with tau = 3 have 1 + (3.5 3 - 1)/100 = 1.1 once in a
// thousand, 2500 have 1.004.
func TestLimitOfRHat(t *testing.T) {
	for _, c := range []struct {
		draws int
		want  bool
	}{{200, false}, {5000, true}} {
		flagged := 0
		for seed := range uint64(40) {
			b := walks(seed, 4, c.draws, 0.5, 0)
			for i := range b.E {
				b.E[i] += 0.35 * float64(i%2)
			}
			if e := ofChains(t, "energy", b); slices.Contains(codes(e), core.CautionNotMixed) {
				flagged++
			}
		}
		if c.want && flagged < 38 || !c.want && flagged > 20 {
			t.Errorf("%d draws of each: %d of 40 are not mixed", c.draws, flagged)
		}
	}
}

// Sound chains are worth n/tau = 16000/3 draws in the middle of the distribution and some of that at its
// ends, and errors say how uncertain they are: by 1 to 20 % here.
func TestWorthOfChains(t *testing.T) {
	e := ofChains(t, "energy", walks(5, 8, 2000, 0.5, 0))
	if e.Bulk < 1000 || e.Tail < 1000 || len(e.Cautions) > 0 || !(e.TauStderr > 0.01*e.Tau) || !(e.TauStderr < 0.2*e.Tau) || !(e.StderrStderr > 0.005*e.Stderr[0]) {
		t.Errorf("%+v", e)
	}
}
