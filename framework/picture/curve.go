package picture

import (
	"cmp"
	"fmt"
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Mark is a value over x with its standard error, NaN where that is unknown. A
// value that cannot be drawn is a gap.
type Mark struct{ X, Y, Err float64 }

// Seen tells whether it can be drawn.
func (m Mark) Seen() bool { return drawable(m.X) && drawable(m.Y) }

// Bounded tells whether its error can be, too.
func (m Mark) Bounded() bool { return m.Seen() && drawable(m.Err) }

// curve is one entry of the legend. Neighbouring marks are joined; one between
// gaps is a glyph, since a line through one point draws nothing.
type curve struct {
	label  string
	marks  []Mark
	color  color.RGBA
	dashes []vg.Length
	glyph  draw.GlyphDrawer // at every mark; nil: at those that stand alone
	band   bool             // errors as a band where marks are joined, else as bars
	edges  bool             // of the band; of many marks they would hide it
	apart  bool             // marks are not joined, as what they stand over has no order
}

var (
	// colors of curves: dark enough for their bands to be seen in grey.
	colors = []color.RGBA{
		{R: 31, G: 97, B: 161, A: 255}, {R: 200, G: 80, A: 255}, {G: 115, B: 80, A: 255}, {R: 130, G: 60, B: 150, A: 255},
		{R: 80, G: 80, B: 80, A: 255}, {R: 140, G: 100, A: 255}, {G: 130, B: 170, A: 255}, {R: 170, G: 30, B: 90, A: 255},
	}
	// glyphs tell the curves apart where the colours cannot.
	glyphs = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}, draw.PyramidGlyph{}, draw.BoxGlyph{}}

	exactColor  = color.RGBA{R: 190, G: 40, B: 40, A: 255}
	exactDashes = []vg.Length{vg.Points(4), vg.Points(3)}
)

// bandAlpha of the fill of a band in the colour of its curve: at 60 it is lost
// in print, at 150 curves that cross it are.
const bandAlpha = 100

// SortMarks puts marks in the order of x.
func SortMarks(marks []Mark) {
	slices.SortStableFunc(marks, func(a, b Mark) int { return cmp.Compare(a.X, b.X) })
}

// estimateLabel is that of the only curve of estimates.
func estimateLabel(marks []Mark) string {
	if slices.ContainsFunc(marks, Mark.Bounded) {
		return "estimate ± standard error"
	}
	return "estimate"
}

// stretches are the longest pieces of neighbours for which ok is true.
func stretches(marks []Mark, ok func(Mark) bool) (pieces [][]Mark) {
	open := false
	for i, m := range marks {
		switch {
		case !ok(m):
			open = false
		case open:
			last := len(pieces) - 1
			pieces[last] = pieces[last][:len(pieces[last])+1]
		default:
			pieces, open = append(pieces, marks[i:i+1]), true
		}
	}
	return pieces
}

