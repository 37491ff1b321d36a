package main

import (
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5/replace"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/spf13/cobra"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

func plotCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "plot DIR",
		Short: "Draw the training curve and the array observables of a run folder, or the scalar ones over a sweep, as PNG and SVG",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			pictures, dir, err := drawPath(args[0])
			if err != nil {
				return err
			}
			for _, p := range pictures {
				for _, format := range []string{"png", "svg"} {
					file := filepath.Join(dir, p.name+"."+format)
					if err := p.save(file, format); err != nil {
						return err
					}
					fmt.Fprintln(cmd.OutOrStdout(), file)
				}
			}
			return nil
		},
	}
}

// drawPath draws what a run folder, the folder of a sweep or a file of collected
// results holds; dir is where the pictures belong.
func drawPath(path string) (pictures []picture, dir string, err error) {
	sweep, dir, err := readCollected(path)
	if err != nil {
		return nil, "", err
	}
	if sweep != nil {
		pictures, err = drawSweep(sweep)
		return pictures, dir, err
	}
	results, err := store.ReadResults(path)
	if err != nil {
		return nil, "", err
	}
	pictures, err = drawAll(results)
	return pictures, path, err
}

// picture is a plot with the name of its files.
type picture struct {
	name string
	*plot.Plot
}

// save replaces the file, whole or not at all.
func (p picture) save(file, format string) error {
	drawn, err := p.WriterTo(16*vg.Centimeter, 10*vg.Centimeter, format)
	if err != nil {
		return core.Errorf(core.Internal, "plot", file, "%w", err)
	}
	return replace.File(file, func(w *os.File) error {
		_, err := drawn.WriteTo(w)
		return err
	})
}

// drawAll draws the training, if a step of it succeeded, and every observable
// with one or two axes.
func drawAll(r *core.Results) ([]picture, error) {
	var all []picture
	if trained(r.History) {
		p, err := trainingCurve(r)
		if err != nil {
			return nil, err
		}
		all = append(all, picture{"training", p})
	}
	for _, e := range r.Estimates {
		if len(e.Axes) != 1 && len(e.Axes) != 2 {
			continue
		}
		p, err := arrayPlot(e)
		if err != nil {
			return nil, err
		}
		all = append(all, picture{e.Name, p})
	}
	if len(all) == 0 {
		return nil, core.Errorf(core.Invalid, "plot", r.Run.Name, "the run has no training history and no observable with axes")
	}
	return all, nil
}

func trained(h *core.History) bool {
	if h == nil {
		return false
	}
	step, _, _ := finiteRows(h, "loss")
	return len(step) > 0
}

var (
	curveColor = color.RGBA{R: 31, G: 97, B: 161, A: 255}
	bandColor  = color.NRGBA{R: 31, G: 97, B: 161, A: 60}
	exactColor = color.RGBA{R: 190, G: 40, B: 40, A: 255}
)

// maxPoints of a curve: more than a picture can show only make it large.
const maxPoints = 600

// trainingCurve draws the variational free energy per site or particle
// against the step, with a band of one standard error, and the exact value
// where it is known; the loss where there is no free energy.
func trainingCurve(r *core.Results) (*plot.Plot, error) {
	name, count := "free_energy", float64(r.SamplesSpace.Count())
	p := newPlot(r.Run.Name, "training step", fmt.Sprintf("F per %s (%s)", r.SamplesSpace.Each(), r.Run.Units))
	step, value, stderr := finiteRows(r.History, name)
	label := "variational bound"
	if len(step) == 0 {
		name, count, label = "loss", 1, "loss"
		p.Y.Label.Text = "loss"
		if step, value, stderr = finiteRows(r.History, name); len(step) == 0 {
			return nil, core.Errorf(core.Invalid, "plot", r.Run.Name, "no training step has finite numbers")
		}
	}
	curve, band := curveAndBand(step, value, stderr, count)
	line, err := addCurve(p, curve, band)
	if err != nil {
		return nil, err
	}
	p.Legend.Add(label, line)
	low := curve[len(curve)-1].Y
	if exact, ok := r.Exact[name]; ok {
		level := exact / count
		low = min(low, level)
		exactLine, err := plotter.NewLine(plotter.XYs{{X: curve[0].X, Y: level}, {X: curve[len(curve)-1].X, Y: level}})
		if err != nil {
			return nil, fmt.Errorf("plot: %w", err)
		}
		exactLine.Color, exactLine.Width, exactLine.Dashes = exactColor, vg.Points(1), []vg.Length{vg.Points(4), vg.Points(3)}
		p.Add(exactLine)
		p.Legend.Add("exact", exactLine)
	}
	p.Y.Min, p.Y.Max = window(curve, low)
	return p, nil
}

