package stats

import (
	"math"
	"slices"
	"testing"
)

// checkGamma compares with the numbers of pyerrors. It gives errors of errors without the ends of the
// chain, K = 2W + 1, and that of tau from the tau before the bias is taken away.
func checkGamma(t *testing.T, r reference, u Uncertainty, window int, accuracy float64) {
	t.Helper()
	w, n := r.is(t, "window"), float64(r.Draws)
	k := seen(window, r.Draws)
	want := Uncertainty{r.is(t, "stderr"), r.is(t, "stderr_stderr") * math.Sqrt(k/(2*w+1)), r.is(t, "tau"), 0}
	raw := want.Tau * (1 + 1/n) / (1 + (2*w+1)/n)
	want.TauStderr = r.is(t, "tau_stderr") * want.Tau / raw * math.Sqrt((k-want.Tau)/(2*w+1-raw))
	if float64(window) != w || !near(u.Stderr, want.Stderr, accuracy) || !near(u.Tau, want.Tau, accuracy) ||
		!near(u.StderrStderr, want.StderrStderr, accuracy) || !near(u.TauStderr, want.TauStderr, accuracy) {
		t.Errorf("%s of %s(%g): %+v, window %d; want %+v, window %g", r.Of, r.Kind, r.A, u, window, want, w)
	}
}

func TestGammaIsThatOfPyerrors(t *testing.T) {
	for _, r := range references(t, "gamma") {
		s := chainsOf(r.column(t), 1)
		u, window := s.Gamma(r.is(t, "S"))
		if !near(s.Mean(), r.is(t, "value"), 1e-12) {
			t.Errorf("mean %v", s.Mean())
		}
		checkGamma(t, r, u, window, 1e-9)
	}
}

func TestGammaOfFewOrEqualValues(t *testing.T) {
	for _, s := range []*Chains{{}, chainsOf([]float64{1, 2, 3}, 1), chainsOf(normals(1, 12, 0, 1), 4)} {
		if u, _ := s.Gamma(1.5); !math.IsNaN(u.Stderr) || !math.IsNaN(u.Tau) || !math.IsNaN(u.StderrStderr) || !math.IsNaN(u.TauStderr) {
			t.Errorf("%d values of %d chains: %+v", s.N(), s.Chains(), u)
		}
	}
	if u, _ := chainsOf(slices.Repeat([]float64{3}, 20), 2).Gamma(1.5); u != (Uncertainty{Tau: 1}) {
		t.Errorf("equal values: %+v", u)
	}
	drift := make([]float64, 100)
	for i := range drift {
		drift[i] = float64(i)
	}
	if u, _ := chainsOf(drift, 1).Gamma(1.5); !(u.Stderr > 0) || !math.IsNaN(u.TauStderr) {
		t.Errorf("a drift: %+v", u)
	}
	frozen := chainsOf(slices.Repeat(normals(1, 200, 0, 1), 10), 200)
	if u, window := frozen.Gamma(1.5); window != 4 || !math.IsNaN(u.StderrStderr) || !math.IsNaN(u.TauStderr) {
		t.Errorf("chains that do not move: %+v, window %d", u, window)
	}
}

// How far errors and correlation times scatter over many replicas is what they say, by both
// windows. The exact tau is (1+a)/(1-a), in T draws short by tau/(2T) of it. A window that chance decides
// adds to the scatter, and the formula has it for a fixed one: a quarter is allowed, beside
// 4/sqrt(2R).
func TestErrorsOfErrorsAreHonest(t *testing.T) {
	const replicas = 200
	for _, c := range []struct {
		m, draws int
		a        float64
	}{{1, 4000, 0.8}, {4, 1000, 0.8}, {1, 4000, 0}, {64, 100, 0.5}, {1, 10000, 0.95}} {
		for name, of := range map[string]func(s *Chains) Uncertainty{
			"Uncertainty": (*Chains).Uncertainty,
			"Gamma":       func(s *Chains) Uncertainty { u, _ := s.Gamma(1.5); return u },
		} {
			var tau, stderr, tauStderr, stderrStderr Moments
			for seed := range uint64(replicas) {
				u := of(chainsOf(reference{Kind: "autoregressive", Seed: 7000 + seed, Chains: c.m, Draws: c.draws, A: c.a}.make(), c.m))
				tau.Add([]float64{u.Tau})
				stderr.Add([]float64{u.Stderr})
				tauStderr.Add([]float64{u.TauStderr})
				stderrStderr.Add([]float64{u.StderrStderr})
			}
			slack := 0.25 + 4/math.Sqrt(2*replicas)
			if ratio := tau.Spread() / tauStderr.Mean(); math.Abs(ratio-1) > slack {
				t.Errorf("%s of %+v: tau %v scatters by %v, and says %v", name, c, tau.Mean(), tau.Spread(), tauStderr.Mean())
			}
			if ratio := stderr.Spread() / stderrStderr.Mean(); math.Abs(ratio-1) > slack {
				t.Errorf("%s of %+v: the error %v scatters by %v, and says %v", name, c, stderr.Mean(), stderr.Spread(), stderrStderr.Mean())
			}
			exact := (1 + c.a) / (1 - c.a)
			if exact *= 1 - exact/float64(2*c.draws); math.Abs(tau.Mean()/exact-1) > 0.1 {
				t.Errorf("%s of %+v: tau %v, want %v", name, c, tau.Mean(), exact)
			}
		}
	}
}

// The ends of K: independent values, and the means of m chains that do not move.
func TestErrorsOfErrorsAtTheEndsOfTheWindow(t *testing.T) {
	if k := seen(0, 100); k != 1 {
		t.Errorf("K of no lag %v", k)
	}
	if k := seen(99, 100); k != 100 {
		t.Errorf("K of all lags %v", k)
	}
	frozen := chainsOf(slices.Repeat(normals(5, 50, 0, 1), 8), 50)
	u := frozen.Uncertainty()
	if !near(u.StderrStderr/u.Stderr, 0.1, 0.02) || u.TauStderr > 0.2*u.Tau {
		t.Errorf("50 chains that do not move: %+v", u)
	}
}
