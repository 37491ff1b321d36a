package stats

import (
	"math"
	"slices"
	"testing"
)

// gammaMethod is what pyerrors computes, and so the reference of Uncertainty and of Linearised: the error of the mean by the
// Gamma method (Wolff 2004, Comput. Phys. Commun. 156, 143,
// hep-lat/0306017), and the window W at which its sum ends. With R chains of N values in all,
// d their deviations from the mean of all,
//
//	Gamma(t) = 1/(N - R t) sum_c sum_i d_ic d_(i+t)c,
//	C(W)     = Gamma(0) + 2 sum_(0<t<=W) Gamma(t),      tau(W) = C(W)/Gamma(0),
//
// W is the first one at which the sum of the errors by chance and by what is left out no
// longer falls, if correlations decay within an S-th part of tau,
//
//	exp(-W/theta) < theta/sqrt(W N),   theta = S / ln[(tau + 1)/(tau - 1)],
//
// and C(W) is raised by its bias, the factor 1 + (2W+1)/N (eq. 49). Var(x) is Gamma(0) (1 + 1/N) for it.
//
// S is 1 to 2, 1.5 by custom. The window is shorter than that of Uncertainty, and tau somewhat less: estimators
// have the longer one, since they have many short chains, of which a window that ends early loses more. Errors of errors are NaN where W reaches half of a chain and the sum
// did not end; all is NaN below four draws of a chain.
func gammaMethod(s *Chains, scale float64) (u Uncertainty, window int) {
	n := float64(len(s.x))
	draws := 0
	if s.m > 0 {
		draws = len(s.x) / s.m
	}
	if draws < 4 {
		return Uncertainty{math.NaN(), math.NaN(), math.NaN(), math.NaN()}, 0
	}
	d, mean := make([]float64, len(s.x)), s.Mean()
	for i, v := range s.x {
		d[i] = v - mean
	}
	gamma := func(t int) float64 { return dot(d[:len(d)-t*s.m], d[t*s.m:]) / float64(len(d)-t*s.m) }
	zero := gamma(0)
	if zero == 0 {
		return Uncertainty{Tau: 1}, 0
	}
	sum, tau, ended := zero, 1.0, false
	for window = 1; ; window++ {
		sum += 2 * gamma(window)
		tau = max(1, sum/zero)
		theta := 0.0
		if tau > 1 {
			theta = scale / math.Log((tau+1)/(tau-1))
		}
		w := float64(window)
		if ended = math.Exp(-w/theta) < theta/math.Sqrt(w*n) || theta == 0; ended || window >= draws/2-1 {
			break
		}
	}
	tau *= 1 + float64(2*window+1)/n
	u = uncertainty(math.Sqrt(tau*zero/n), tau/(1+1/n), seen(window, draws), n)
	if !ended {
		u.StderrStderr, u.TauStderr = math.NaN(), math.NaN()
	}
	return u, window
}

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
		u, window := gammaMethod(s, r.is(t, "S"))
		if !near(s.Mean(), r.is(t, "value"), 1e-12) {
			t.Errorf("mean %v", s.Mean())
		}
		checkGamma(t, r, u, window, 1e-9)
	}
}

func TestGammaOfFewOrEqualValues(t *testing.T) {
	for _, s := range []*Chains{{}, chainsOf([]float64{1, 2, 3}, 1), chainsOf(normals(1, 12, 0, 1), 4)} {
		if u, _ := gammaMethod(s, 1.5); !math.IsNaN(u.Stderr) || !math.IsNaN(u.Tau) || !math.IsNaN(u.StderrStderr) || !math.IsNaN(u.TauStderr) {
			t.Errorf("%d values of %d chains: %+v", s.N(), s.Chains(), u)
		}
	}
	if u, _ := gammaMethod(chainsOf(slices.Repeat([]float64{3}, 20), 2), 1.5); u != (Uncertainty{Tau: 1}) {
		t.Errorf("equal values: %+v", u)
	}
	drift := make([]float64, 100)
	for i := range drift {
		drift[i] = float64(i)
	}
	if u, _ := gammaMethod(chainsOf(drift, 1), 1.5); !(u.Stderr > 0) || !math.IsNaN(u.TauStderr) {
		t.Errorf("a drift: %+v", u)
	}
	frozen := chainsOf(slices.Repeat(normals(1, 200, 0, 1), 10), 200)
	if u, window := gammaMethod(frozen, 1.5); window != 4 || !math.IsNaN(u.StderrStderr) || !math.IsNaN(u.TauStderr) {
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
			"Gamma":       func(s *Chains) Uncertainty { u, _ := gammaMethod(s, 1.5); return u },
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
