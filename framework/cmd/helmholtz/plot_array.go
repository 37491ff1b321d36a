package main

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette/moreland"
	"gonum.org/v1/plot/plotter"
)

// arrayPlot draws an observable over its axis with a band of one standard
// error, or over its two axes as a heat map, outermost axis upwards.
func arrayPlot(e core.Estimate) (*plot.Plot, error) {
	if len(e.Axes) == 1 {
		p := newPlot(e.Long, axisLabel(e.Axes[0]), named(e.Name, e.Units))
		curve, band := arrayCurve(e)
		if len(curve) == 0 {
			return p, nil
		}
		_, err := addCurve(p, curve, band)
		return p, err
	}
	g := grid{e}
	lo, hi := g.limits()
	p := newPlot(e.Long+": "+named(fmt.Sprintf("%.3g to %.3g", lo, hi), e.Units), axisLabel(e.Axes[1]), axisLabel(e.Axes[0]))
	if lo == hi {
		hi += math.Max(1, math.Abs(hi)) // a range to paint in
	}
	h := plotter.NewHeatMap(g, moreland.SmoothBlueRed().Palette(255))
	h.Min, h.Max = lo, hi
	p.Add(h)
	return p, nil
}

func axisLabel(a core.Axis) string { return named(a.Name, a.Units) }

// named is a name with its units, if it has any.
func named(name, units string) string {
	if units == "1" || units == "" {
		return name
	}
	return fmt.Sprintf("%s (%s)", name, units)
}

// arrayCurve leaves out what is not finite; an unknown error has no width.
func arrayCurve(e core.Estimate) (curve, band plotter.XYs) {
	var lower plotter.XYs
	for i, y := range e.Value {
		if y-y != 0 { // NaN and both infinities
			continue
		}
		x, dy := e.Axes[0].Values[i], e.Stderr[i]
		if dy-dy != 0 {
			dy = 0
		}
		curve = append(curve, plotter.XY{X: x, Y: y})
		band = append(band, plotter.XY{X: x, Y: y + dy})
		lower = append(lower, plotter.XY{X: x, Y: y - dy})
	}
	slices.Reverse(lower)
	return curve, append(band, lower...)
}

// grid is an observable with two axes as plotter.GridXYZ. Labels that do not
// rise cannot be places on an axis: their numbers are, instead.
type grid struct{ core.Estimate }

func (g grid) Dims() (columns, rows int) { return len(g.Axes[1].Values), len(g.Axes[0].Values) }
func (g grid) X(column int) float64      { return place(g.Axes[1].Values, column) }
func (g grid) Y(row int) float64         { return place(g.Axes[0].Values, row) }
func (g grid) Z(column, row int) float64 { return g.Value[row*len(g.Axes[1].Values)+column] }

func place(labels []float64, i int) float64 {
	for k := 1; k < len(labels); k++ {
		if !(labels[k] > labels[k-1]) {
			return float64(i)
		}
	}
	return labels[i]
}

// limits are those of the finite values; 0 and 0 where there are none.
func (g grid) limits() (lo, hi float64) {
	first := true
	for _, v := range g.Value {
		if v-v != 0 {
			continue
		}
		if first {
			lo, hi, first = v, v, false
		}
		lo, hi = min(lo, v), max(hi, v)
	}
	return lo, hi
}
