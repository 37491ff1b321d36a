package picture

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The size of a picture, which its texts have to fit.
const (
	pictureWidth  = 16 * vg.Centimeter
	pictureHeight = 10 * vg.Centimeter
	// margin is kept free at the right edge: a viewer of an SVG without its font
	// takes another, whose letters may be wider.
	margin = 6 * vg.Length(1)
	// smallestFont can still be read in print.
	smallestFont = 6 * vg.Length(1)
	// accents of capitals reach this part of a line above it.
	accents = 0.15
)

func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.X.Tick.Marker = ticker{style: &p.X.Tick.Label, room: 0.7 * pictureWidth}
	p.Y.Tick.Marker = ticker{}
	p.Title.Padding = vg.Points(3)
	p.Title.TextStyle.YAlign -= accents
	p.Y.Label.TextStyle.YAlign -= accents
	p.Title.Text = fit(&p.Title.TextStyle, title, pictureWidth-2*margin)
	p.X.Label.Text = fit(&p.X.Label.TextStyle, x, 0.7*pictureWidth)
	p.Y.Label.Text = fit(&p.Y.Label.TextStyle, y, 0.75*pictureHeight)
	p.Add(room{})
	return p
}

// Label is a name with its units, if it has any.
func Label(name, units string) string {
	if units == "1" || units == "" {
		return name
	}
	return fmt.Sprintf("%s (%s)", name, units)
}

// fit makes the font so small that words take one line not longer than length,
// and cuts off what does not fit in the smallest.
func fit(style *text.Style, words string, length vg.Length) string {
	words = strings.Join(strings.Fields(words), " ")
	for style.Width(words) > length && style.Font.Size > smallestFont {
		style.Font.Size -= 0.5
	}
	if style.Width(words) <= length {
		return words
	}
	letters := []rune(words)
	for len(letters) > 0 && style.Width(string(letters)+"...") > length {
		letters = letters[:len(letters)-1]
	}
	return string(letters) + "..."
}

// room keeps space free around the data: for the legend, and for the numbers at
// the x axis, which are wider than their ticks.
type room struct{ top, right vg.Length }

// Plot draws nothing.
func (room) Plot(draw.Canvas, *plot.Plot) {}

// GlyphBoxes are the space in the form that a plot takes account of.
func (r room) GlyphBoxes(p *plot.Plot) []plot.GlyphBox {
	corner := vg.Point{X: r.right + margin, Y: r.top + margin}
	boxes := []plot.GlyphBox{{X: 1, Y: 1, Rectangle: vg.Rectangle{Max: corner}}}
	for _, tick := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		label := p.X.Tick.Label.Rectangle(tick.Label)
		label.Max.X += margin
		// To the left there is space below the numbers of the y axis.
		label.Min.X = min(0, label.Min.X+3*margin)
		label.Min.Y, label.Max.Y = 0, 0
		boxes = append(boxes, plot.GlyphBox{X: p.X.Norm(tick.Value), Rectangle: label})
	}
	return boxes
}

// largest number that is drawn: the range of two is finite too.
const largest = 1e300

// drawable tells whether x has a place in a picture: NaN and the infinities
// have none.
func drawable(x float64) bool { return math.Abs(x) <= largest }

// widen leaves a share of the range free on both sides. A range of rounding
// errors, or none, becomes one around its value.
func widen(lo, hi, share float64) (float64, float64) {
	const (
		rounding = 1e-12 // relative; ticks that tell less apart would be noise
		least    = 1e-290
	)
	size := max(math.Abs(lo), math.Abs(hi))
	switch {
	case lo > hi: // of nothing
		return 0, 1
	case size < least:
		return -1, 1
	case hi-lo <= rounding*size:
		return lo - 0.05*size, hi + 0.05*size
	}
	return lo - share*(hi-lo), hi + share*(hi-lo)
}

