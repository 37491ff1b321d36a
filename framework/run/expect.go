package run

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/thermo"
)

// Outcome of one entry of [expect].
type Outcome string

const (
	Met       Outcome = "ok"
	Missed    Outcome = "FAILED"
	Doubtful  Outcome = "doubtful"   // met by a value with a caution that the entry does not allow
	KnownMiss Outcome = "known miss" // missed or doubtful, as the entry says
	Skipped   Outcome = "skipped"    // the entry does not apply to this run
)

// Verdict is how one entry of [expect] came out.
type Verdict struct {
	plan.Expectation
	Outcome Outcome
	Text    string // how near the result came, or why there is none
}

// Failed tells whether the entry fails the run.
func (v Verdict) Failed() bool { return v.Outcome == Missed || v.Outcome == Doubtful }

// Judge holds results against what a plan expects, in the plan's order.
func Judge(p *plan.Plan, results *core.Results) []Verdict {
	ess := math.NaN()
	if e, found := lookup(results, "effective_sample_size"); found {
		ess = e.Value[0]
	}
	verdicts := make([]Verdict, 0, len(p.Expect))
	for _, e := range p.Expect {
		if p.OfSweep(e) {
			continue
		}
		v := Verdict{Expectation: e}
		switch skip, note := e.Skip(ess); {
		case skip:
			v.Outcome, v.Text = Skipped, note
		case e.Observable == core.ValidationLoss && results.History == nil:
			v.Outcome, v.Text = Skipped, "skipped: it is of the training, which is not made again"
		default:
			v.Outcome, v.Text = judge(e, results, p.Train.Patience > 0)
		}
		verdicts = append(verdicts, v.forgiven())
	}
	return verdicts
}

// JudgeDerived holds what was derived of the points of a sweep together, as results of one of them,
// against the expectations of that point that are about it.
func JudgeDerived(expect []plan.Expectation, results *core.Results) []Verdict {
	var verdicts []Verdict
	for _, e := range expect {
		if !thermo.Derived(e.Observable) {
			continue
		}
		v := Verdict{Expectation: e}
		v.Outcome, v.Text = judge(e, results, false)
		if _, found := lookup(results, e.Observable); !found {
			v.Text = "the points of the sweep do not give " + e.Observable
		}
		verdicts = append(verdicts, v.forgiven())
	}
	return verdicts
}

// forgiven is the verdict after what the entry says of a known miss.
func (v Verdict) forgiven() Verdict {
	if v.KnownMiss != "" && v.Failed() {
		v.Outcome, v.Text = KnownMiss, v.Text+"; known: "+v.KnownMiss
	} else if v.KnownMiss != "" && v.Outcome == Met {
		v.Text += "; known_miss can go"
	}
	return v
}

// judge takes the best look at held-out rows where its parameters are evaluated.
func judge(e plan.Expectation, results *core.Results, best bool) (Outcome, string) {
	found, ok := lookup(results, e.Observable)
	lacks := "no estimator reported " + e.Observable
	if e.Observable == core.ValidationLoss {
		found, ok = validationLoss(results.History, best)
		lacks = "training was too short for a look at held-out rows"
	}
	if !ok {
		return Missed, lacks
	}
	met, text := e.Judge(found.Value[0], found.Stderr[0])
	if !met {
		return Missed, text
	}
	for _, c := range found.Cautions {
		if c.Code.OfError() && !e.UsesError() {
			continue
		}
		if !slices.Contains(e.Cautions, string(c.Code)) {
			return Doubtful, fmt.Sprintf("%s; the value carries the caution %q", text, c.Code)
		}
	}
	return Met, text
}

// lookup finds a scalar observable by name; NAME_per_site and
// NAME_per_particle divide an extensive one.
func lookup(results *core.Results, name string) (e core.Estimate, found bool) {
	per := 1.0
	base, cut := strings.CutSuffix(name, "_per_"+results.SamplesSpace.Each())
	if cut {
		per = float64(results.SamplesSpace.Count())
	}
	for _, e := range results.Estimates {
		if e.Name == base && len(e.Axes) == 0 && (!cut || e.Extensive) {
			e.Value, e.Stderr = []float64{e.Value[0] / per}, []float64{e.Stderr[0] / per}
			return e, true
		}
	}
	return core.Estimate{}, false
}

// validationLoss is the loss of the last look at held-out rows, or of the best, of unknown
// standard error.
func validationLoss(h *core.History, best bool) (e core.Estimate, found bool) {
	looks := slices.DeleteFunc(slices.Clone(h.Column(core.ValidationLoss)), math.IsNaN)
	if len(looks) == 0 {
		return e, false
	}
	loss := looks[len(looks)-1]
	if best {
		loss = slices.Min(looks)
	}
	return core.Scalar(core.ValidationLoss, "", loss, math.NaN(), "", 0), true
}
