package estimators

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// logNormal fills b with n draws whose ln w is normal with variance s2 and
// mean -s2/2, so that ln Z = 0. ln p is left at 0: only ln w matters here.
func logNormal(b *core.Batch, r *rand.Rand, n int, s2 float64) {
	b.Reset(n, 1)
	b.E = core.Resize(b.E, n)
	for i := range n {
		b.LogP[i] = 0
		b.E[i] = (s2/2 + math.Sqrt(s2)*r.NormFloat64()) / beta
	}
}

// The caution has to tell estimates whose error bars hold from those where they
// do not: over weights from nearly equal to hopeless, those that pass are off by
// their standard error (root mean square; 5 % more are allowed for, from the
// simulation at largestShare, and 4 times the statistical error of the test),
// and the others by at least a quarter more.
func TestCautionTellsWhichErrorsHold(t *testing.T) {
	const replicas, n = 300, 1000
	r := rand.New(rand.NewPCG(1, 1))
	var b core.Batch
	var count, squares [2]float64
	for _, s2 := range []float64{0.25, 0.5, 1, 2, 4, 8} {
		for range replicas {
			e, _ := logZ().NewEstimator(nil, setting(beta))
			logNormal(&b, r, n, s2)
			if err := e.Add(&b); err != nil {
				t.Fatal(err)
			}
			report, _ := e.Report()
			k := 0
			if report[0].Caution() != "" {
				k = 1
			}
			pull := report[0].Value[0] / report[0].Stderr[0]
			count[k]++
			squares[k] += pull * pull
		}
	}
	passed, warned := math.Sqrt(squares[0]/count[0]), math.Sqrt(squares[1]/count[1])
	if count[0] < 500 || count[1] < 500 || passed > 1.05+4*math.Sqrt(0.5/count[0]) || warned < 1.25 {
		t.Errorf("%v passed, off by %v standard errors; %v were warned of, off by %v", count[0], passed, count[1], warned)
	}
}

func TestCautionSaysWhy(t *testing.T) {
	// Weights 1, 1, ..., 1, 100: 199 in sum, 10099 in squares.
	b := core.Batch{N: 100, LogP: make([]float64, 100), E: make([]float64, 100)}
	b.E[7] = -math.Log(100) / beta
	for _, part := range []core.Part{logZ(), freeEnergyReweighted(), effectiveSampleSize()} {
		e, err := part.NewEstimator(nil, setting(beta))
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(&b); err != nil {
			t.Fatal(err)
		}
		report, _ := e.Report()
		const want = "effective sample size 3.92 of 100: one configuration holds 50.3 % of the total weight (more than 1 %)"
		if !strings.HasPrefix(report[0].Caution(), want) {
			t.Errorf("%s: caution %q, want %q", part.Name, report[0].Caution(), want)
		}
	}
}

// A single configuration of three times the usual weight is 0.3 % of the sum,
// and all of the variance.
func TestCautionWhereTheErrorRestsOnOneConfiguration(t *testing.T) {
	b := core.Batch{N: 1000, LogP: make([]float64, 1000), E: make([]float64, 1000)}
	b.E[7] = -math.Log(3) / beta
	e, err := logZ().NewEstimator(nil, setting(beta))
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Add(&b); err != nil {
		t.Fatal(err)
	}
	report, _ := e.Report()
	const want = "one of 1000 configurations makes up 99.9 % of the variance"
	if !strings.HasPrefix(report[0].Caution(), want) {
		t.Errorf("caution %q, want %q", report[0].Caution(), want)
	}
}
