package app

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5/replace"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/spf13/cobra"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func plotCommand() *cobra.Command {
	var evaluation evaluationFlag
	var block string
	var with []string
	cmd := &cobra.Command{
		Use:   "plot FILE|DIR",
		Short: "Draw the training curve, the array observables and the samples of a run folder, the scalar ones over a sweep, compared gradients, or coverage, as PNG and SVG",
		Long: "Draw what a run folder, the folder of a sweep or a file of results holds. Of a run file it is the folder NAME.out;\n" +
			"points of other works over a sweep are in the CSV file of its name beside it, or given by --with.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			path, beside, err := runFileFolder(args[0])
			if err != nil {
				return err
			}
			if block != "" {
				p, err := drawParameters(path, block)
				if err != nil {
					return err
				}
				return p.saveIn(path, cmd.OutOrStdout())
			}
			pictures, dir, err := drawPath(path, evaluation, append(beside, with...))
			if err != nil {
				return err
			}
			for _, p := range pictures {
				if err := p.saveIn(dir, cmd.OutOrStdout()); err != nil {
					return err
				}
			}
			return nil
		},
	}
	evaluation.flag(cmd)
	cmd.Flags().StringVar(&block, "parameters", "", "draw the `block` of the model's parameters that has this name in the newest checkpoint, as images of the sites, instead")
	cmd.Flags().StringArrayVar(&with, "with", nil, "draw the points in this CSV `file` over a sweep; may be given again. Columns are swept keys, observables, NAME_stderr and label; a line # source: .. names them")
	return cmd
}

// drawPath draws what a run folder, the folder of a sweep or a file of collected
// results, of compared gradients or of coverage holds; dir is where the pictures belong. with
// are files of points to draw over a sweep.
func drawPath(path string, evaluation evaluationFlag, with []string) (pictures []picture, dir string, err error) {
	if store.IsGradients(path) {
		g, err := store.ReadGradients(path)
		if err != nil {
			return nil, "", err
		}
		pictures, err = drawGradients(g)
		return pictures, filepath.Dir(path), err
	}
	if store.IsCoverage(path) {
		c, err := store.ReadCoverage(path)
		if err != nil {
			return nil, "", err
		}
		pictures, err = drawCoverage(tableOf(c, referenceAuto), path)
		return pictures, filepath.Dir(path), err
	}
	sweep, dir, err := readCollected(path)
	if err != nil {
		return nil, "", err
	}
	if sweep != nil && evaluation.seed > 0 {
		return nil, "", evaluation.ofSweep(path)
	}
	if sweep != nil {
		points, err := readOverlays(with, sweep)
		if err != nil {
			return nil, "", err
		}
		pictures, err = drawSweep(sweep, points)
		return pictures, dir, err
	}
	if len(with) > 0 {
		return nil, "", core.Errorf(core.Invalid, "plot", path, "points of other works, in %s, are drawn over a sweep, and this is none", with[0])
	}
	results, err := store.ReadResults(path)
	if err != nil {
		return nil, "", err
	}
	one, err := evaluation.of(results, path)
	if err != nil {
		return nil, "", err
	}
	if one != nil {
		pictures, err = drawEvaluation(one)
	} else {
		pictures, err = drawAll(results)
	}
	return pictures, path, err
}

// picture is a plot with the name of its files, and its height where that is not the usual one.
type picture struct {
	name string
	*plot.Plot
	height vg.Length
}

// saveIn writes its files to a folder, and says where they are.
func (p picture) saveIn(dir string, out io.Writer) error {
	for _, format := range []string{"png", "svg"} {
		file := filepath.Join(dir, p.name+"."+format)
		if err := p.save(file, format); err != nil {
			return err
		}
		fmt.Fprintln(out, file)
	}
	return nil
}

// save replaces the file, whole or not at all.
func (p picture) save(file, format string) error {
	drawn, err := p.WriterTo(pictureWidth, cmp.Or(p.height, pictureHeight), format)
	if err != nil {
		return core.Errorf(core.Internal, "plot", file, "%w", err)
	}
	return replace.File(file, func(w *os.File) error {
		_, err := drawn.WriteTo(w)
		return err
	})
}

