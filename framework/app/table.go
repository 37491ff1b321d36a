package app

import (
	"fmt"
	"io"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/readout"
	"github.com/helmholtz-physics/helmholtz/framework/run"
)

// writeTable prints observable, value +- error, exact value and deviation, and
// for Markov chains how well they mix.
func writeTable(out io.Writer, r *core.Results) {
	rows := readout.Rows(r)
	chains, model := false, false
	for _, row := range rows {
		chains, model = chains || row.Of.RHat > 0, model || row.Of.RHat == 0 && r.History != nil
	}
	w := newTable(out)
	header := "observable\tvalue +- error\tunits\texact\tdeviation"
	if chains {
		header += "\tchains"
	}
	fmt.Fprintln(w, header)
	for _, row := range rows {
		fmt.Fprintf(w, "%s\t%s%s\t%s\t%s\t%s", row.Name, row.Text(), row.Flag(), row.Units, row.ExactText(), row.Deviation())
		if mixing := row.Mixing(); mixing != "" {
			fmt.Fprint(w, "\t", mixing)
		}
		fmt.Fprintln(w)
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

// writeCauses prints each caution once, with the rows that carry it.
func writeCauses(out io.Writer, rows []readout.Row) {
	const most = 3
	for _, c := range readout.Causes(rows) {
		those := c.Names
		if more := len(those) - most; more > 1 {
			those = append(those[:most:most], fmt.Sprintf("%d more", more))
		}
		fmt.Fprintf(out, "(!) %s: %s\n", strings.Join(those, ", "), c.Text)
	}
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
