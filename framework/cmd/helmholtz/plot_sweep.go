package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// drawSweep draws every scalar observable over the first swept key, with a curve
// for each value of the second.
func drawSweep(s *store.Sweep) ([]picture, error) {
	var all []picture
	for _, e := range s.Observables {
		curves := sweptCurves(s, e)
		if len(curves) == 0 {
			continue
		}
		p, err := sweepPlot(s, e, curves)
		if err != nil {
			return nil, fmt.Errorf("plot: %w", err)
		}
		all = append(all, picture{e.Name, p})
	}
	if len(all) == 0 {
		return nil, core.Errorf(core.Invalid, "plot", s.Name, "no point has a scalar observable")
	}
	return all, nil
}

// sweptCurve is a scalar observable over the first swept key, in its order.
type sweptCurve struct {
	label string // of the value of the second key, "" where there is none
	place int    // of this value, which decides the colour
	plotter.XYs
	plotter.YErrors
	exact plotter.XYs
}

// sweptCurves leaves out what is not finite; an unknown error has no bar.
func sweptCurves(s *store.Sweep, e store.Swept) []sweptCurve {
	if len(e.Axes) > len(s.Axes) {
		return nil
	}
	first, values := s.Axes[0], 1
	if len(s.Axes) == 2 {
		values = len(s.Axes[1].Values)
	}
	var curves []sweptCurve
	for k := range values {
		c := sweptCurve{place: k}
		if len(s.Axes) == 2 {
			c.label = s.Axes[1].Name + " = " + axisText(s.Axes[1], k)
		}
		order := make([]int, len(first.Values))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(first.Values[a], first.Values[b]) })
		for _, i := range order {
			x, at := first.Values[i], i*values+k
			if y := e.Value[at]; y-y == 0 {
				dy := e.Stderr[at]
				if dy-dy != 0 {
					dy = 0
				}
				c.XYs = append(c.XYs, plotter.XY{X: x, Y: y})
				c.YErrors = append(c.YErrors, struct{ Low, High float64 }{dy, dy})
			}
			if e.Exact != nil && !math.IsNaN(e.Exact[at]) {
				c.exact = append(c.exact, plotter.XY{X: x, Y: e.Exact[at]})
			}
		}
		if len(c.XYs) > 0 {
			curves = append(curves, c)
		}
	}
	return curves
}

func sweepPlot(s *store.Sweep, e store.Swept, curves []sweptCurve) (*plot.Plot, error) {
	p := newPlot(e.Long, axisLabel(s.Axes[0].Axis), named(e.Name, e.Units))
	if labels := s.Axes[0].Labels; labels != nil {
		p.NominalX(labels...)
	}
	var exactLine *plotter.Line
	entries := 0 // of the legend
	for _, c := range curves {
		line, points, err := plotter.NewLinePoints(c.XYs)
		if err != nil {
			return nil, err
		}
		bars, err := plotter.NewYErrorBars(c)
		if err != nil {
			return nil, err
		}
		colour := plotutil.DarkColors[c.place%len(plotutil.DarkColors)]
		line.Color, points.Color, bars.Color = colour, colour, colour
		line.Width, points.Shape, points.Radius = vg.Points(1), draw.CircleGlyph{}, vg.Points(2)
		p.Add(line, points, bars)
		if c.label != "" {
			p.Legend.Add(c.label, line, points)
			entries++
		}
		if len(c.exact) == 0 {
			continue
		}
		if exactLine, err = plotter.NewLine(c.exact); err != nil {
			return nil, err
		}
		exactLine.Color, exactLine.Width, exactLine.Dashes = colour, vg.Points(1), []vg.Length{vg.Points(4), vg.Points(3)}
		p.Add(exactLine)
	}
	if exactLine != nil {
		p.Legend.Add("exact", exactLine)
		entries++
	}
	const line = 0.06 // of the height
	p.Y.Max += line * float64(entries) * (p.Y.Max - p.Y.Min)
	return p, nil
}
