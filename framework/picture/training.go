package picture

import (
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// trained tells whether a history has a loss, its first column, that can be drawn.
func trained(h *core.History) bool {
	return h != nil && len(h.Columns) > 0 && slices.ContainsFunc(h.Columns[0].Data, drawable)
}

// MostMarks of a curve: more than a picture can show only make it large.
const MostMarks = 600

// trainingCurve draws what descends against the step, with a band of one standard error, the
// exact value where it is known, and the loss on rows for validation where there are some.
func trainingCurve(r *core.Results, chosen bool) (*plot.Plot, error) {
	name, count, label, axis := descends(r)
	found := curve{label: label, color: colors[0], band: true, marks: TrainingMarks(r.History, name, count)}
	steps := seenIn(found.marks)
	if len(steps) == 0 {
		return nil, core.Errorf(core.Invalid, "plot", r.Run.Name, "no training step has finite numbers")
	}
	if slices.ContainsFunc(steps, Mark.Bounded) {
		found.label += " ± standard error"
	}
	curves := []curve{found}
	low, high := steps[len(steps)-1].Y, steps[len(steps)-1].Y
	if exact, ok := r.Exact[name]; ok {
		level := exactLevel(exact/count, steps)
		if level.marks[0].Seen() {
			low, high = min(low, exact/count), max(high, exact/count)
		}
		curves = append(curves, level)
	}
	low, high = reach(steps, low, high)
	if held := validationCurve(r.History); slices.ContainsFunc(held.marks, Mark.Seen) {
		low, high = reach(seenIn(held.marks), low, high)
		curves = append(curves, held)
		if chosen {
			curves = append(curves, chosenStep(r, low, high)...)
		}
	}
	p := newPlot(r.Run.Name, "training step", axis)
	if err := addCurves(p, curves...); err != nil {
		return nil, err
	}
	p.Y.Min, p.Y.Max = widen(low, high, 0.05)
	return p, nil
}

// descends is the column that is drawn, what one value of it is divided by, and its names in
// the legend and at the axis: the variational free energy per site or particle; the loss where
// there is none, and where the loss on other rows stands beside it; the weighted sum of the
// losses of several terms.
func descends(r *core.Results) (name string, count float64, label, axis string) {
	has := func(name string) bool { return slices.ContainsFunc(r.History.Column(name), drawable) }
	name = "free_energy"
	switch first := r.History.Columns[0].Name; {
	case has(core.ValidationLoss):
		name = first
	case has(core.TotalLoss):
		name = core.TotalLoss
	case !has(name):
		name = first
	default:
		return name, float64(r.SamplesSpace.Count()), "variational bound", Label("F per "+r.SamplesSpace.Each(), r.Run.Units)
	}
	return name, 1, name, name
}

// exactLevel is a line at an exact value over the steps.
func exactLevel(exact float64, steps []Mark) curve {
	level := curve{label: "exact", color: exactColor, dashes: exactDashes}
	for _, x := range ends(steps) {
		level.marks = append(level.marks, Mark{x, exact, math.NaN()})
	}
	if len(level.marks) == 1 {
		level.glyph = draw.RingGlyph{} // not to be taken for the bound
	}
	return level
}

// seenIn are the marks that are no gaps.
func seenIn(marks []Mark) []Mark {
	return slices.DeleteFunc(slices.Clone(marks), func(m Mark) bool { return !m.Seen() })
}

// TrainingMarks are those of a column; a step that failed or is missing is a gap.
func TrainingMarks(h *core.History, name string, count float64) []Mark {
	return means(h.Step, h.Column(name), h.Column(name+"_stderr"), count, func(i int) bool { return i > 0 && h.Step[i] == h.Step[i-1]+1 })
}

// means are those of values, for each of so many, over equal pieces when there are more than
// a picture can show; their errors are those of these means. A piece ends at a value that is
// not finite, and where a step does not follow the one before, which are gaps.
func means(step []int64, value, stderr []float64, count float64, follows func(i int) bool) (marks []Mark) {
	piece := (len(value) + MostMarks - 1) / MostMarks
	for lo := 0; lo < len(value); {
		if !drawable(value[lo]) || lo > 0 && !follows(lo) {
			marks = append(marks, Mark{float64(step[lo]), math.NaN(), math.NaN()})
		}
		if !drawable(value[lo]) {
			lo++
			continue
		}
		hi := lo + 1
		for hi < min(lo+piece, len(value)) && drawable(value[hi]) && follows(hi) {
			hi++
		}
		sum, variance := 0.0, math.NaN()
		for _, v := range value[lo:hi] {
			sum += v
		}
		if stderr != nil {
			variance = 0
			for _, dy := range stderr[lo:hi] {
				variance += dy * dy
			}
		}
		n := float64(hi-lo) * count
		marks = append(marks, Mark{float64(step[lo]+step[hi-1]) / 2, sum / n, math.Sqrt(variance) / n})
		lo = hi
	}
	return marks
}

// ends are the first and the last x of marks, once if they are the same.
func ends(marks []Mark) []float64 {
	return slices.Compact([]float64{marks[0].X, marks[len(marks)-1].X})
}

// reach is the range of the later 90 % of the marks with their errors, so that the first
// steps from a random start do not flatten the rest, and from low to high.
func reach(marks []Mark, low, high float64) (lo, hi float64) {
	for _, m := range marks[len(marks)/10:] {
		dy := 0.0
		if m.Bounded() {
			dy = m.Err
		}
		low, high = min(low, m.Y-dy), max(high, m.Y+dy)
	}
	return low, high
}

// Thinned has the means of equal pieces where there are more marks than a picture can show.
func Thinned(marks []Mark) []Mark {
	if len(marks) <= 2*MostMarks {
		return marks
	}
	step, y, dy := make([]int64, len(marks)), make([]float64, len(marks)), make([]float64, len(marks))
	for i, m := range marks {
		step[i], y[i], dy[i] = int64(m.X), m.Y, m.Err
	}
	return means(step, y, dy, 1, func(int) bool { return true })
}
