package run

import (
	"math"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// Verdict is the outcome of one entry of [expect].
type Verdict struct {
	plan.Expectation
	OK      bool
	Skipped bool
	Text    string // how near the result came, or why there is none
}

// Judge holds results against what a plan expects, in the plan's order.
func Judge(p *plan.Plan, results *core.Results) []Verdict {
	ess := math.NaN()
	if e, _, ok := Lookup(results, "effective_sample_size"); ok {
		ess = e
	}
	verdicts := make([]Verdict, 0, len(p.Expect))
	for _, e := range p.Expect {
		v := Verdict{Expectation: e}
		if skip, note := e.Skip(ess); skip {
			v.OK, v.Skipped, v.Text = true, true, note
		} else if value, stderr, found := Lookup(results, e.Observable); !found {
			v.Text = "no estimator reported " + e.Observable
		} else {
			v.OK, v.Text = e.Judge(value, stderr)
		}
		verdicts = append(verdicts, v)
	}
	return verdicts
}

// Lookup finds a scalar observable by name; NAME_per_site and
// NAME_per_particle divide an extensive one.
func Lookup(results *core.Results, name string) (value, stderr float64, found bool) {
	per := 1.0
	base, cut := strings.CutSuffix(name, "_per_"+results.SamplesSpace.Each())
	if cut {
		per = float64(results.SamplesSpace.Count())
	}
	for _, e := range results.Estimates {
		if e.Name == base && len(e.Axes) == 0 && (!cut || e.Extensive) {
			return e.Value[0] / per, e.Stderr[0] / per, true
		}
	}
	return 0, 0, false
}
