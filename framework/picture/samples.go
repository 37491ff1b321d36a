package picture

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// samplesPlot draws the configurations that were kept, in the units of the data where they
// stand for some: sites in a row or a plane as images, configurations of one or two numbers
// and particles as points of a space. It is nil where there are none, or of another kind.
func samplesPlot(r *core.Results) (*plot.Plot, error) {
	k := SamplesOf(r)
	title := r.Run.Name + ": samples"
	switch {
	case k == nil:
		return nil, nil
	case k.D > 0:
		return points(title, k.Names, k.X, k.D)
	}
	return images(title, k.Space, k.X, ScaleOf(k.Space, k.X[:min(len(k.X), mostImages*k.Space.Size())])), nil
}

// Samples are configurations that can be drawn: as points of D numbers, or as images where D is 0.
type Samples struct {
	Space core.Space // of X, with the shape and the kind of the data where they stand for some
	X     []float64
	D     int
	Names []string // of the first two numbers of a point
}

// SamplesOf are those of a run, nil where there are none, or of another kind.
func SamplesOf(r *core.Results) *Samples {
	if r.Samples == nil || r.Samples.N == 0 {
		return nil
	}
	k, name := &Samples{Space: r.SamplesSpace, X: r.Samples.X}, r.SamplesSpace.Dataset()
	s := &k.Space
	if data := core.Data.Of(r.Samples); len(data) > 0 {
		s.Shape = s.DataShape(len(data) / r.Samples.N)
		if k.X, name = data, "data"; s.Kind != core.Particles || len(s.Shape) != 2 {
			s.Kind = core.Field
		}
	}
	switch {
	case s.Kind == core.Particles:
		k.D, k.Names = s.Shape[1], []string{"x", "y"}
	case s.Kind == core.Mixed || s.Kind == core.Sphere || len(s.Shape) > 2:
		return nil
	case s.Size() <= 2 && (s.Values() == nil || s.Levels > mostGreys):
		k.D, k.Names = s.Size(), []string{name + "[0]", name + "[1]"}
	}
	return k
}

// mostGreys is how many levels the eye tells apart as greys. More stand for numbers.
const mostGreys = 16

// images draws the first configurations, beside each other.
func images(title string, s core.Space, x []float64, scale Scale) *plot.Plot {
	x = x[:min(len(x), mostImages*s.Size())]
	p := imageRows(title, s, x, scale, 0)
	p.Add(scale, room{right: scale.width(p)})
	return p
}

// imageRows draws configurations as images, so many beside each other, or as many as there is room
// for where that is 0.
func imageRows(title string, s core.Space, x []float64, scale Scale, across int) *plot.Plot {
	p := newPlot(title, "", "")
	p.HideAxes()
	p.Add(tiles{x: x, shape: append([]int{1}, s.Shape...)[len(s.Shape)-1:], scale: scale, across: across})
	return p
}

// ScaleOf is the palette of configurations: black and white, or greys, which are even to
// the eye as they are in sRGB, and for angles one that comes round.
func ScaleOf(s core.Space, x []float64) Scale {
	switch s.Kind {
	case core.Angles:
		return Scale{-math.Pi, math.Pi, circleOfHues()}
	case core.Spins:
		return Scale{-1, 1, greys(2)}
	case core.Levels:
		return Scale{0, float64(max(1, s.Levels-1)), greys(min(s.Levels, 256))}
	}
	lo, hi := rangeOf(x, 1, 0)
	return Scale{lo, hi, greys(256)}
}

// rangeOf is the range of every d-th number that can be drawn, counted from the first, widened
// by a share.
func rangeOf(x []float64, d int, share float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for i := 0; i < len(x); i += d {
		if drawable(x[i]) {
			lo, hi = min(lo, x[i]), max(hi, x[i])
		}
	}
	return widen(lo, hi, share)
}

// greys from black to white, n of them, two at least.
func greys(n int) (all []color.Color) {
	n = max(n, 2)
	for i := range n {
		all = append(all, color.Gray{Y: uint8(255 * i / (n - 1))})
	}
	return all
}

