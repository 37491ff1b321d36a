package app

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/readout"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/helmholtz-physics/helmholtz/framework/thermo"
)

// sweptRow is a scalar observable at one point of a sweep.
type sweptRow struct {
	readout.Row
	point  int
	values []string // of the swept keys
}

// sweptRows are those of the points that report the observable; none if it is
// an array.
func sweptRows(s *store.Sweep, e store.Swept) (rows []sweptRow) {
	if len(e.Axes) > len(s.Axes) {
		return nil
	}
	for i := range e.Value {
		if !s.Finished[i] || math.IsNaN(e.Value[i]) && thermo.Derived(e.Name) {
			continue // not done, or too few points beside it for anything to follow
		}
		exact := math.NaN()
		if e.Exact != nil {
			exact = e.Exact[i]
		}
		r := readout.Row{Name: e.Name, Value: e.Value[i], Stderr: e.Stderr[i], Units: e.Units, Exact: exact, Cautions: e.CautionsAt(i)}
		rows = append(rows, sweptRow{r, i, pointValues(s, i)})
	}
	return rows
}

// pointValues are the values of the swept keys at a point.
func pointValues(s *store.Sweep, point int) []string {
	values := make([]string, len(s.Axes))
	for k := len(values) - 1; k >= 0; k-- {
		a := s.Axes[k]
		at := point % len(a.Values)
		point /= len(a.Values)
		values[k] = a.Text(at)
	}
	return values
}

// writeSweepTable prints every scalar observable over the points.
func writeSweepTable(out io.Writer, s *store.Sweep) {
	w := newTable(out)
	names := make([]string, len(s.Axes))
	for i, a := range s.Axes {
		names[i] = a.Name
	}
	fmt.Fprintf(w, "observable\t%s\tvalue +- error\tunits\texact\tdeviation\n", strings.Join(names, "\t"))
	for _, e := range s.Observables {
		name := e.Name
		for _, r := range sweptRows(s, e) {
			fmt.Fprintf(w, "%s\t%s\t%s%s\t%s\t%s\t%s\n", name, strings.Join(r.values, "\t"), r.Text(), r.Flag(), r.Units, r.ExactText(), r.Deviation())
			name = ""
		}
	}
	w.Flush()
	writeCautions(out, s.Observables, func(i int) string { return fmt.Sprintf("at point %d", i) })
	writeChecks(out, s)
	if s.ExactSource != "" {
		fmt.Fprintf(out, "exact: %s\n", s.ExactSource)
	}
	writeLimits(out, s)
}

// writeCautions prints the first caution of each observable, but none twice; place says where it has it.
func writeCautions(out io.Writer, observables []store.Swept, place func(i int) string) {
	seen := map[string]bool{}
	for _, e := range observables {
		all := 0
		first := ""
		for i, cautions := range e.PointCautions {
			if len(cautions) > 0 && first == "" {
				first = place(i) + ": " + cautions[0].Text
			}
			if len(cautions) > 0 {
				all++
			}
		}
		if all == 0 || seen[first] {
			continue
		}
		seen[first] = true
		if all > 1 {
			first += fmt.Sprintf("; and at %d others", all-1)
		}
		fmt.Fprintf(out, "(!) %s %s\n", e.Name, first)
	}
}

// writeSweepSummary is what show prints of a sweep.
func writeSweepSummary(out io.Writer, s *store.Sweep) {
	fmt.Fprintf(out, "%s: %d of %d points are done\n", s.Name, s.Done(), len(s.Finished))
	for i, finished := range s.Finished {
		if !finished {
			values := pointValues(s, i)
			for k, a := range s.Axes {
				values[k] = a.Key + " = " + values[k]
			}
			fmt.Fprintf(out, "missing: point %d (%s)\n", i, strings.Join(values, ", "))
		}
	}
	writeSweepTable(out, s)
}

// writeSweepJSON prints the points with their values and scalar observables.
func writeSweepJSON(out io.Writer, s *store.Sweep) error {
	type point struct {
		Sweep       map[string]string         `json:"sweep"`
		Observables map[string]jsonObservable `json:"observables"` // null where it is not finished
	}
	points := make([]point, len(s.Finished))
	for i := range points {
		points[i].Sweep = map[string]string{}
		for k, value := range pointValues(s, i) {
			points[i].Sweep[s.Axes[k].Key] = value
		}
		if s.Finished[i] {
			points[i].Observables = map[string]jsonObservable{}
		}
	}
	for _, e := range s.Observables {
		for _, r := range sweptRows(s, e) {
			o := jsonRow(r.Row)
			o.DerivedFrom, o.DerivedAs = e.Of, e.Way
			points[r.point].Observables[r.Name] = o
		}
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	shown := map[string]any{"name": s.Name, "points": points}
	if len(s.Limits) > 0 {
		shown["limits"] = jsonLimits(s)
	}
	return encoder.Encode(shown)
}
