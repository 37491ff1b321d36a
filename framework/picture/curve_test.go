package picture

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// kinds are what a curve is drawn with, and over which x.
func kinds(t *testing.T, c curve) (all []string) {
	t.Helper()
	parts, err := c.parts()
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		var points plotter.XYer
		kind := ""
		switch p := part.(type) {
		case *plotter.Polygon:
			kind, points = "band", p.XYs[0][:len(p.XYs[0])/2]
		case *plotter.Line:
			kind, points = "line", p.XYs
			if p.Width < 1 {
				kind = "edge"
			}
		case *plotter.YErrorBars:
			kind, points = "bars", p.XYs
		case *plotter.Scatter:
			kind, points = "glyphs", p.XYs
		}
		text := kind
		for i := range points.Len() {
			x, _ := points.XY(i)
			text += fmt.Sprint(" ", x)
		}
		all = append(all, text)
	}
	return all
}

// What stands alone is a glyph with a bar, what has neighbours is joined, and
// nothing reaches over a gap: one of the values, or in the band of the errors.
func TestParts(t *testing.T) {
	nan := math.NaN()
	marks := []Mark{{0, 1, 0.1}, {1, nan, 0.1}, {2, 1, 0.1}, {3, 1, 0.1}, {4, 1, nan}, {5, 1, 0.1}, {6, math.Inf(1), nan}, {7, 1, nan}}
	for _, c := range []struct {
		curve
		want []string
	}{
		{curve{band: true, edges: true}, []string{"band 2 3", "edge 2 3", "edge 2 3", "line 2 3 4 5", "bars 0 5", "glyphs 0 7"}},
		{curve{band: true}, []string{"band 2 3", "line 2 3 4 5", "bars 0 5", "glyphs 0 7"}},
		{curve{glyph: draw.RingGlyph{}}, []string{"line 2 3 4 5", "bars 0 2 3 5", "glyphs 0 2 3 4 5 7"}},
		{curve{band: true, apart: true}, []string{"bars 0 2 3 5", "glyphs 0 2 3 4 5 7"}},
	} {
		c.marks = marks
		if got := kinds(t, c.curve); !slices.Equal(got, c.want) {
			t.Errorf("%+v is drawn with %q, want %q", c.curve, got, c.want)
		}
	}
	if got := kinds(t, curve{marks: []Mark{{1, nan, nan}}}); len(got) > 0 {
		t.Errorf("nothing is drawn with %q", got)
	}
}

// An exact value at the only point of a sweep, or the only step, can be seen.
func TestExactAtOnePoint(t *testing.T) {
	swept, err := Sweep(sweepOf(1, nil, []float64{-1}, []float64{-2}), nil)
	if err != nil {
		t.Fatal(err)
	}
	c := painted(t, swept[0].Plot)
	if !c.has(0, -1, colors[0]) || !c.has(0, -2, exactColor) {
		t.Error("the estimate or the exact value of a sweep with one point is missing")
	}
	p, err := trainingCurve(&core.Results{SamplesSpace: core.Space{Kind: core.Spins, Shape: []int{4}},
		Exact: map[string]float64{"free_energy": -9}, History: historyOf([]int64{3}, []float64{-8}, []float64{0.1})}, false)
	if err != nil {
		t.Fatal(err)
	}
	c = painted(t, p) // per site of 4
	if !c.has(3, -2, colors[0]) || !c.has(3, -2.25, exactColor) {
		t.Error("the bound or the exact value of a training of one step is missing")
	}
}

