package app

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/run"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// row is one scalar observable as people see it: an extensive one appears as
// a total and per site or particle.
type row struct {
	name     string
	value    float64
	stderr   float64
	units    string
	exact    float64 // NaN if unknown
	cautions []core.Caution
	// of is the total with all that is known of it, divided by count; zero where a sweep has
	// values alone.
	of    core.Estimate
	count float64
}

// text is the value with its error.
func (r row) text() string {
	if r.of.Constant {
		return stats.PlusMinus(r.value, math.NaN()) + " constant"
	}
	return stats.PlusMinus(r.value, r.stderr)
}

// flag marks a value with a caution.
func (r row) flag() string {
	if len(r.cautions) > 0 {
		return " (!)"
	}
	return ""
}

func rowsOf(r *core.Results) []row {
	var rows []row
	count, each := float64(r.SamplesSpace.Count()), r.SamplesSpace.Each()
	for _, e := range r.Estimates {
		if len(e.Axes) > 0 {
			continue
		}
		exact, ok := r.Exact[e.Name]
		if !ok {
			exact = math.NaN()
		}
		total := row{e.Name, e.Value[0], e.Stderr[0], e.Units, exact, e.Cautions, e, 1}
		rows = append(rows, total)
		if e.Extensive {
			per := total
			per.name += "_per_" + each
			per.value, per.stderr, per.exact, per.count = total.value/count, total.stderr/count, exact/count, count
			rows = append(rows, per)
		}
	}
	return rows
}

// writeTable prints observable, value +- error, exact value and deviation, and
// for Markov chains how well they mix.
func writeTable(out io.Writer, r *core.Results) {
	rows := rowsOf(r)
	chains, model := false, false
	for _, row := range rows {
		chains, model = chains || row.of.RHat > 0, model || row.of.RHat == 0 && r.History != nil
	}
	w := newTable(out)
	header := "observable\tvalue +- error\tunits\texact\tdeviation"
	if chains {
		header += "\tchains"
	}
	fmt.Fprintln(w, header)
	for _, row := range rows {
		exact, deviation := "", ""
		if !math.IsNaN(row.exact) {
			exact = stats.ExactText(row.exact, row.value, row.stderr)
			deviation = deviationText(row)
		}
		fmt.Fprintf(w, "%s\t%s%s\t%s\t%s\t%s%s\n", row.name, row.text(), row.flag(), row.units, exact, deviation, mixing(row))
	}
	w.Flush()
	writeCauses(out, rows)
	if r.ExactSource != "" {
		fmt.Fprintf(out, "exact: %s\n", r.ExactSource)
	}
	if r.ExactSource != "" && model {
		fmt.Fprintln(out, "errors are statistical: the distance of the model's density from the Boltzmann density is not in them")
	}
}

// cause is a caution with the names of the rows that carry it.
type cause struct {
	core.Caution
	names []string
}

// causesOf has each text of a caution once. Of a total and its value per site the first is named.
func causesOf(rows []row) (all []cause) {
	for _, row := range rows {
		for _, c := range row.cautions {
			i := slices.IndexFunc(all, func(a cause) bool { return a.Text == c.Text })
			if i < 0 {
				i, all = len(all), append(all, cause{Caution: c})
			}
			if base, _, per := strings.Cut(row.name, "_per_"); !per || !slices.Contains(all[i].names, base) {
				all[i].names = append(all[i].names, row.name)
			}
		}
	}
	return all
}

// writeCauses prints each caution once, with the rows that carry it.
func writeCauses(out io.Writer, rows []row) {
	const most = 3
	for _, c := range causesOf(rows) {
		those := c.names
		if more := len(those) - most; more > 1 {
			those = append(those[:most:most], fmt.Sprintf("%d more", more))
		}
		fmt.Fprintf(out, "(!) %s: %s\n", strings.Join(those, ", "), c.Text)
	}
}

// mixing is the correlation time in draws and the R-hat of a chain's value.
func mixing(r row) string {
	if r.of.RHat == 0 {
		return ""
	}
	return fmt.Sprintf("\ttau %.2g, R-hat %.4g", r.of.Tau, r.of.RHat)
}

// deviationText gives the deviation, relative to the exact value and in
// standard errors; nothing where there is no number to compare.
func deviationText(r row) string {
	d := r.value - r.exact
	if math.IsNaN(d) {
		return ""
	}
	text := fmt.Sprintf("%+.1e", d)
	var notes []string
	if r.exact != 0 {
		notes = append(notes, fmt.Sprintf("%.1e relative", math.Abs(d/r.exact)))
	}
	if r.stderr > 0 {
		notes = append(notes, fmt.Sprintf("%.1f sigma", math.Abs(d)/r.stderr))
	}
	if len(notes) > 0 {
		text += " (" + strings.Join(notes, ", ") + ")"
	}
	return text
}

// writeVerdicts prints the outcome of [expect] below a title and returns how
// many failed.
func writeVerdicts(out io.Writer, title string, verdicts []run.Verdict) int {
	if len(verdicts) == 0 {
		return 0
	}
	fmt.Fprintf(out, "\n%s:\n", title)
	w := newTable(out)
	failed := 0
	for _, v := range verdicts {
		if v.Failed() {
			failed++
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\t[%s]\n", v.Outcome, v.Observable, v.Text, v.Source)
	}
	w.Flush()
	return failed
}
