package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// written is a text of a picture with the box that it takes.
type written struct {
	text     string
	upright  bool // not turned
	min, max vg.Point
}

// writtenIn are the texts of a picture.
func writtenIn(p *plot.Plot) (all []written) {
	var c recorder.Canvas
	p.Draw(draw.NewCanvas(&c, pictureWidth, pictureHeight))
	angle := 0.0
	for _, action := range c.Actions {
		switch a := action.(type) {
		case *recorder.Rotate:
			angle += a.Angle
		case *recorder.Pop:
			angle = 0
		case *recorder.FillString:
			width, ascent, descent := p.TextHandler.Box(a.String, font.From(plot.DefaultFont, a.Size))
			w := written{text: a.String, upright: angle == 0, min: vg.Point{X: 1e9, Y: 1e9}, max: vg.Point{X: -1e9, Y: -1e9}}
			sin, cos := math.Sincos(angle)
			for _, x := range []vg.Length{a.Point.X, a.Point.X + width} {
				for _, y := range []vg.Length{a.Point.Y - descent, a.Point.Y + ascent} {
					turned := vg.Point{X: x*vg.Length(cos) - y*vg.Length(sin), Y: x*vg.Length(sin) + y*vg.Length(cos)}
					w.min.X, w.min.Y = min(w.min.X, turned.X), min(w.min.Y, turned.Y)
					w.max.X, w.max.Y = max(w.max.X, turned.X), max(w.max.Y, turned.Y)
				}
			}
			all = append(all, w)
		}
	}
	return all
}

// canvas is a picture in pixels.
type canvas struct {
	image.Image
	data draw.Canvas // where its data is
	*plot.Plot
}

func painted(t *testing.T, p *plot.Plot) canvas {
	t.Helper()
	w, err := p.WriterTo(pictureWidth, pictureHeight, "png")
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if _, err := w.WriteTo(&file); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&file)
	if err != nil {
		t.Fatal(err)
	}
	return canvas{img, p.DataCanvas(draw.New(vgimg.New(pictureWidth, pictureHeight))), p}
}

// pixel is where a point of the data is.
func (c canvas) pixel(x, y float64) image.Point {
	trX, trY := c.Transforms(&c.data)
	scale := float64(c.Bounds().Dx()) / float64(pictureWidth)
	return image.Pt(int(float64(trX(x))*scale), int(float64(pictureHeight-trY(y))*scale))
}

// around are the colours within so many pixels of a point of the data.
func (c canvas) around(x, y float64, within int) (all []color.RGBA) {
	center := c.pixel(x, y)
	for i := -within; i <= within; i++ {
		for j := -within; j <= within; j++ {
			all = append(all, color.RGBAModel.Convert(c.At(center.X+i, center.Y+j)).(color.RGBA))
		}
	}
	return all
}

// blank tells whether there is nothing at a point of the data.
func (c canvas) blank(x, y float64) bool {
	return !slices.ContainsFunc(c.around(x, y, 2), func(p color.RGBA) bool { return p != color.RGBA{255, 255, 255, 255} })
}

// has tells whether a glyph of a colour is at a point of the data: a pixel that is
// white with at least a third of this colour on it, as the border of a shape is.
func (c canvas) has(x, y float64, want color.RGBA) bool {
	return slices.ContainsFunc(c.around(x, y, 6), func(p color.RGBA) bool {
		share := float64(255-p.R) / float64(255-want.R)
		near := func(a, b uint8) bool { return math.Abs(255-share*float64(255-b)-float64(a)) < 6 }
		return share > 1.0/3 && near(p.G, want.G) && near(p.B, want.B)
	})
}

func array(name string, value, stderr []float64, axes ...core.Axis) core.Estimate {
	return core.Estimate{Name: name, Long: name, Units: "J", Value: value, Stderr: stderr, Axes: axes}
}

func axis(name string, values ...float64) core.Axis {
	return core.Axis{Name: name, Units: "1", Values: values}
}

func same(n int, x float64) []float64 { return slices.Repeat([]float64{x}, n) }

func rising(n int) []float64 {
	all := make([]float64, n)
	for i := range all {
		all[i] = float64(i)
	}
	return all
}

// sweepOf has n temperatures and as many points as there are values.
func sweepOf(n int, labels []string, value, exact []float64) *store.Sweep {
	s := &store.Sweep{Axes: []store.SweptAxis{{Axis: axis("temperature", rising(n)...), Labels: labels}}}
	if len(value) > n {
		s.Axes = append(s.Axes, store.SweptAxis{Axis: axis("L", rising(len(value)/n)...)})
	}
	s.Observables = []store.Swept{{Estimate: array("energy", value, same(len(value), 0.1), make([]core.Axis, len(s.Axes))...), Exact: exact}}
	return s
}