// The line is there where its neighbours are, and not where a step failed.
func TestGapsAreBlank(t *testing.T) {
	nan := math.NaN()
	results := func(f []float64) *core.Results {
		return &core.Results{SamplesSpace: core.Space{Kind: core.Spins, Shape: []int{1}}, History: historyOf([]int64{1, 2, 3, 4, 5}, f, same(5, 0.01)),
			Estimates: []core.Estimate{array("line", f, same(5, 0.01), axis("r", 1, 2, 3, 4, 5))}}
	}
	failed := []float64{1, 2, nan, 4, 5}
	for i, whole := range []bool{true, false} {
		f := [][]float64{rising(6)[1:], failed}[i]
		all, err := Results(results(f), false)
		if err != nil {
			t.Fatal(err)
		}
		swept, err := Sweep(sweepOf(5, nil, f, slices.Clone(f)), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range append(all, swept...) {
			x := 3.0
			if p.Name == "energy" {
				x = 2 // of 0, 1, ..., 4
			}
			if painted(t, p.Plot).blank(x, 3) == whole {
				t.Errorf("%s with the values %v: the middle is blank is %v", p.Name, f, !whole)
			}
		}
	}
}

// texts of a picture.
func texts(p *plot.Plot) (all []string) {
	for _, w := range writtenIn(p) {
		all = append(all, w.text)
	}
	return all
}

func TestEveryCurveHasALegendEntry(t *testing.T) {
	nan := math.NaN()
	swept := func(n int, value, exact []float64) *plot.Plot {
		all, err := Sweep(sweepOf(n, nil, value, exact), nil)
		if err != nil {
			t.Fatal(err)
		}
		return all[0].Plot
	}
	drawn := func(e core.Estimate) *plot.Plot {
		p, err := arrayPlot(e)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	training := func(exact float64) *plot.Plot {
		p, err := trainingCurve(&core.Results{SamplesSpace: core.Space{Kind: core.Spins, Shape: []int{4}},
			Exact: map[string]float64{"free_energy": exact}, History: historyOf(falling(5))}, false)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	const estimate, bound = "estimate ± standard error", "variational bound ± standard error"
	all := []string{estimate, bound, "estimate", "exact", "L = 0", "L = 1", "exact, L = 0", "exact, L = 1", "scale = 0", "scale = 1"}
	for name, c := range map[string]struct {
		*plot.Plot
		want []string
	}{
		"training":               {training(-9), []string{bound, "exact"}},
		"training, exact is NaN": {training(nan), []string{bound}},
		"one key":                {swept(2, []float64{1, 2}, []float64{0, 1}), []string{estimate, "exact"}},
		"nothing exact":          {swept(2, []float64{1, 2}, nil), []string{estimate}},
		"two keys":               {swept(2, rising(4), []float64{0, 0, 1, 1}), []string{"L = 0", "L = 1", "exact"}},
		"exact of each":          {swept(2, rising(4), rising(4)), []string{"L = 0", "L = 1", "exact, L = 0", "exact, L = 1"}},
		"a size without points":  {swept(2, []float64{nan, 1, nan, 2}, nil), []string{"L = 1"}},
		"array":                  {drawn(array("a", rising(3), same(3, 1), axis("r", rising(3)...))), []string{estimate}},
		"array without errors":   {drawn(array("a", rising(3), same(3, nan), axis("r", rising(3)...))), []string{"estimate"}},
		"rows":                   {drawn(array("a", rising(6), same(6, 1), axis("scale", 0, 1), axis("r", rising(3)...))), []string{"scale = 0", "scale = 1"}},
	} {
		found := texts(c.Plot)
		for _, label := range all {
			if slices.Contains(found, label) != slices.Contains(c.want, label) {
				t.Errorf("%s: texts %q, want the labels %q", name, found, c.want)
				break
			}
		}
	}
}

// grey is how bright a colour is in print, from 0 to 1: the luma of ITU-R BT.601.
func grey(c color.Color) float64 { return float64(color.GrayModel.Convert(c).(color.Gray).Y) / 255 }

// The band of every colour is darker than paper and lighter than its line, also in
// grey, and has an edge. A fifth of the way from white to black is what a printer
// renders as a visible tint.
func TestBandsAreSeenInPrint(t *testing.T) {
	for k := range colors {
		p := newPlot("", "", "")
		if err := addCurves(p, curve{color: colors[k], band: true, edges: true, marks: []Mark{{0, 1, 1}, {1, 1, 1}}}); err != nil {
			t.Fatal(err)
		}
		c := painted(t, p)
		at := c.pixel(0.5, 1.5)
		if fill := grey(c.At(at.X, at.Y)); fill > 0.8 || fill < grey(colors[k])+0.2 {
			t.Errorf("colour %v: the band is %.2f, its line %.2f", colors[k], fill, grey(colors[k]))
		}
		for _, y := range []float64{0, 2} {
			darkest := 1.0
			edge := c.pixel(0.5, y)
			for j := -2; j <= 2; j++ {
				darkest = min(darkest, grey(c.At(edge.X, edge.Y+j)))
			}
			if darkest > grey(c.At(at.X, at.Y))-0.1 {
				t.Errorf("colour %v: no edge at %v", colors[k], y)
			}
		}
		if !c.blank(0.5, 2.05) {
			t.Errorf("colour %v: something is beyond the band", colors[k])
		}
	}
}

// luminance of a colour of sRGB (IEC 61966-2-1), which rises with its lightness.
func luminance(c color.Color) float64 {
	linear := func(v uint32) float64 { return math.Pow((float64(v)/65535+0.055)/1.055, 2.4) }
	r, g, b, _ := c.RGBA()
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// A heat map becomes brighter with its values, and is white where there is none.
func TestHeatMapIsReadInGrey(t *testing.T) {
	value := rising(40)
	value[39] = math.NaN()
	p, err := arrayPlot(array("map", value, same(40, 0.5), axis("scale", rising(5)...), axis("site", rising(8)...)))
	if err != nil {
		t.Fatal(err)
	}
	c := painted(t, p)
	last := -1.0
	for k := range 39 {
		at := c.pixel(float64(k%8), float64(k/8))
		shade := luminance(c.At(at.X, at.Y))
		if shade <= last || shade > 0.9 {
			t.Errorf("value %d has the brightness %.3f after %.3f", k, shade, last)
		}
		last = shade
	}
	// Between equal neighbours there is no seam.
	flat, err := arrayPlot(array("map", same(40, 2), same(40, 0.5), axis("scale", rising(5)...), axis("site", rising(8)...)))
	if err != nil {
		t.Fatal(err)
	}
	if corner := painted(t, flat).around(3.5, 2.5, 6); len(slices.Compact(corner)) > 1 {
		t.Errorf("a map of equal values shows its cells: %v", corner)
	}
	if !c.blank(7, 4) {
		t.Error("a value that is not finite is not white")
	}
	if got := p.Title.Text; got != "map (J), standard errors up to 0.5" {
		t.Errorf("title %q", got)
	}
	for _, number := range []string{"10", "20", "30"} { // of the scale
		if !slices.Contains(texts(p), number) {
			t.Errorf("the scale has no %s among %q", number, texts(p))
		}
	}
}

func TestEdgesOfCells(t *testing.T) {
	for _, c := range []struct{ labels, want []float64 }{
		{[]float64{7}, []float64{6.5, 7.5}},
		{[]float64{1, 2, 4}, []float64{0.5, 1.5, 3, 5}},
		{[]float64{5, 5}, []float64{-0.5, 0.5, 1.5}}, // no places: 0 and 1
		{[]float64{1, math.Inf(1)}, []float64{-0.5, 0.5, 1.5}},
	} {
		if got := edges(c.labels); !slices.Equal(got, c.want) {
			t.Errorf("%v has the edges %v, want %v", c.labels, got, c.want)
		}
	}
}
