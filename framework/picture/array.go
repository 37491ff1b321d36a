package picture

import (
	"fmt"
	"image/color"
	"slices"
	"strconv"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette/moreland"
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
	if len(e.Axes) == 2 && inner.Name == core.AxisLatent && len(inner.Values) > 1 {
		return latentMap(e)
	}
	if len(e.Axes) == 2 && len(e.Axes[0].Values) > fewRows {
		return heatMap(e)
	}
	p := newPlot(e.Long, AxisLabel(inner), Label(e.Name, e.Units))
	return p, addCurves(p, arrayCurves(e)...)
}

// AxisLabel is the name of an axis with its units.
func AxisLabel(a core.Axis) string { return Label(a.Name, a.Units) }

// arrayCurves are one of an observable with one axis, and one for each value of
// the outer axis of an observable with two.
func arrayCurves(e core.Estimate) []curve {
	inner, rows := e.Axes[len(e.Axes)-1].Values, 1
	if len(e.Axes) == 2 {
		rows = len(e.Axes[0].Values)
	}
	curves := make([]curve, rows)
	for k := range curves {
		c := curve{color: colors[k%len(colors)], band: true, edges: true, marks: make([]Mark, len(inner))}
		for i, x := range inner {
			at := k*len(inner) + i
			c.marks[i] = Mark{x, e.Value[at], e.Stderr[at]}
		}
		c.label = estimateLabel(c.marks)
		if len(e.Axes) == 2 {
			outer := e.Axes[0]
			c.label = Label(outer.Name+" = "+strconv.FormatFloat(outer.Values[k], 'g', -1, 64), outer.Units)
		}
		SortMarks(c.marks)
		if len(inner) <= fewPoints {
			c.glyph = glyphs[k%len(glyphs)]
		}
		curves[k] = c
	}
	return curves
}

// heatMap leaves white what cannot be drawn.
func heatMap(e core.Estimate) (*plot.Plot, error) {
	title := Label(e.Long, e.Units)
	if largest := LargestError(e); largest > 0 {
		title += fmt.Sprintf(", standard errors up to %.2g", largest)
	}
	if !slices.ContainsFunc(e.Value, drawable) {
		title += ": no finite value"
	}
	p := newPlot(title, AxisLabel(e.Axes[1]), AxisLabel(e.Axes[0]))
	p.X.Tick.Marker = ticker{whole: true, style: &p.X.Tick.Label, room: 0.6 * pictureWidth}
	p.Y.Tick.Marker = ticker{whole: true}
	scale := HeatScale(e.Value)
	m := cells{e.Value, edges(e.Axes[1].Values), edges(e.Axes[0].Values), scale}
	p.Add(m, scale, room{right: scale.width(p)})
	return p, nil
}

// HeatScale is that of a heat map of numbers.
func HeatScale(values []float64) Scale {
	lo, hi := rangeOf(values, 1, 0)
	shades := moreland.Kindlmann().Palette(255).Colors() // their brightness rises, in print too
	return Scale{lo, hi, shades[:230]}                   // the last are as white as what is not drawn
}

// LargestError of the numbers that can be drawn, 0 where none is known.
func LargestError(e core.Estimate) float64 {
	all := 0.0
	for i, dy := range e.Stderr {
		if drawable(e.Value[i]) && drawable(dy) {
			all = max(all, dy)
		}
	}
	return all
}

// Scale is the palette of a heat map with its numbers, at the right of it.
type Scale struct {
	Low, High float64       // the numbers of the first and the last shade
	Shades    []color.Color // at equal distances
}

const (
	scaleGap   = 2 * margin
	scaleWidth = 2 * margin
)

// shade of a value; white where it cannot be drawn.
func (s Scale) shade(v float64) color.Color {
	if !drawable(v) {
		return color.White
	}
	return s.Shades[int(float64(len(s.Shades)-1)*(v-s.Low)/(s.High-s.Low)+0.5)]
}