// finiteRows is a column of the history without the steps that failed, with
// its standard error where the history has one.
func finiteRows(h *core.History, name string) (step []int64, value, stderr []float64) {
	errors := h.Column(name + "_stderr")
	for i, v := range h.Column(name) {
		if v-v != 0 { // NaN and both infinities
			continue
		}
		step, value = append(step, h.Step[i]), append(value, v)
		if errors != nil {
			stderr = append(stderr, errors[i])
		} else {
			stderr = append(stderr, math.NaN())
		}
	}
	return step, value, stderr
}

func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Legend.Top = true
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.TickerFunc(ticks), plot.TickerFunc(ticks)
	return p
}

// addCurve draws a line over its band.
func addCurve(p *plot.Plot, curve, band plotter.XYs) (*plotter.Line, error) {
	polygon, err := plotter.NewPolygon(band)
	if err != nil {
		return nil, fmt.Errorf("plot: %w", err)
	}
	polygon.Color, polygon.LineStyle.Width = bandColor, 0
	line, err := plotter.NewLine(curve)
	if err != nil {
		return nil, fmt.Errorf("plot: %w", err)
	}
	line.Color, line.Width = curveColor, vg.Points(1)
	p.Add(polygon, line)
	return line, nil
}

// ticks are at most seven round numbers from lo to hi, with as many decimals as
// tell them apart.
func ticks(lo, hi float64) []plot.Tick {
	const most = 6 // intervals
	step := math.Pow(10, math.Floor(math.Log10((hi-lo)/most)))
	for _, round := range []float64{1, 2, 5, 10} {
		if round*step >= (hi-lo)/most {
			step *= round
			break
		}
	}
	decimals := int(max(0, -math.Floor(math.Log10(step)+1e-9)))
	var marks []plot.Tick
	for k := math.Ceil(lo/step - 1e-9); k*step <= hi+1e-9*step; k++ {
		marks = append(marks, plot.Tick{Value: k * step, Label: strconv.FormatFloat(k*step+0, 'f', decimals, 64)}) // +0: no -0
	}
	return marks
}

// curveAndBand averages the history over equal pieces when it is longer than
// a picture can show; the band is one standard error of these means.
func curveAndBand(step []int64, free, stderr []float64, count float64) (curve, band plotter.XYs) {
	piece := (len(free) + maxPoints - 1) / maxPoints
	var upper, lower plotter.XYs
	for lo := 0; lo < len(free); lo += piece {
		hi := min(lo+piece, len(free))
		mean, variance := 0.0, 0.0
		for i := lo; i < hi; i++ {
			mean += free[i]
			variance += stderr[i] * stderr[i]
		}
		n := float64(hi - lo)
		x, y, dy := float64(step[lo]+step[hi-1])/2, mean/n/count, math.Sqrt(variance)/n/count
		if math.IsNaN(dy) {
			dy = 0
		}
		curve = append(curve, plotter.XY{X: x, Y: y})
		upper = append(upper, plotter.XY{X: x, Y: y + dy})
		lower = append(lower, plotter.XY{X: x, Y: y - dy})
	}
	band = upper
	for i := len(lower) - 1; i >= 0; i-- {
		band = append(band, lower[i])
	}
	return curve, band
}

// window is the vertical range: the later 90 % of the curve, so that the
// first steps from a random start do not flatten the rest.
func window(curve plotter.XYs, low float64) (lo, hi float64) {
	hi = curve[len(curve)-1].Y
	for _, point := range curve[len(curve)/10:] {
		low, hi = min(low, point.Y), max(hi, point.Y)
	}
	margin := 0.05 * (hi - low)
	if margin == 0 {
		margin = 0.01 * max(1, math.Abs(hi))
	}
	return low - margin, hi + margin
}
