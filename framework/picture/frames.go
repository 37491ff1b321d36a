package picture

import (
	"fmt"
	"io"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// shownTimes are beside each other in a picture: 0, 1/4, ..., 1 where there are such frames.
const shownTimes = 5

// SaveFrames writes the pictures that the space of the frames has, and says where they are:
// paths of single numbers; points of a plane, and particles, at some times and as they move;
// sites in a row or a plane as images at some times.
func SaveFrames(out io.Writer, dir, name string, f *store.Frames) error {
	s := f.Space
	d := s.Size()
	if s.Kind == core.Particles {
		d = s.Shape[1]
	}
	p := Picture{Name: "frames"}
	var err error
	switch {
	case s.Kind == core.Mixed || s.Kind == core.Sphere:
		return nil
	case d == 1:
		p.Plot, err = framePaths(name, f)
	case d == 2 || s.Kind == core.Particles:
		if err := saveMoving(dir, name, f, d, out); err != nil {
			return err
		}
		p.Plot, p.height, err = framePoints(name, f, d)
	case len(s.Shape) <= 2:
		p.Plot = frameImages(name, f)
	default:
		return nil
	}
	if err != nil {
		return err
	}
	return p.SaveIn(dir, out)
}

// shownFrames are the numbers of the frames in a picture.
func shownFrames(f *store.Frames) (shown []int) {
	last := len(f.Times) - 1
	for k := range shownTimes {
		shown = append(shown, (k*last+shownTimes/2)/(shownTimes-1))
	}
	return slices.Compact(shown)
}

// mostPaths can be followed by the eye.
const mostPaths = 200

// framePaths draws single numbers against time.
func framePaths(name string, f *store.Frames) (*plot.Plot, error) {
	p := newPlot(name+": from noise to samples", "time", f.Space.Dataset())
	size := f.N * f.Space.Size()
	for i := range min(size, mostPaths) {
		var way plotter.XYs
		for k, t := range f.Times {
			if x := f.X[k*size+i]; drawable(x) {
				way = append(way, plotter.XY{X: t, Y: x})
			}
		}
		if len(way) == 0 {
			continue
		}
		line, err := plotter.NewLine(way)
		if err != nil {
			return nil, fmt.Errorf("plot: %w", err)
		}
		line.Color, line.Width = dotColor, vg.Points(0.6)
		p.Add(line)
	}
	widenAxes(p)
	return p, nil
}

// framePoints draws points, the first two of d numbers each, at some times beside each other, at
// the height at which equal lengths of both axes are equal.
func framePoints(name string, f *store.Frames, d int) (*plot.Plot, vg.Length, error) {
	p := newPlot(name+": from noise to samples", "", "y")
	lo, hi := rangeOf(f.X, d, 0.02)
	width := 1.1 * (hi - lo)
	var all plotter.XYs
	var ticks plot.ConstantTicks
	shown := shownFrames(f)
	for panel, k := range shown {
		shift := float64(panel) * width
		for _, at := range pointsOf(f.At(k), d, mostPoints/len(shown)) {
			all = append(all, plotter.XY{X: at.X + shift, Y: at.Y})
		}
		ticks = append(ticks, plot.Tick{Value: (lo+hi)/2 + shift, Label: fmt.Sprintf("t = %.4g", f.Times[k])})
	}
	if len(all) == 0 {
		return p, 0, nil
	}
	p.X.Tick.Marker = ticks
	if err := addDots(p, all); err != nil {
		return nil, 0, err
	}
	widenAxes(p)
	const besides, above = 1.6 * vg.Centimeter, 1.8 * vg.Centimeter // of the axes and the title
	height := above + (pictureWidth-besides)*vg.Length((p.Y.Max-p.Y.Min)/(p.X.Max-p.X.Min))
	return p, max(4*vg.Centimeter, min(height, pictureHeight)), nil
}

// mostRows of images can be told apart in a picture.
const mostRows = 6

// frameImages has a row of images for each of the first configurations, from noise at the left
// to the sample.
func frameImages(name string, f *store.Frames) *plot.Plot {
	d, shown := f.Space.Size(), shownFrames(f)
	var x []float64
	for i := range min(f.N, mostRows) {
		for _, k := range shown {
			x = append(x, f.At(k)[i*d:(i+1)*d]...)
		}
	}
	return imageRows(name+": from noise to samples", f.Space, x, ScaleOf(f.Space, x), len(shown))
}