// drawAll draws the training, if a step of it succeeded, every observable with one or two
// axes, and samples.
func drawAll(r *core.Results) ([]picture, error) {
	var all []picture
	if trained(r.History) {
		p, err := trainingCurve(r)
		if err != nil {
			return nil, err
		}
		all = append(all, picture{name: "training", Plot: p})
	}
	for _, e := range r.Estimates {
		if len(e.Axes) != 1 && len(e.Axes) != 2 {
			continue
		}
		p, err := arrayPlot(e)
		if err != nil {
			return nil, err
		}
		all = append(all, picture{name: e.Name, Plot: p})
	}
	p, err := samplesPlot(r)
	if err != nil {
		return nil, err
	}
	if p != nil {
		all = append(all, picture{name: "samples", Plot: p})
	}
	if len(all) == 0 {
		return nil, core.Errorf(core.Invalid, "plot", r.Run.Name, "the run has no training history, no observable with axes and no samples that can be drawn")
	}
	return all, nil
}

// trained tells whether a history has a loss, its first column, that can be drawn.
func trained(h *core.History) bool {
	return h != nil && len(h.Columns) > 0 && slices.ContainsFunc(h.Columns[0].Data, drawable)
}

// maxPoints of a curve: more than a picture can show only make it large.
const maxPoints = 600

// trainingCurve draws what descends against the step, with a band of one standard error, the
// exact value where it is known, and the loss on rows for validation where there are some.
func trainingCurve(r *core.Results) (*plot.Plot, error) {
	name, count, label, axis := descends(r)
	found := curve{label: label, color: colors[0], band: true, marks: trainingMarks(r.History, name, count)}
	steps := seenIn(found.marks)
	if len(steps) == 0 {
		return nil, core.Errorf(core.Invalid, "plot", r.Run.Name, "no training step has finite numbers")
	}
	if slices.ContainsFunc(steps, mark.bounded) {
		found.label += " ± standard error"
	}
	curves := []curve{found}
	low, high := steps[len(steps)-1].y, steps[len(steps)-1].y
	if exact, ok := r.Exact[name]; ok {
		level := exactLevel(exact/count, steps)
		if level.marks[0].seen() {
			low, high = min(low, exact/count), max(high, exact/count)
		}
		curves = append(curves, level)
	}
	low, high = reach(steps, low, high)
	if held := validationCurve(r.History); slices.ContainsFunc(held.marks, mark.seen) {
		low, high = reach(seenIn(held.marks), low, high)
		curves = append(append(curves, held), chosenStep(r, low, high)...)
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
		return name, float64(r.SamplesSpace.Count()), "variational bound", named("F per "+r.SamplesSpace.Each(), r.Run.Units)
	}
	return name, 1, name, name
}

// exactLevel is a line at an exact value over the steps.
func exactLevel(exact float64, steps []mark) curve {
	level := curve{label: "exact", color: exactColor, dashes: exactDashes}
	for _, x := range ends(steps) {
		level.marks = append(level.marks, mark{x, exact, math.NaN()})
	}
	if len(level.marks) == 1 {
		level.glyph = draw.RingGlyph{} // not to be taken for the bound
	}
	return level
}

// seenIn are the marks that are no gaps.
func seenIn(marks []mark) []mark {
	return slices.DeleteFunc(slices.Clone(marks), func(m mark) bool { return !m.seen() })
}

// trainingMarks are those of a column; a step that failed or is missing is a gap.
func trainingMarks(h *core.History, name string, count float64) []mark {
	return means(h.Step, h.Column(name), h.Column(name+"_stderr"), count, func(i int) bool { return i > 0 && h.Step[i] == h.Step[i-1]+1 })
}

// means are those of values, for each of so many, over equal pieces when there are more than
// a picture can show; their errors are those of these means. A piece ends at a value that is
// not finite, and where a step does not follow the one before, which are gaps.
func means(step []int64, value, stderr []float64, count float64, follows func(i int) bool) (marks []mark) {
	piece := (len(value) + maxPoints - 1) / maxPoints
	for lo := 0; lo < len(value); {
		if !drawable(value[lo]) || lo > 0 && !follows(lo) {
			marks = append(marks, mark{float64(step[lo]), math.NaN(), math.NaN()})
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
		marks = append(marks, mark{float64(step[lo]+step[hi-1]) / 2, sum / n, math.Sqrt(variance) / n})
		lo = hi
	}
	return marks
}

// ends are the first and the last x of marks, once if they are the same.
func ends(marks []mark) []float64 {
	return slices.Compact([]float64{marks[0].x, marks[len(marks)-1].x})
}

// reach is the range of the later 90 % of the marks with their errors, so that the first
// steps from a random start do not flatten the rest, and from low to high.
func reach(marks []mark, low, high float64) (lo, hi float64) {
	for _, m := range marks[len(marks)/10:] {
		dy := 0.0
		if m.bounded() {
			dy = m.dy
		}
		low, high = min(low, m.y-dy), max(high, m.y+dy)
	}
	return low, high
}