// circleOfHues is a circle about the greys in Oklab (B. Ottosson, A perceptual color space
// for image processing, 2020), where equal distances look equal:
//
//	l, m, s = (L + 0.3963377774 a + 0.2158037573 b)^3,
//	          (L - 0.1055613458 a - 0.0638541728 b)^3,
//	          (L - 0.0894841775 a - 1.2914855480 b)^3,
//
// and linear red, green and blue are a matrix times these. L and the radius are such that sRGB
// has all of the circle.
func circleOfHues() (all []color.Color) {
	const steps, lightness, radius = 256, 0.72, 0.115
	cube := func(v float64) float64 { return v * v * v }
	for i := range steps {
		b, a := math.Sincos(2 * math.Pi * float64(i) / (steps - 1))
		a, b = radius*a, radius*b
		l := cube(lightness + 0.3963377774*a + 0.2158037573*b)
		m := cube(lightness - 0.1055613458*a - 0.0638541728*b)
		s := cube(lightness - 0.0894841775*a - 1.2914855480*b)
		all = append(all, color.RGBA{
			R: encoded(4.0767416621*l - 3.3077115913*m + 0.2309699292*s),
			G: encoded(-1.2684380046*l + 2.6097574011*m - 0.3413193965*s),
			B: encoded(-0.0041960863*l - 0.7034186147*m + 1.7076147010*s), A: 255})
	}
	return all
}

// encoded is a linear component as sRGB has it (IEC 61966-2-1).
func encoded(v float64) uint8 {
	if v = max(0, min(1, v)); v <= 0.0031308 {
		return uint8(255*12.92*v + 0.5)
	}
	return uint8(255*(1.055*math.Pow(v, 1/2.4)-0.055) + 0.5)
}

// mostPoints that are drawn: more would only be a blot.
const mostPoints = 5000

// points draws numbers, d of which make a point: their density along one axis, or the first two
// of each over each other.
func points(title string, names []string, x []float64, d int) (*plot.Plot, error) {
	if d == 1 {
		return histogram(title, names[0], x)
	}
	all := pointsOf(x, d, mostPoints)
	p := newPlot(title, names[0], names[1])
	if len(all) == 0 {
		return p, nil
	}
	if err := addDots(p, all); err != nil {
		return nil, err
	}
	widenAxes(p)
	return p, nil
}

// pointsOf are the first points that can be drawn, at most so many: of d numbers each the first
// two.
func pointsOf(x []float64, d, most int) (all plotter.XYs) {
	for ; len(x) >= d && len(all) < most; x = x[d:] {
		if drawable(x[0]) && drawable(x[1]) {
			all = append(all, plotter.XY{X: x[0], Y: x[1]})
		}
	}
	return all
}

// addDots adds points, through which others are seen.
func addDots(p *plot.Plot, all plotter.XYs) error {
	dots, err := plotter.NewScatter(all)
	if err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	dots.Color, dots.Shape, dots.Radius = dotColor, draw.CircleGlyph{}, vg.Points(1.2)
	p.Add(dots)
	return nil
}

var dotColor = color.NRGBA{R: colors[0].R, G: colors[0].G, B: colors[0].B, A: bandAlpha}

// histogram draws the density of numbers.
func histogram(title, name string, x []float64) (*plot.Plot, error) {
	p := newPlot(title, name, "density")
	bins := Density(x)
	if bins == nil {
		return p, nil
	}
	bars := &plotter.Histogram{Bins: bins, Width: bins[0].Max - bins[0].Min, FillColor: colors[0], LineStyle: draw.LineStyle{Color: color.White, Width: vg.Points(0.5)}}
	p.Add(bars)
	p.X.Min, p.X.Max = widen(p.X.Min, p.X.Max, 0.02)
	_, p.Y.Max = widen(p.Y.Min, p.Y.Max, 0.05)
	return p, nil
}

// Density is the density of the numbers that can be drawn, nil where there are none.
func Density(x []float64) []plotter.HistogramBin {
	x = slices.DeleteFunc(slices.Clone(x), func(v float64) bool { return !drawable(v) })
	if len(x) == 0 {
		return nil
	}
	lo, hi := widen(slices.Min(x), slices.Max(x), 0)
	bins := make([]plotter.HistogramBin, max(10, min(60, int(math.Sqrt(float64(len(x))))))) // as many as have 1/sqrt(n) of n numbers
	width := (hi - lo) / float64(len(bins))
	for i := range bins {
		bins[i].Min, bins[i].Max = lo+width*float64(i), lo+width*float64(i+1)
	}
	for _, v := range x {
		bins[min(int((v-lo)/width), len(bins)-1)].Weight += 1 / (width * float64(len(x)))
	}
	return bins
}
