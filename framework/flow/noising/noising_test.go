package noising

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

var all = map[string]Noise{
	"ve": {Schedule: "ve", SigmaMax: 20, SigmaMin: 0.5},
	"vp": {Schedule: "vp", BetaMax: 20, BetaMin: 0.1, Cut: 1e-3},
}

func open(t *testing.T, n Noise) Schedule {
	t.Helper()
	s, err := New(n, "test")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// f and g^2 against differences with steps of 1e-5: -d ln a/dt and -d sigma^2/dt - 2 f
// sigma^2 to 1e-8 of their size.
func TestRates(t *testing.T) {
	const step = 1e-5
	for name, n := range all {
		s := open(t, n)
		for _, at := range []float64{0.1, 0.5, 0.9} {
			a1, late := s.At(at + step)
			a0, early := s.At(at - step)
			_, sigma := s.At(at)
			f, g2 := s.Rates(at)
			drift := -math.Log(a1/a0) / (2 * step)
			want := -(late*late-early*early)/(2*step) - 2*drift*sigma*sigma
			if math.Abs(f-drift) > 1e-6 || math.Abs(g2-want) > 1e-6*want {
				t.Errorf("%s: f = %v and g^2 = %v at %v, by differences %v and %v", name, f, g2, at, drift, want)
			}
		}
	}
}

// The noise of a rate of 6 is the process of Ornstein and Uhlenbeck for a time of 3. Data of
// the variance 4 have v(u) = 1 + 3 exp(-2u) after u, and the divergence from the standard
// normal density (v - 1 - ln v)/2: the numbers were computed with another program.
func TestOrnsteinUhlenbeck(t *testing.T) {
	s := open(t, Noise{Schedule: "vp", BetaMax: 6, BetaMin: 6, Cut: 1e-12})
	for u, want := range map[float64][2]float64{0: {4, 0.8068528194}, 0.5: {2.103638323514, 0.1799849715}, 1: {1.406005849710, 0.0326264479}, 3: {1.007436256530, 1.37563e-5}} {
		a, sigma := s.At(1 - u/3)
		v := 4*a*a + sigma*sigma
		if kl := (v - 1 - math.Log(v)) / 2; math.Abs(v-want[0]) > 1e-10 || math.Abs(kl-want[1]) > 1e-9 {
			t.Errorf("after %v the variance is %v and the divergence %v, want %v", u, v, kl, want)
		}
	}
}

// Ten levels of the geometric sequence from 20 to 1 of Song and Ermon.
func TestLevels(t *testing.T) {
	s := open(t, Noise{Schedule: "ve", SigmaMax: 20, SigmaMin: 1})
	for i := range 10 {
		if a, sigma := s.At(float64(i) / 9); a != 1 || math.Abs(sigma-math.Pow(20, 1-float64(i)/9)) > 1e-13*sigma {
			t.Errorf("level %d: a = %v, sigma = %v", i, a, sigma)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	for want, n := range map[string]Noise{
		"sigma_min must be less than sigma_max = 1, got 1": {Schedule: "ve", SigmaMax: 1, SigmaMin: 1},
		"beta_min must be less than beta_max = 1, got 2":   {Schedule: "vp", BetaMax: 1, BetaMin: 2, Cut: 0.1},
	} {
		if _, err := New(n, "test"); err == nil || !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