// parts are what a curve is drawn with: bands below, then lines, bars and glyphs.
func (c curve) parts() ([]plot.Plotter, error) {
	var parts []plot.Plotter
	var alone, all, barred []Mark
	add := func(p plot.Plotter, err error) error {
		parts = append(parts, p)
		return err
	}
	for _, s := range stretches(c.marks, Mark.Bounded) {
		if !c.band || c.apart || len(s) == 1 {
			barred = append(barred, s...)
			continue
		}
		if err := add(c.fill(s)); err != nil {
			return nil, err
		}
		for _, side := range c.sides() {
			if err := add(c.line(s, side)); err != nil {
				return nil, err
			}
		}
	}
	for _, s := range stretches(c.marks, Mark.Seen) {
		all = append(all, s...)
		if len(s) == 1 {
			alone = append(alone, s...)
		} else if !c.apart {
			if err := add(c.line(s, 0)); err != nil {
				return nil, err
			}
		}
	}
	if len(barred) > 0 {
		if err := add(c.bars(barred)); err != nil {
			return nil, err
		}
	}
	if c.glyph != nil || c.apart {
		alone = all
	}
	if len(alone) > 0 {
		if err := add(c.points(alone)); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// sides are those of the band that have an edge, in standard errors.
func (c curve) sides() []float64 {
	if c.edges {
		return []float64{-1, 1}
	}
	return nil
}

// line joins the marks, or the edge of their band that is so many errors away.
func (c curve) line(s []Mark, errors float64) (*plotter.Line, error) {
	line, err := plotter.NewLine(xys(s, errors))
	if err != nil {
		return nil, fmt.Errorf("plot: %w", err)
	}
	line.Color, line.Width, line.Dashes = c.color, vg.Points(1), c.dashes
	if errors != 0 {
		line.Width = vg.Points(0.6)
	}
	return line, nil
}

func (c curve) fill(s []Mark) (*plotter.Polygon, error) {
	ring := xys(s, 1)
	lower := xys(s, -1)
	for i := len(lower) - 1; i >= 0; i-- {
		ring = append(ring, lower[i])
	}
	fill, err := plotter.NewPolygon(ring)
	if err != nil {
		return nil, fmt.Errorf("plot: %w", err)
	}
	fill.Color, fill.LineStyle.Width = color.NRGBA{R: c.color.R, G: c.color.G, B: c.color.B, A: bandAlpha}, 0
	return fill, nil
}

func (c curve) bars(s []Mark) (*plotter.YErrorBars, error) {
	errors := make(plotter.YErrors, len(s))
	for i, m := range s {
		errors[i].Low, errors[i].High = m.Err, m.Err
	}
	bars, err := plotter.NewYErrorBars(struct {
		plotter.XYs
		plotter.YErrors
	}{xys(s, 0), errors})
	if err != nil {
		return nil, fmt.Errorf("plot: %w", err)
	}
	bars.Color = c.color
	return bars, nil
}

func (c curve) points(s []Mark) (*plotter.Scatter, error) {
	points, err := plotter.NewScatter(xys(s, 0))
	if err != nil {
		return nil, fmt.Errorf("plot: %w", err)
	}
	points.Color, points.Shape, points.Radius = c.color, draw.CircleGlyph{}, vg.Points(2)
	if c.glyph != nil {
		points.Shape = c.glyph
	}
	switch points.Shape.(type) {
	case draw.RingGlyph:
		points.Radius = vg.Points(3.5) // around a mark that lies on it
	case draw.CrossGlyph, draw.PlusGlyph:
		points.Radius = vg.Points(3) // lines alone look smaller
	}
	return points, nil
}

func xys(s []Mark, errors float64) plotter.XYs {
	all := make(plotter.XYs, len(s))
	for i, m := range s {
		all[i] = plotter.XY{X: m.X, Y: m.Y}
		if errors != 0 {
			all[i].Y += errors * m.Err
		}
	}
	return all
}

// addCurves draws curves with their legend and gives the axes their range. One
// without anything to be seen has no entry.
func addCurves(p *plot.Plot, curves ...curve) error {
	legend := &p.Legend
	legend.Top, legend.XOffs, legend.Padding = true, -margin, vg.Points(2)
	legend.TextStyle.Font.Size = 10
	whole, entries, width := true, 0, vg.Length(0)
	for _, c := range curves {
		parts, err := c.parts()
		if err != nil {
			return err
		}
		if len(parts) == 0 {
			continue
		}
		var thumbs []plot.Thumbnailer
		for _, part := range parts {
			if thumb, ok := part.(plot.Thumbnailer); ok {
				thumbs = addKind(thumbs, thumb)
			}
		}
		for _, m := range c.marks {
			whole = whole && m.X == float64(int64(m.X))
		}
		p.Add(parts...)
		label := fit(&legend.TextStyle, c.label, pictureWidth/3)
		legend.Add(label, thumbs...)
		entries++
		width = max(width, legend.TextStyle.Width(label))
	}
	if t, ok := p.X.Tick.Marker.(ticker); ok {
		t.whole = whole
		p.X.Tick.Marker = t
	}
	if entries == 0 {
		p.Title.Text = fit(&p.Title.TextStyle, p.Title.Text+": no finite value", pictureWidth-2*margin)
	}
	p.Add(legendRoom(legend, entries, width))
	widenAxes(p)
	return nil
}

// addKind adds a thumbnail if none of its kind is there.
func addKind(thumbs []plot.Thumbnailer, thumb plot.Thumbnailer) []plot.Thumbnailer {
	for _, other := range thumbs {
		if fmt.Sprintf("%T", other) == fmt.Sprintf("%T", thumb) {
			return thumbs
		}
	}
	return append(thumbs, thumb)
}

// legendRoom is above the data where a few entries are, and beside it, in letters
// small enough, where many are.
func legendRoom(legend *plot.Legend, entries int, width vg.Length) room {
	const few = 4
	height := vg.Length(entries) * (legend.TextStyle.Height("x") + legend.Padding)
	if entries <= few {
		return room{top: height}
	}
	if most := 0.8 * pictureHeight; height > most {
		legend.TextStyle.Font.Size *= most / height
		legend.Padding *= most / height
	}
	return room{right: legend.ThumbnailWidth + width + 2*margin}
}
