package run

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// aiming is a case whose estimators have standard errors of 1/sqrt(n), that of "either" to
// be 0.07: n = 205 or more.
func aiming(build evaluationCase) evaluationCase {
	return func(t *testing.T) (*plan.Plan, Parts) {
		p, parts := build(t)
		for _, e := range parts.Estimators {
			e.(*trace).scatter = 1
		}
		p.Evaluate.Targets = []plan.Target{{Observable: "either", Stderr: 0.07}}
		return p, parts
	}
}

// Looks are at 100, 150, 225, 338, ...; of 8 chains at 104, 160, 240. What is the model's own
// is drawn as often as samples say.
func TestTargetIsReached(t *testing.T) {
	for name, want := range map[string]map[string]int64{
		"model with a target":  {"either": 225, "model": 225},
		"chains with a target": {"either": 240, "chains": 240, "model": 100},
	} {
		results, notes, err := process(t, evaluationCases()[name], &memory{}, -1)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range results.Estimates {
			if n, ok := want[e.Name]; ok && e.N != n || len(e.Cautions) > 0 {
				t.Errorf("%s: %s is of %d configurations, want %d; cautions %v", name, e.Name, e.N, n, e.Cautions)
			}
		}
		if !slices.ContainsFunc(notes, func(n string) bool { return strings.HasPrefix(n, "evaluate.target: 2") }) {
			t.Errorf("%s: notes %q", name, notes)
		}
	}
}

func TestTargetIsMissed(t *testing.T) {
	build := func(t *testing.T) (*plan.Plan, Parts) {
		p, parts := evaluationCases()["model with a target"](t)
		p.Evaluate.Most = 170
		return p, parts
	}
	results, _, err := process(t, build, &memory{}, -1)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range results.Estimates {
		want := ""
		if e.Name == "either" { // 1/sqrt(170)
			want = "the standard error of either is 0.077 after 170 configurations, and evaluate.target asks for 0.07: raise evaluate.most"
		}
		if e.N != 170 && e.Name != "chains" || e.Caution() != want || want != "" && e.Cautions[0].Code != core.CautionTargetMissed {
			t.Errorf("%s of %d configurations: caution %q, want %q", e.Name, e.N, e.Caution(), want)
		}
	}
}

// doubtful has an error that is small at once, and another caution up to so many draws.
type doubtful struct {
	trace
	code core.CautionCode
	upTo int64
}

func (d *doubtful) Report() ([]core.Estimate, error) {
	e := core.Scalar(d.name, "", d.sum, 1e-9, "1", int64(d.n))
	if e.N <= d.upTo {
		e.Warn(d.code, "no")
	}
	return []core.Estimate{e}, nil
}

// Chains that are not mixed are drawn on; what more draws do not mend is said at once.
func TestTargetAndOtherCautions(t *testing.T) {
	for _, c := range []struct {
		code core.CautionCode
		upTo int64
		n    int64
		want []core.CautionCode
	}{
		{core.CautionNotMixed, 200, 225, nil},
		{core.CautionHeavyWeight, math.MaxInt64, 100, []core.CautionCode{core.CautionHeavyWeight, core.CautionTargetMissed}},
	} {
		build := func(t *testing.T) (*plan.Plan, Parts) {
			p, parts := evaluationCases()["model with a target"](t)
			parts.Estimators = []core.Estimator{&doubtful{trace{name: "either"}, c.code, c.upTo}}
			return p, parts
		}
		results, _, err := process(t, build, &memory{}, -1)
		if err != nil {
			t.Fatal(err)
		}
		e := results.Estimates[0]
		var codes []core.CautionCode
		for _, caution := range e.Cautions {
			codes = append(codes, caution.Code)
		}
		if e.N != c.n || !slices.Equal(codes, c.want) {
			t.Errorf("%s: %d configurations, cautions %v; want %d, %v", c.code, e.N, codes, c.n, c.want)
		}
	}
}

func TestLargestError(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		stderr, upper []float64
		want          float64
	}{
		{[]float64{0.1, 0.3, 0.2}, nil, 0.3},
		{[]float64{0.1, nan}, []float64{nan, 4}, 0.1}, // never seen: a limit
		{[]float64{0.1, nan}, nil, nan},
	} {
		if got := largest(&core.Estimate{Stderr: c.stderr, Upper: c.upper}); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("of %v: %v, want %v", c.stderr, got, c.want)
		}
	}
}