// widenAxes gives both axes of a plot their range, which is so far that of the
// data.
func widenAxes(p *plot.Plot) {
	p.X.Min, p.X.Max = widen(p.X.Min, p.X.Max, 0.02)
	p.Y.Min, p.Y.Max = widen(p.Y.Min, p.Y.Max, 0.05)
}

// ticker marks an axis by at most seven round numbers, fewer where their texts
// do not fit into the room, 0 being any.
type ticker struct {
	whole bool // whole numbers only
	style *text.Style
	room  vg.Length
}

// Ticks from lo to hi.
func (t ticker) Ticks(lo, hi float64) []plot.Tick {
	for intervals := 6.0; ; intervals-- {
		marks := ticks(lo, hi, intervals, t.whole)
		if intervals == 1 || t.room == 0 {
			return marks
		}
		width := vg.Length(0)
		for _, mark := range marks {
			width += t.style.Width(mark.Label + "  ")
		}
		if width <= t.room {
			return marks
		}
	}
}

// ticks are round numbers from lo to hi that are at most so many intervals, with
// as many decimals as tell them apart.
func ticks(lo, hi, intervals float64, whole bool) []plot.Tick {
	step := math.Pow(10, math.Floor(math.Log10((hi-lo)/intervals)))
	for _, round := range []float64{1, 2, 5, 10} {
		if round*step >= (hi-lo)/intervals {
			step *= round
			break
		}
	}
	if whole {
		step = max(1, step)
	}
	if !(step > 0) || math.IsInf(step, 0) {
		return nil // of no range
	}
	var values []float64
	for k := math.Ceil(lo/step - 1e-9); k*step <= hi+1e-9*step; k++ {
		values = append(values, min(max(k*step, lo), hi)+0) // +0: no -0
	}
	var marks []plot.Tick
	for i, label := range tickLabels(values, step) {
		marks = append(marks, plot.Tick{Value: values[i], Label: label})
	}
	return marks
}

// tickLabels are fixed numbers, or scientific ones where those are long and these
// are shorter.
func tickLabels(values []float64, step float64) []string {
	const long = 7 // -2.1150
	last := math.Floor(math.Log10(step) + 1e-9)
	size := 0.0
	for _, v := range values {
		size = max(size, math.Abs(v))
	}
	fixed, fixedLength := make([]string, len(values)), 0
	scientific, scientificLength := make([]string, len(values)), 0
	digits := 0
	if size > 0 {
		digits = int(max(0, math.Floor(math.Log10(size)+1e-9)-last))
	}
	for i, v := range values {
		fixed[i] = strconv.FormatFloat(v, 'f', int(max(0, -last)), 64)
		scientific[i] = strconv.FormatFloat(v, 'e', digits, 64)
		if v == 0 {
			scientific[i] = "0"
		}
		fixedLength, scientificLength = max(fixedLength, len(fixed[i])), max(scientificLength, len(scientific[i]))
	}
	if fixedLength > long && scientificLength < fixedLength {
		return scientific
	}
	return fixed
}

// nominal marks the x axis by labels at 0, 1, ..., slanted where they are too
// long to stand side by side.
func nominal(p *plot.Plot, labels []string) {
	style := &p.X.Tick.Label
	share := 0.8 * pictureWidth / vg.Length(len(labels))
	slanted := false
	for _, label := range labels {
		slanted = slanted || style.Width(label+"  ") > share
	}
	if slanted {
		style.Rotation, style.XAlign, style.YAlign = math.Pi/4, draw.XRight, draw.YCenter
		style.Font.Size = max(smallestFont, min(style.Font.Size, share))
	}
	marks := make(plot.ConstantTicks, len(labels))
	for i, label := range labels {
		if slanted {
			size := *style
			label = fit(&size, label, 0.35*pictureHeight)
			style.Font.Size = min(style.Font.Size, size.Font.Size)
		}
		marks[i] = plot.Tick{Value: float64(i), Label: label}
	}
	p.X.Tick.Marker = marks
}
