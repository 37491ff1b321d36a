package follow

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/picture"
	"github.com/helmholtz-physics/helmholtz/framework/readout"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/helmholtz-physics/helmholtz/framework/watch"
)

const (
	// throughput is the curve of steps in a second, which no history has.
	throughput = "throughput"
	// mostCurves of a run are shown; a progress with more numbers is none of ours.
	mostCurves = 32
)

// firstCurves come before others, lastCurves after them.
var (
	firstCurves = []string{"free_energy", core.TotalLoss, "loss", core.ValidationLoss, "energy", "entropy"}
	lastCurves  = []string{"beta", "gradient_norm", "learning_rate"}
)

// curvesOf are the curves of a training: the history as far as the last snapshot has it, step by step, and
// from there on the rows of progress, which are single steps at most once a second.
func curvesOf(r *core.Results, rows []store.ProgressRow) (all []watch.Curve) {
	var h core.History
	if r != nil && r.History != nil {
		h = *r.History
	}
	late := rows
	if n := len(h.Step); n > 0 {
		at, _ := slices.BinarySearchFunc(rows, h.Step[n-1]+1, func(row store.ProgressRow, step int64) int { return int(row.Step - step) })
		late = rows[at:]
	}
	for _, name := range curveNames(&h, rows) {
		count := countOf(name, r)
		marks := picture.TrainingMarks(&h, name, count)
		before, after := rows[:len(rows)-len(late)], late
		if name == throughput {
			before, after = nil, rows
		}
		marks = picture.Thinned(append(marks, marksOf(name, before, after, count)...))
		c := watch.Curve{Name: name, Exact: watch.Number(notKnown), Log: slices.Contains([]string{"gradient_norm", "learning_rate"}, name)}
		c.Label, c.Units = curveLabel(name, &h, r)
		if exact, ok := exactValueOf(name, r); ok {
			c.Exact = watch.Number(exact / count)
		}
		bounded := slices.ContainsFunc(marks, picture.Mark.Bounded)
		for _, m := range marks {
			c.X, c.Y = append(c.X, m.X), append(c.Y, m.Y)
			if bounded {
				c.DY = append(c.DY, m.Err)
			}
		}
		all = append(all, c)
	}
	return all
}

func exactValueOf(name string, r *core.Results) (exact float64, ok bool) {
	if r == nil {
		return 0, false
	}
	exact, ok = r.Exact[name]
	return exact, ok
}

// curveNames are those of the columns of the history and of the numbers of progress, but of errors, which are
// the bands of others.
func curveNames(h *core.History, rows []store.ProgressRow) []string {
	found := map[string]bool{}
	for _, c := range h.Columns {
		found[c.Name] = true
	}
	if len(rows) > 0 {
		for name := range rows[len(rows)-1].Numbers {
			found[name] = true
		}
		found[throughput] = true
	}
	delete(found, "step")
	delete(found, "wall_seconds")
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(found)), func(name string) bool {
		of, isError := strings.CutSuffix(name, "_stderr")
		return isError && found[of] || slices.Contains(firstCurves, name) || slices.Contains(lastCurves, name) || name == throughput
	})
	known := func(names []string) []string {
		return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !found[name] })
	}
	first := firstCurves
	if found["free_energy"] && !found[core.ValidationLoss] { // then the loss says the same once more
		first = []string{"free_energy", core.TotalLoss, "energy", "entropy", "loss"}
	}
	all := slices.Concat(known(first), names, known(lastCurves), known([]string{throughput}))
	return all[:min(len(all), mostCurves)]
}

// countOf is what a quantity is divided by: the number of sites or particles of those that grow with it.
func countOf(name string, r *core.Results) float64 {
	if _, extensive := readout.Symbol(name); extensive && r != nil {
		return math.Max(1, float64(r.SamplesSpace.Count()))
	}
	return 1
}

// curveLabel is what people call a curve, with its units.
func curveLabel(name string, h *core.History, r *core.Results) (label, units string) {
	for _, c := range h.Columns {
		if c.Name == name {
			units = c.Units
		}
		if units == "1/1" { // of an energy without units
			units = "1"
		}
	}
	if symbol, ok := readout.Symbol(name); ok && r != nil && r.SamplesSpace.Count() > 0 {
		if units == "" && name != "entropy" {
			units = r.Run.Units
		}
		return strings.ReplaceAll(name, "_", " ") + " " + symbol + " / " + r.SamplesSpace.Each(), units
	}
	if name == throughput {
		return name, "steps/s"
	}
	if name == "beta" && units == "" && r != nil && r.Run.Units != "" && r.Run.Units != "1" {
		units = "1/" + r.Run.Units
	}
	return strings.ReplaceAll(name, "_", " "), units
}

// marksOf are those of rows of progress; before are the rows that come before them.
func marksOf(name string, before, rows []store.ProgressRow, count float64) []picture.Mark {
	if name == throughput {
		return speeds(before, rows)
	}
	marks := make([]picture.Mark, len(rows))
	for i, row := range rows {
		marks[i] = picture.Mark{X: float64(row.Step), Y: numberIn(row, name) / count, Err: numberIn(row, name+"_stderr") / count}
	}
	return marks
}

func numberIn(row store.ProgressRow, name string) float64 {
	if x, ok := row.Numbers[name]; ok {
		return x
	}
	return notKnown
}

// speeds are the steps in a second since the row before; a gap where time did not pass between them.
func speeds(before, rows []store.ProgressRow) (marks []picture.Mark) {
	var last *store.ProgressRow
	if len(before) > 0 {
		last = &before[len(before)-1]
	}
	for i := range rows {
		row := &rows[i]
		if last != nil {
			speed := notKnown
			if steps, seconds := row.Step-last.Step, row.WallSeconds-last.WallSeconds; steps > 0 && seconds > 0 {
				speed = float64(steps) / seconds
			}
			marks = append(marks, picture.Mark{X: float64(row.Step), Y: speed, Err: notKnown})
		}
		last = row
	}
	return marks
}
