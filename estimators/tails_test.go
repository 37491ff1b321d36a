package estimators

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// codes are those of the cautions of an estimate.
func codes(e core.Estimate) (all []core.CautionCode) {
	for _, c := range e.Cautions {
		all = append(all, c.Code)
	}
	return all
}

// energies is what the estimator of a name says of independent draws of E, all of one weight.
func energies(t *testing.T, name string, of func(r *rand.Rand) float64, n int, seed uint64) core.Estimate {
	t.Helper()
	return estimated(t, name, of, func(e float64) float64 { return -beta * e }, n, seed)
}

// weightsOf is the same of draws of one ln p, whose weights are exp(-beta E).
func weightsOf(t *testing.T, name string, of func(r *rand.Rand) float64, n int, seed uint64) core.Estimate {
	t.Helper()
	return estimated(t, name, of, func(float64) float64 { return -1 }, n, seed)
}

func estimated(t *testing.T, name string, of func(r *rand.Rand) float64, logP func(e float64) float64, n int, seed uint64) core.Estimate {
	t.Helper()
	e := open(t, setting(beta))[name]
	b, r := core.Batch{N: n}, rand.New(rand.NewPCG(seed, 17))
	for range n {
		e := of(r)
		b.E, b.LogP = append(b.E, e), append(b.LogP, logP(e))
	}
	if err := e.Add(&b); err != nil {
		t.Fatal(err)
	}
	return reportOf(t, e)
}

func pareto(k float64) func(r *rand.Rand) float64 {
	return func(r *rand.Rand) float64 { return math.Pow(1-r.Float64(), -k) }
}

// The mean of a Pareto density of k = 0.85 has no variance, and of k = 0.45 the variance has no mean
// error: (E - <E>)^2 has k = 0.9. That of normal and of exponential draws has all.
func TestHeavyTailsOfMeans(t *testing.T) {
	for _, c := range []struct {
		name           string
		of             func(r *rand.Rand) float64
		mean, variance []core.CautionCode
	}{
		{"normal", (*rand.Rand).NormFloat64, nil, nil},
		{"exponential", (*rand.Rand).ExpFloat64, nil, nil},
		{"k = 0.45", pareto(0.45), nil, []core.CautionCode{core.CautionParetoTail}},
		{"k = 0.85", pareto(0.85), []core.CautionCode{core.CautionParetoTail}, []core.CautionCode{core.CautionParetoTail}},
		{"k = 0.85 below", func(r *rand.Rand) float64 { return -pareto(0.85)(r) }, []core.CautionCode{core.CautionParetoTail}, []core.CautionCode{core.CautionParetoTail}},
	} {
		if got := codes(energies(t, "energy", c.of, 100000, 3)); !slices.Equal(got, c.mean) {
			t.Errorf("%s: the mean has %v, want %v", c.name, got, c.mean)
		}
		if got := codes(energies(t, "heat_capacity", c.of, 100000, 3)); !slices.Equal(got, c.variance) {
			t.Errorf("%s: the variance has %v, want %v", c.name, got, c.variance)
		}
	}
}

// Three of 1000 draws make up all of the variance: their number is known to 1/sqrt(3), the error to half of that.
func TestErrorsOfFewDraws(t *testing.T) {
	for rare, want := range map[int][]core.CautionCode{3: {core.CautionUncertainError}, 8: nil} {
		i := 0
		e := energies(t, "energy", func(*rand.Rand) float64 {
			if i++; i <= rare {
				return 1
			}
			return 0
		}, 1000, 1)
		if got := codes(e); !slices.Equal(got, want) || math.Abs(e.StderrStderr/e.Stderr[0]*2*math.Sqrt(float64(rare))-1) > 0.02 {
			t.Errorf("%d of 1000: %v, error %v +- %v", rare, got, e.Stderr[0], e.StderrStderr)
		}
	}
}

