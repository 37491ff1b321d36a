package run

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// A value with a caution is doubtful unless the entry allows that caution by
// its code; a known miss is shown and does not fail.
func TestVerdicts(t *testing.T) {
	one := 1.0
	within, off := plan.Expectation{Value: &one, Tolerance: 0.1}, plan.Expectation{Value: &one, Tolerance: 0.01}
	allows := func(e plan.Expectation, codes ...string) plan.Expectation { e.Cautions = codes; return e }
	missing := func(e plan.Expectation) plan.Expectation { e.KnownMiss = "the flow is too small"; return e }
	for _, c := range []struct {
		name     string
		entry    plan.Expectation
		cautions []core.CautionCode
		want     Outcome
		text     string
		fails    bool
	}{
		{"met", within, nil, Met, "deviation +0.05: within 0.1 (tolerance)", false},
		{"missed", off, nil, Missed, "deviation +0.05: NOT within 0.01 (tolerance)", true},
		{"with a caution", within, []core.CautionCode{core.CautionNotMixed}, Doubtful, `deviation +0.05: within 0.1 (tolerance); the value carries the caution "not_mixed"`, true},
		{"with a caution that is allowed", allows(within, "few_draws", "not_mixed"), []core.CautionCode{core.CautionNotMixed}, Met, "deviation +0.05: within 0.1 (tolerance)", false},
		{"with another", allows(within, "not_mixed"), []core.CautionCode{core.CautionNotMixed, core.CautionFewDraws}, Doubtful, `deviation +0.05: within 0.1 (tolerance); the value carries the caution "few_draws"`, true},
		{"with a caution about its error, which is not used", within, []core.CautionCode{core.CautionUncertainError}, Met, "deviation +0.05: within 0.1 (tolerance)", false},
		{"with a caution about its error, which is used", plan.Expectation{Value: &one, Sigma: 6}, []core.CautionCode{core.CautionUncertainError}, Doubtful,
			`deviation +0.05: within 0.06 (6 standard errors); the value carries the caution "uncertain_error"`, true},
		{"missed, with a caution", off, []core.CautionCode{core.CautionNotMixed}, Missed, "deviation +0.05: NOT within 0.01 (tolerance)", true},
		{"known to miss", missing(off), nil, KnownMiss, "deviation +0.05: NOT within 0.01 (tolerance); known: the flow is too small", false},
		{"known to be doubtful", missing(within), []core.CautionCode{core.CautionNotMixed}, KnownMiss, `deviation +0.05: within 0.1 (tolerance); the value carries the caution "not_mixed"; known: the flow is too small`, false},
		{"known to miss, and met", missing(within), nil, Met, "deviation +0.05: within 0.1 (tolerance); known_miss can go", false},
	} {
		e := core.Scalar("energy", "", 1.05, 0.01, "J", 100)
		for _, code := range c.cautions {
			e.Warn(code, "why")
		}
		c.entry.Observable = "energy"
		v := Judge(&plan.Plan{Expect: []plan.Expectation{c.entry}}, &core.Results{Estimates: []core.Estimate{e}})[0]
		if v.Outcome != c.want || v.Text != c.text || v.Failed() != c.fails {
			t.Errorf("%s: %s, fails %v, %q; want %s, %v, %q", c.name, v.Outcome, v.Failed(), v.Text, c.want, c.fails, c.text)
		}
	}
}

// The loss on held-out rows is judged by its last look, with patience by the best, whose
// parameters are evaluated, in the run that had the training.
// What is derived of a sweep is left out of the verdicts of a point, and judged by its own.
func TestJudgeDerived(t *testing.T) {
	one := 1.0
	own, derived := plan.Expectation{Observable: "energy", Value: &one, Tolerance: 0.1}, plan.Expectation{Observable: "entropy_from_free_energy_per_site", Value: &one, Tolerance: 0.1}
	space := core.Space{Kind: core.Spins, Shape: []int{2}}
	results := &core.Results{SamplesSpace: space, Estimates: []core.Estimate{core.Scalar("energy", "", 1, 0.01, "J", 1)}}
	p := &plan.Plan{Point: map[string]any{"energy.L": 2}, Expect: []plan.Expectation{own, derived}}
	if v := Judge(p, results); len(v) != 1 || v[0].Observable != "energy" || v[0].Outcome != Met {
		t.Errorf("of the point %+v", v)
	}
	slope := core.Scalar("entropy_from_free_energy", "", 2.1, 0.01, "1", 0)
	slope.Extensive = true
	if v := JudgeDerived(p.Expect, &core.Results{SamplesSpace: space, Estimates: []core.Estimate{slope}}); len(v) != 1 || v[0].Outcome != Met {
		t.Errorf("of the sweep %+v", v)
	}
	if v := JudgeDerived(p.Expect, results); len(v) != 1 || v[0].Outcome != Missed || v[0].Text != "the points of the sweep do not give entropy_from_free_energy_per_site" {
		t.Errorf("of a sweep without it %+v", v)
	}
}

func TestVerdictOnValidation(t *testing.T) {
	value := 0.2
	p := &plan.Plan{Expect: []plan.Expectation{{Observable: core.ValidationLoss, Value: &value, Tolerance: 0.01}}}
	of := func(losses ...float64) *core.Results {
		return &core.Results{History: &core.History{Step: []int64{1, 2, 3}, Columns: []core.Series{{Name: core.ValidationLoss, Data: losses}}}}
	}
	nan := math.NaN()
	for want, results := range map[Outcome]*core.Results{Met: of(0.3, 0.201, nan), Missed: of(0.2, nan, 0.3), Skipped: {}} {
		if v := Judge(p, results)[0]; v.Outcome != want {
			t.Errorf("%s, %q; want %s", v.Outcome, v.Text, want)
		}
	}
	patient := *p
	patient.Train.Patience = 2
	for want, results := range map[Outcome]*core.Results{Met: of(0.2, nan, 0.3), Missed: of(0.3, 0.201, 0.1)} {
		if v := Judge(&patient, results)[0]; v.Outcome != want {
			t.Errorf("with patience: %s, %q; want %s", v.Outcome, v.Text, want)
		}
	}
	if v := Judge(p, of(nan, nan, nan))[0]; v.Outcome != Missed || v.Text != "training was too short for a look at held-out rows" {
		t.Errorf("%s, %q", v.Outcome, v.Text)
	}
}
