package readout

import (
	"fmt"
	"math"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// Row is one scalar observable as people see it: an extensive one appears as a total and per site or particle.
type Row struct {
	Name     string
	Value    float64
	Stderr   float64
	Units    string
	Exact    float64 // NaN if unknown
	Cautions []core.Caution
	// Of is the total with all that is known of it, divided by Count; zero where a sweep has
	// values alone.
	Of    core.Estimate
	Count float64
}

// Rows are those of the scalar observables of results, in their order.
func Rows(r *core.Results) []Row {
	var rows []Row
	count, each := float64(r.SamplesSpace.Count()), r.SamplesSpace.Each()
	for _, e := range r.Estimates {
		if len(e.Axes) > 0 {
			continue
		}
		exact, ok := r.Exact[e.Name]
		if !ok {
			exact = math.NaN()
		}
		total := Row{e.Name, e.Value[0], e.Stderr[0], e.Units, exact, e.Cautions, e, 1}
		rows = append(rows, total)
		if e.Extensive {
			per := total
			per.Name += "_per_" + each
			per.Value, per.Stderr, per.Exact, per.Count = total.Value/count, total.Stderr/count, exact/count, count
			rows = append(rows, per)
		}
	}
	return rows
}

// Text is the value with its error.
func (r Row) Text() string {
	if r.Of.Constant {
		return stats.PlusMinus(r.Value, math.NaN()) + " constant"
	}
	return stats.PlusMinus(r.Value, r.Stderr)
}

// Flag marks a value with a caution.
func (r Row) Flag() string {
	if len(r.Cautions) > 0 {
		return " (!)"
	}
	return ""
}

// ExactText is the exact value, to the digits that the error makes worth reading; "" where it is unknown.
func (r Row) ExactText() string {
	if math.IsNaN(r.Exact) {
		return ""
	}
	return stats.ExactText(r.Exact, r.Value, r.Stderr)
}

// Deviation is that from the exact value, relative to it and in standard errors; "" where there is no number to compare.
func (r Row) Deviation() string {
	d := r.Value - r.Exact
	if math.IsNaN(d) {
		return ""
	}
	text := fmt.Sprintf("%+.1e", d)
	var notes []string
	if r.Exact != 0 {
		notes = append(notes, fmt.Sprintf("%.1e relative", math.Abs(d/r.Exact)))
	}
	if r.Stderr > 0 {
		notes = append(notes, fmt.Sprintf("%.1f sigma", math.Abs(d)/r.Stderr))
	}
	if len(notes) > 0 {
		text += " (" + strings.Join(notes, ", ") + ")"
	}
	return text
}

// Mixing is the correlation time in draws and the R-hat of a chain's value; "" of independent draws.
func (r Row) Mixing() string {
	if r.Of.RHat == 0 {
		return ""
	}
	return fmt.Sprintf("tau %.2g, R-hat %.4g", r.Of.Tau, r.Of.RHat)
}
