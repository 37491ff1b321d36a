package app

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/readout"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// writeChecks prints how far what was derived and what was measured agree.
func writeChecks(out io.Writer, s *store.Sweep) {
	ways := newTable(out)
	for _, e := range s.Observables {
		if e.Way == "" || e.Beside == "" {
			continue
		}
		fmt.Fprintf(ways, "consistency:\t%s and %s = %s\tchi^2/points %.3g/%d\n", e.Beside, e.Name, e.Way, e.Chi2, e.Compared)
	}
	ways.Flush()
}

// writeLimits prints the values of infinite systems.
func writeLimits(out io.Writer, s *store.Sweep) {
	if len(s.Limits) == 0 {
		return
	}
	fmt.Fprintln(out, "\nextrapolated in 1/N:")
	w := newTable(out)
	for _, e := range s.Limits {
		for i, v := range e.Value {
			if math.IsNaN(v) {
				continue
			}
			r := readout.Row{Value: v, Stderr: e.Stderr[i], Cautions: e.CautionsAt(i)}
			fmt.Fprintf(w, "  %s\t%s%s%s\t%s\n", e.Name, limitPoint(e, i), r.Text(), r.Flag(), e.Units)
		}
	}
	w.Flush()
	writeCautions(out, s.Limits, func(i int) string { return limitOf(s.Limits[0], i) })
}

// limitPoint is the column with the value of the other swept key that a limit belongs to.
func limitPoint(e store.Swept, i int) string {
	if len(e.Axes) == 0 {
		return ""
	}
	return fmt.Sprintf("%s = %g\t", e.Axes[0].Name, e.Axes[0].Values[i])
}

// limitOf says at which value of it a limit has a caution.
func limitOf(e store.Swept, i int) string {
	if len(e.Axes) == 0 {
		return "in the limit"
	}
	return "in the limit at " + strings.TrimSuffix(limitPoint(e, i), "\t")
}

// jsonLimit is the value of an infinite system.
type jsonLimit struct {
	Value  *float64           `json:"value"`
	Stderr *float64           `json:"stderr"`
	Units  string             `json:"units"`
	Sweep  map[string]float64 `json:"sweep,omitempty"` // of the other swept key
	jsonCautions
}

func jsonLimits(s *store.Sweep) map[string][]jsonLimit {
	all := map[string][]jsonLimit{}
	for _, e := range s.Limits {
		for i, v := range e.Value {
			l := jsonLimit{Value: readout.Known(v), Stderr: readout.Known(e.Stderr[i]), Units: e.Units, jsonCautions: cautionsJSON(e.CautionsAt(i))}
			for _, a := range e.Axes {
				l.Sweep = map[string]float64{a.Name: a.Values[i]}
			}
			all[e.Name] = append(all[e.Name], l)
		}
	}
	return all
}