// One of 2000 squared deviations makes up most of their scatter: 20^2 has a square of 160000 beside 6000 of all that
// are normal, and the error of the variance is known to 1/2 of itself. The error of the mean is not that
// uncertain.
func TestErrorsOfVariances(t *testing.T) {
	for _, c := range []struct {
		far  float64
		want []core.CautionCode
	}{{0, nil}, {20, []core.CautionCode{core.CautionUncertainError}}} {
		of := func() func(r *rand.Rand) float64 {
			i := 0
			return func(r *rand.Rand) float64 {
				if i++; i == 7 {
					return c.far
				}
				return r.NormFloat64()
			}
		}
		e := energies(t, "heat_capacity", of(), 2000, 1)
		if got := codes(e); !slices.Equal(got, c.want) || c.far > 0 && math.Abs(e.StderrStderr/e.Stderr[0]-0.5) > 0.02 {
			t.Errorf("a draw at %v: %v, %v +- %v", c.far, got, e.Stderr[0], e.StderrStderr)
		}
		if got := codes(energies(t, "energy", of(), 2000, 1)); len(got) > 0 {
			t.Errorf("a draw at %v: the mean has %v", c.far, got)
		}
	}
	// Normal numbers: y has the fourth central moment 60 and the variance 2, so that the doubt is sqrt(60/n)/4.
	if e := energies(t, "heat_capacity", (*rand.Rand).NormFloat64, 100000, 5); math.Abs(e.StderrStderr/e.Stderr[0]*4*math.Sqrt(100000/60.0)-1) > 0.2 {
		t.Errorf("normal numbers: %v +- %v", e.Stderr[0], e.StderrStderr)
	}
}

// Weights of a Pareto density with k = 0.85, whose mean is known: where the shares of the largest alone
// are looked at, some runs that missed the heavy ones pass. k-hat leaves next to none, and not one with an
// error bar of the effective sample size.
func TestHeavyTailsOfWeights(t *testing.T) {
	const replicas = 200
	passed, byShare := 0, 0
	for seed := range uint64(replicas) {
		e := weightsOf(t, "effective_sample_size", func(r *rand.Rand) float64 { return (math.Log(pareto(0.85)(r)) - 1) / -beta }, 20000, seed)
		switch got := codes(e); {
		case len(got) == 0:
			passed++
		case got[0] != core.CautionParetoTail:
			byShare++
		}
		if !math.IsNaN(e.Stderr[0]) && len(e.Cautions) > 0 {
			t.Fatalf("%+v", e)
		}
	}
	if passed > replicas/50 || byShare == replicas {
		t.Errorf("of %d, %d have no caution, and %d one by shares", replicas, passed, byShare)
	}
	// Log-normal weights of variance 0.25 in ln w have all moments.
	flagged := 0
	for seed := range uint64(replicas) {
		if e := weightsOf(t, "log_z", func(r *rand.Rand) float64 { return 0.5 * r.NormFloat64() / beta }, 2000, seed); len(e.Cautions) > 0 {
			flagged++
		}
	}
	if flagged > replicas/50 {
		t.Errorf("%d of %d good sets of weights have a caution", flagged, replicas)
	}
}

// A model of which one draw in 10^4 is forbidden has an error of ln Z that is made of them, of 20 uncertain by
// 1/2/sqrt 20 = 11 %: the more is lost of the error the better the model is, and nothing of ln Z. Of two it is 35 %. As many draws of three
// times the weight may be the first of many.
func TestLightWeightsAreNoTail(t *testing.T) {
	for _, c := range []struct {
		n, rare int
		weight  float64
		want    []core.CautionCode
	}{
		{200000, 20, 0, nil}, {20000, 2, 0, []core.CautionCode{core.CautionUncertainError}}, {200000, 20, 3, []core.CautionCode{core.CautionUncertainError}},
	} {
		b := core.Batch{N: c.n, LogP: make([]float64, c.n), E: make([]float64, c.n)}
		for i := range c.rare {
			b.E[i*7] = -math.Log(c.weight) / beta
		}
		s := setting(beta)
		s.Energy.Forbids = true
		e, err := logZ().NewEstimator(nil, s)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(&b); err != nil {
			t.Fatal(err)
		}
		r, _ := e.Report()
		if got := codes(r[0]); !slices.Equal(got, c.want) {
			t.Errorf("%d of %d draws of weight %v: %v", c.rare, c.n, c.weight, r[0].Cautions)
		}
	}
}