// hardPictures are those of results that are not as one hopes.
func hardPictures(t *testing.T) map[string]*plot.Plot {
	t.Helper()
	nan, inf := math.NaN(), math.Inf(1)
	long := strings.Repeat("a long name, ", 30)
	steps := axis("r", 0, 1, 2)
	pictures := map[string]*plot.Plot{}
	add := func(prefix string, some []Picture, err error) {
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range some {
			pictures[prefix+p.Name] = p.Plot
		}
	}
	arrays, err := Results(&core.Results{Estimates: []core.Estimate{
		array("gaps", []float64{1, nan, 3}, same(3, 0.1), steps),
		array("infinite", []float64{1, inf, -inf}, same(3, 0.1), steps),
		array("no error", []float64{1, 2, 3}, []float64{nan, inf, 0.1}, steps),
		array("tiny", []float64{1e-20, 2e-20, 5e-324}, same(3, 1e-22), axis("r", 1e7, 1e7+1, 1e7+2)),
		array("huge", []float64{1.7e308, -1e299, 1e299}, same(3, 1e298), axis("r", 0, 1, 1e299)),
		array("offset", []float64{1e6 + 1e-3, 1e6, 1e6 - 1e-3}, same(3, 1e-4), axis("r", 1e6+0.001, 1e6+0.002, 1e6+0.003)),
		array("constant", []float64{10.053096491487299, 10.0530964914873, 10.053096491487299}, same(3, 6e-15), steps),
		array("zero", same(3, 0), same(3, 0), steps),
		array("nothing", same(3, nan), same(3, nan), steps),
		array("one", []float64{7}, []float64{nan}, axis("r", 1e-9)),
		array(long, []float64{1, 2, 3}, same(3, 0.1), axis(long, 0, 1, 2)),
		array("rows", rising(8), same(8, 1), axis(long, 0, 1, 2, 3), axis("distance", 0, 1)),
		array("map", append(rising(39), nan), same(40, 1), axis("scale", rising(5)...), axis("site", rising(8)...)),
		array("flat map", same(40, 1e-30), same(40, nan), axis("scale", rising(5)...), axis(long, rising(8)...)),
		array("blank map", same(40, nan), same(40, nan), axis("scale", rising(5)...), axis("site", same(8, 3)...)),
	}}, false)
	add("array ", arrays, err)
	for n, exact := range map[int]float64{1: -9, 7: nan, 5000: -1e9} {
		step, free, stderr := falling(n)
		free[n/2] = nan
		if n == 1 {
			free[0] = 1e12
		}
		training, err := Results(&core.Results{Run: core.RunInfo{Name: long, Units: "hbar omega"}, SamplesSpace: core.Space{Kind: core.Spins, Shape: []int{4}},
			Exact: map[string]float64{"free_energy": exact}, History: historyOf(step, free, stderr)}, false)
		add(fmt.Sprint(n, " steps "), training, err)
	}
	for name, samples := range map[string]*core.Results{
		"images": samplesOf(core.Space{Kind: core.Field, Shape: []int{2, 2}}, 2, 1e6+1e-3, 1e6, 1e6-1e-3, 1e6, nan, inf, 1e6, 1e6),
		"row":    samplesOf(core.Space{Kind: core.Spins, Shape: []int{1000}}, 1, same(1000, -1)...),
		"dots":   samplesOf(core.Space{Kind: core.Field, Shape: []int{2}}, 2, nan, 1, 1e300, -1e-300),
		"bars":   samplesOf(core.Space{Kind: core.Field, Shape: []int{1}}, 3, 1e-9, 1e-9, inf),
		"none":   samplesOf(core.Space{Kind: core.Field, Shape: []int{1}}, 1, nan),
	} {
		samples.Run.Name = long
		some, err := Results(samples, false)
		add(name+" of ", some, err)
	}
	labels := make([]string, 40)
	for i := range labels {
		labels[i] = fmt.Sprint(long, i)
	}
	for name, s := range map[string]*store.Sweep{
		"one point ": sweepOf(1, nil, []float64{-1}, []float64{-2}),
		"labels ":    sweepOf(40, labels, rising(40), rising(40)),
		"two keys ":  sweepOf(2, labels[:2], []float64{1, nan, nan, nan}, []float64{0, 0, nan, 0}),
		"many ":      sweepOf(3, nil, rising(90), append(rising(89), nan)),
	} {
		swept, err := Sweep(s, nil)
		add(name, swept, err)
	}
	return pictures
}
