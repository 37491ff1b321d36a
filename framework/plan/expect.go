package plan

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/thermo"
)

const (
	// boundSigma is how many standard errors a bound may be missed by.
	boundSigma = 3
	// rounding is the relative error of a result that is exact but for
	// rounding, and so has a standard error of zero or nearly so.
	rounding = 1e-12
)

// Judge tests a result and its standard error (NaN where unknown) against the
// expectation. Every rule that is given must hold, and one that cannot be
// tested does not. text is for a reader:
//
//	deviation +2.1e-05: within 0.0021 (relative 0.001), within 3.2e-05 (4 standard errors)
func (e Expectation) Judge(value, stderr float64) (ok bool, text string) {
	ok = true
	var rules []string
	rule := func(holds bool, format string, args ...any) {
		text := fmt.Sprintf(format, args...)
		if !holds {
			ok = false
			text = "NOT " + text
		}
		rules = append(rules, text)
	}
	if x := e.AtMost; x != nil {
		rule(value <= *x+rounding*math.Abs(*x), "at most %g", *x)
	}
	if x := e.AtLeast; x != nil {
		rule(value >= *x-rounding*math.Abs(*x), "at least %g", *x)
	}
	if e.Value == nil {
		return ok, fmt.Sprintf("value %.6g: %s", value, strings.Join(rules, ", "))
	}
	deviation, slack := value-*e.Value, rounding*math.Abs(*e.Value)
	within := func(allowed float64, why string) {
		rule(math.Abs(deviation) <= allowed+slack, "within %.2g (%s)", allowed, why)
	}
	if e.Tolerance > 0 {
		within(e.Tolerance, "tolerance")
	}
	if e.Relative > 0 {
		within(e.Relative*math.Abs(*e.Value), fmt.Sprintf("relative %g", e.Relative))
	}
	if e.Sigma > 0 {
		within(e.Sigma*stderr, fmt.Sprintf("%g standard errors", e.Sigma))
	}
	bound := boundSigma*stderr + slack
	switch e.Bound {
	case "upper":
		rule(deviation >= -bound, "an upper bound within %.2g (%d standard errors)", bound, boundSigma)
	case "lower":
		rule(deviation <= bound, "a lower bound within %.2g (%d standard errors)", bound, boundSigma)
	}
	return ok, fmt.Sprintf("deviation %+.2g: %s", deviation, strings.Join(rules, ", "))
}

// UsesError tells whether a rule depends on the standard error.
func (e Expectation) UsesError() bool { return e.Sigma > 0 || e.Bound == "upper" || e.Bound == "lower" }

// Skip tells whether the expectation does not apply to a run with this
// effective sample size (fraction of the samples; NaN where unknown), and why.
func (e Expectation) Skip(ess float64) (skip bool, note string) {
	if e.NeedsESS == 0 || ess >= e.NeedsESS {
		return false, ""
	}
	return true, fmt.Sprintf("skipped: effective sample size %.2g, needs %.2g of the samples", ess, e.NeedsESS)
}

// fitExpect finds expectations on what nobody reports.
func (p *Plan) fitExpect(r *report, known []string) {
	slices.Sort(known)
	for _, e := range p.Expect {
		if slices.Contains(known, e.Observable) || p.OfSweep(e) {
			continue
		}
		r.unreported(join("expect", e.Observable), e.Observable, known)
	}
}

// OfSweep tells whether an expectation of a point of a sweep is about what collect derives of all
// points together, and no run can meet on its own.
func (p *Plan) OfSweep(e Expectation) bool { return p.Point != nil && thermo.Derived(e.Observable) }

// Expected are the expectations in a plan's JSON.
func Expected(planJSON []byte) ([]Expectation, error) {
	var tree struct{ Expect map[string]any }
	if err := json.Unmarshal(planJSON, &tree); err != nil {
		return nil, core.Errorf(core.Storage, "read expectations", "", "%w", err)
	}
	f := &File{tree: map[string]any{"expect": tree.Expect}}
	r := &report{file: f}
	all := f.checkExpect(r)
	return all, r.err()
}

// unreported says that nobody reports an observable, and which there are.
func (r *report) unreported(key, name string, known []string) {
	text := "; known are " + strings.Join(known, ", ")
	if near := core.Nearest(name, known); near != "" {
		text = fmt.Sprintf("; did you mean %q?", near)
	}
	r.add(key, "no estimator reports %s%s", name, text)
}