// width with the numbers.
func (s Scale) width(p *plot.Plot) vg.Length {
	width := vg.Length(0)
	for _, tick := range (ticker{}).Ticks(s.Low, s.High) {
		width = max(width, p.Y.Tick.Label.Width("  "+tick.Label))
	}
	return scaleGap + scaleWidth + width
}

// Plot draws the scale beside the data.
func (s Scale) Plot(c draw.Canvas, p *plot.Plot) {
	left := c.Max.X + scaleGap
	height := c.Max.Y - c.Min.Y
	for i, shade := range s.Shades {
		bottom := c.Min.Y + height*vg.Length(i)/vg.Length(len(s.Shades))
		area := vg.Rectangle{Min: vg.Point{X: left, Y: bottom}, Max: vg.Point{X: left + scaleWidth, Y: c.Max.Y}}
		c.SetColor(shade)
		c.Fill(area.Path()) // the next covers what is above its own strip: no seams
	}
	outline := vg.Rectangle{Min: vg.Point{X: left, Y: c.Min.Y}, Max: vg.Point{X: left + scaleWidth, Y: c.Max.Y}}.Path()
	c.SetColor(p.Y.LineStyle.Color)
	c.SetLineWidth(p.Y.LineStyle.Width)
	c.Stroke(outline) // a palette that ends in white has an end, too
	style := p.Y.Tick.Label
	style.XAlign = draw.XLeft
	descent := style.FontExtents().Descent
	for _, tick := range (ticker{}).Ticks(s.Low, s.High) {
		y := c.Min.Y + height*vg.Length((tick.Value-s.Low)/(s.High-s.Low))
		c.StrokeLine2(p.Y.Tick.LineStyle, left+scaleWidth, y, left+scaleWidth+margin/2, y)
		c.FillText(style, vg.Point{X: left + scaleWidth + margin, Y: y + descent}, tick.Label)
	}
}

// cells are the values of a heat map, row by row, between the edges of columns and
// rows.
type cells struct {
	value []float64
	x, y  []float64
	scale Scale
}

// DataRange is that of all cells.
func (m cells) DataRange() (xmin, xmax, ymin, ymax float64) {
	return m.x[0], m.x[len(m.x)-1], m.y[0], m.y[len(m.y)-1]
}

// Plot paints the cells. Each goes a little below the next ones, which would
// else be set off by the seams of two soft borders.
func (m cells) Plot(c draw.Canvas, p *plot.Plot) {
	const below = vg.Length(1)
	trX, trY := p.Transforms(&c)
	columns := len(m.x) - 1
	for i, v := range m.value {
		column, row := i%columns, i/columns
		area := vg.Rectangle{Min: vg.Point{X: trX(m.x[column]), Y: trY(m.y[row])}, Max: vg.Point{X: trX(m.x[column+1]), Y: trY(m.y[row+1])}}
		area.Max.X, area.Max.Y = min(area.Max.X+below, c.Max.X), min(area.Max.Y+below, c.Max.Y)
		c.SetColor(m.scale.shade(v))
		c.Fill(area.Path())
	}
}

// edges are halfway between the places of labels. Labels that do not rise cannot
// be places on an axis: their numbers are, instead.
func edges(labels []float64) []float64 {
	places := make([]float64, len(labels))
	rises := drawable(labels[0])
	for i := range labels {
		places[i] = float64(i)
		rises = rises && drawable(labels[i]) && (i == 0 || labels[i] > labels[i-1])
	}
	if rises {
		copy(places, labels)
	}
	last := len(places) - 1
	if last == 0 {
		return []float64{places[0] - 0.5, places[0] + 0.5}
	}
	all := []float64{places[0] - (places[1]-places[0])/2}
	for i := range last {
		all = append(all, (places[i]+places[i+1])/2)
	}
	return append(all, places[last]+(places[last]-places[last-1])/2)
}
