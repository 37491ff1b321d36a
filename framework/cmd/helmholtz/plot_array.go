package main

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette/moreland"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	// fewRows of an observable with two axes are drawn as curves: their errors
	// can be seen, and no more bands can be told apart.
	fewRows = 4
	// fewPoints have room for a glyph each.
	fewPoints = 40
)

// arrayPlot draws an observable over its axis with a band of one standard error,
// and over its two axes as curves over the inner one, or as a heat map, outermost
// axis upwards, where the outer one is long.
func arrayPlot(e core.Estimate) (*plot.Plot, error) {
	inner := e.Axes[len(e.Axes)-1]
	if len(e.Axes) == 2 && len(e.Axes[0].Values) > fewRows {
		return heatMap(e)
	}
	p := newPlot(e.Long, axisLabel(inner), named(e.Name, e.Units))
	return p, addCurves(p, arrayCurves(e)...)
}

func axisLabel(a core.Axis) string { return named(a.Name, a.Units) }

// arrayCurves are one of an observable with one axis, and one for each value of
// the outer axis of an observable with two.
func arrayCurves(e core.Estimate) []curve {
	inner, rows := e.Axes[len(e.Axes)-1].Values, 1
	if len(e.Axes) == 2 {
		rows = len(e.Axes[0].Values)
	}
	curves := make([]curve, rows)
	for k := range curves {
		c := curve{color: colors[k%len(colors)], band: true, marks: make([]mark, len(inner))}
		for i, x := range inner {
			at := k*len(inner) + i
			c.marks[i] = mark{x, e.Value[at], e.Stderr[at]}
		}
		c.label = estimateLabel(c.marks)
		if len(e.Axes) == 2 {
			outer := e.Axes[0]
			c.label = named(outer.Name+" = "+strconv.FormatFloat(outer.Values[k], 'g', -1, 64), outer.Units)
		}
		sortMarks(c.marks)
		if len(inner) <= fewPoints {
			c.glyph = glyphs[k%len(glyphs)]
		}
		curves[k] = c
	}
	return curves
}

// heatMap leaves white what is not finite.
func heatMap(e core.Estimate) (*plot.Plot, error) {
	g := grid{e}
	lo, hi := g.limits()
	title := named(e.Long, e.Units)
	if largest := largestError(e); largest > 0 {
		title += fmt.Sprintf(", standard errors up to %.2g", largest)
	}
	if lo > hi {
		title += ": no finite value"
	}
	if lo, hi = widen(lo, hi, 0); lo == hi {
		hi = math.Nextafter(lo, math.Inf(1))
	}
	p := newPlot(title, axisLabel(e.Axes[1]), axisLabel(e.Axes[0]))
	shades := moreland.Kindlmann().Palette(255).Colors() // their brightness rises, in print too
	bar := colorScale{lo, hi, shades[:230]}              // the last are as white as what is not finite
	h := plotter.NewHeatMap(g, bar)
	h.Min, h.Max = lo, hi
	p.X.Tick.Marker = ticker{whole: true, style: &p.X.Tick.Label, room: 0.6 * pictureWidth}
	p.Y.Tick.Marker = ticker{whole: true}
	p.Add(h, bar, room{right: bar.width(p)})
	return p, nil
}

func largestError(e core.Estimate) float64 {
	all := 0.0
	for i, dy := range e.Stderr {
		if drawable(e.Value[i]) && drawable(dy) {
			all = max(all, dy)
		}
	}
	return all
}

// colorScale is the palette of a heat map with its numbers, at the right of it.
type colorScale struct {
	lo, hi float64
	shades []color.Color
}

const (
	scaleGap   = 2 * margin
	scaleWidth = 2 * margin
)

// Colors from low to high.
func (s colorScale) Colors() []color.Color { return s.shades }

// width with the numbers.
func (s colorScale) width(p *plot.Plot) vg.Length {
	width := vg.Length(0)
	for _, tick := range (ticker{}).Ticks(s.lo, s.hi) {
		width = max(width, p.Y.Tick.Label.Width("  "+tick.Label))
	}
	return scaleGap + scaleWidth + width
}

// Plot draws the scale beside the data.
func (s colorScale) Plot(c draw.Canvas, p *plot.Plot) {
	left := c.Max.X + scaleGap
	height := c.Max.Y - c.Min.Y
	for i, shade := range s.shades {
		bottom := c.Min.Y + height*vg.Length(i)/vg.Length(len(s.shades))
		area := vg.Rectangle{Min: vg.Point{X: left, Y: bottom}, Max: vg.Point{X: left + scaleWidth, Y: c.Max.Y}}
		c.SetColor(shade)
		c.Fill(area.Path()) // the next covers what is above its own strip: no seams
	}
	style := p.Y.Tick.Label
	style.XAlign = draw.XLeft
	descent := style.FontExtents().Descent
	for _, tick := range (ticker{}).Ticks(s.lo, s.hi) {
		y := c.Min.Y + height*vg.Length((tick.Value-s.lo)/(s.hi-s.lo))
		c.StrokeLine2(p.Y.Tick.LineStyle, left+scaleWidth, y, left+scaleWidth+margin/2, y)
		c.FillText(style, vg.Point{X: left + scaleWidth + margin, Y: y + descent}, tick.Label)
	}
}

// grid is an observable with two axes as plotter.GridXYZ. Labels that do not
// rise cannot be places on an axis: their numbers are, instead.
type grid struct{ core.Estimate }

func (g grid) Dims() (columns, rows int) { return len(g.Axes[1].Values), len(g.Axes[0].Values) }
func (g grid) X(column int) float64      { return place(g.Axes[1].Values, column) }
func (g grid) Y(row int) float64         { return place(g.Axes[0].Values, row) }

// Z is NaN where the value cannot be drawn.
func (g grid) Z(column, row int) float64 {
	if v := g.Value[row*len(g.Axes[1].Values)+column]; drawable(v) {
		return v
	}
	return math.NaN()
}

func place(labels []float64, i int) float64 {
	for k := 1; k < len(labels); k++ {
		if !(labels[k] > labels[k-1]) {
			return float64(i)
		}
	}
	return labels[i]
}

// limits are those of what can be drawn; lo > hi where nothing can.
func (g grid) limits() (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, v := range g.Value {
		if drawable(v) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	return lo, hi
}
