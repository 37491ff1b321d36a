package app

import (
	"fmt"
	"io"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/readout"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
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
			fmt.Fprintf(w, "  %s\t%s%s\t%s\n", e.Name, limitPoint(e, i), stats.PlusMinus(v, e.Stderr[i]), e.Units)
		}
	}
	w.Flush()
}

// limitPoint is the value of the other swept key that a limit belongs to.
func limitPoint(e core.Estimate, i int) string {
	if len(e.Axes) == 0 {
		return ""
	}
	return fmt.Sprintf("%s = %g\t", e.Axes[0].Name, e.Axes[0].Values[i])
}

// jsonLimit is the value of an infinite system.
type jsonLimit struct {
	Value  *float64           `json:"value"`
	Stderr *float64           `json:"stderr"`
	Units  string             `json:"units"`
	Sweep  map[string]float64 `json:"sweep,omitempty"` // of the other swept key
}

func jsonLimits(s *store.Sweep) map[string][]jsonLimit {
	all := map[string][]jsonLimit{}
	for _, e := range s.Limits {
		for i, v := range e.Value {
			l := jsonLimit{Value: readout.Known(v), Stderr: readout.Known(e.Stderr[i]), Units: e.Units}
			for _, a := range e.Axes {
				l.Sweep = map[string]float64{a.Name: a.Values[i]}
			}
			all[e.Name] = append(all[e.Name], l)
		}
	}
	return all
}
