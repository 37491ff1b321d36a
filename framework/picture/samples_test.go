package picture

import (
	"image/color"
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func samplesOf(s core.Space, n int, x ...float64) *core.Results {
	return &core.Results{Run: core.RunInfo{Name: "test"}, SamplesSpace: s, Samples: &core.Batch{N: n, X: x}}
}

// Row 0 of a configuration is at the top and site 0 of a row at the left, and one
// configuration follows the other along the rows of the picture.
func TestImagesAreInRasterOrder(t *testing.T) {
	const size, across = 4, 2
	x := []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17} // three of 2 x 3
	at := tiles{x: x, shape: []int{2, 3}, scale: Scale{0, 17, greys(18)}}
	img := at.paint(size, across, 2, 3)
	for k, v := range x {
		image, row, column := k/6, k%6/3, k%3
		left := image%across*(3*size+border) + border + column*size
		top := image/across*(2*size+border) + border + row*size
		for _, corner := range [][2]int{{0, 0}, {size - 1, size - 1}} {
			got := color.GrayModel.Convert(img.At(left+corner[0], top+corner[1])).(color.Gray)
			if want := uint8(255 * int(v) / 17); got.Y != want {
				t.Errorf("site %d has the grey %d, want %d", k, got.Y, want)
			}
		}
	}
	for _, p := range [][2]int{{0, 0}, {border + 3*size, border}, {border, border + 2*size}} {
		if got := img.RGBAAt(p[0], p[1]); got != between {
			t.Errorf("between the images, at %v, is %v", p, got)
		}
	}
	if _, _, _, a := img.At(3*size+2*border, 2*size+2*border).RGBA(); a != 0 {
		t.Error("where there is no image, something is drawn")
	}
}

// All images that are shown are in the picture, at sites that are as large as 48 images, or all
// of fewer, leave room for.
func TestLayoutOfImages(t *testing.T) {
	const width, height = 500, 330
	for _, c := range []struct {
		rows, columns, n   int
		size, across, down int
	}{
		{8, 8, 1, 40, 1, 1},    // 8 x 40 + 2 x 3 = 326
		{8, 8, 100, 6, 9, 6},   // 9 x 51 + 3 = 462 and 6 x 51 + 3 = 309, and 7 pixels leave room for 8 x 5
		{1, 64, 3, 7, 1, 3},    // 64 x 7 + 2 x 3 = 454
		{600, 600, 5, 2, 1, 1}, // larger than the picture, and shrunk
	} {
		at := tiles{shape: []int{c.rows, c.columns}}
		size, across, down := at.layout(c.n, width, height)
		if size != c.size || across != c.across || down != c.down {
			t.Errorf("%d of %d x %d: sites of %d pixels, %d x %d images, want %d, %d x %d", c.n, c.rows, c.columns, size, across, down, c.size, c.across, c.down)
		}
	}
}

// What a picture is made of follows from the space.
func TestSamplesOfEverySpace(t *testing.T) {
	square := []int{2, 2}
	data := samplesOf(core.Space{Kind: core.Field, Shape: []int{2, 2, 3}}, 1, make([]float64, 12)...)
	core.Data.Put(data.Samples, []float64{0, 16, 2, 2})
	for _, c := range []struct {
		name   string
		r      *core.Results
		x, y   string // axes
		lo, hi string // numbers of the palette
	}{
		{"spins", samplesOf(core.Space{Kind: core.Spins, Shape: square}, 1, 1, -1, 1, 1), "", "", "-1.0", "1.0"},
		{"levels", samplesOf(core.Space{Kind: core.Levels, Shape: square, Levels: 5}, 1, 0, 3, 2, 1), "", "", "0", "4"},
		{"one level", samplesOf(core.Space{Kind: core.Levels, Shape: square, Levels: 1}, 1, 0, 0, 0, 0), "", "", "0.0", "1.0"},
		{"field", samplesOf(core.Space{Kind: core.Field, Shape: square}, 1, 0, 30, 20, 10), "", "", "0", "30"},
		{"flat field", samplesOf(core.Space{Kind: core.Field, Shape: square}, 1, 2, 2, 2, 2), "", "", "1.90", "2.10"},
		{"angles", samplesOf(core.Space{Kind: core.Angles, Shape: square}, 1, -math.Pi, 3.14, 0, 1), "", "", "-2", "2"},
		{"a row", samplesOf(core.Space{Kind: core.Field, Shape: []int{5}}, 1, 0, 30, 20, 10, 5), "", "", "0", "30"},
		{"data, one-hot", data, "", "", "0", "15"},
		{"one number", samplesOf(core.Space{Kind: core.Field, Shape: []int{1}}, 3, 0, 30, 20), "field[0]", "density", "", ""},
		{"two of many levels", samplesOf(core.Space{Kind: core.Levels, Shape: []int{2}, Levels: 17}, 2, 0, 1, 16, 3), "levels[0]", "levels[1]", "", ""},
		{"two of few levels", samplesOf(core.Space{Kind: core.Levels, Shape: []int{2}, Levels: 16}, 1, 0, 15), "", "", "0", "15"},
		{"two angles", samplesOf(core.Space{Kind: core.Angles, Shape: []int{2}}, 2, 0, 1, 2, 3), "angles[0]", "angles[1]", "", ""},
		{"particles on a line", samplesOf(core.Space{Kind: core.Particles, Shape: []int{3, 1}}, 1, 0, 1, 2), "x", "density", "", ""},
		{"particles in a plane", samplesOf(core.Space{Kind: core.Particles, Shape: []int{2, 2}}, 1, 0, 1, 2, 3), "x", "y", "", ""},
		{"particles in space", samplesOf(core.Space{Kind: core.Particles, Shape: []int{1, 3}}, 1, 0, 1, 2), "x", "y", "", ""},
	} {
		p, err := samplesPlot(c.r)
		if err != nil || p == nil {
			t.Fatalf("%s: %v, %v", c.name, p, err)
		}
		if p.X.Label.Text != c.x || p.Y.Label.Text != c.y {
			t.Errorf("%s: axes %q and %q", c.name, p.X.Label.Text, p.Y.Label.Text)
		}
		if found := texts(p); c.lo != "" && (!slices.Contains(found, c.lo) || !slices.Contains(found, c.hi)) {
			t.Errorf("%s: texts %q, want the numbers %s and %s", c.name, found, c.lo, c.hi)
		}
		save(t, p)
	}
	for name, r := range map[string]*core.Results{
		"no samples": {SamplesSpace: core.Space{Kind: core.Spins, Shape: square}},
		"a cube":     samplesOf(core.Space{Kind: core.Spins, Shape: []int{1, 1, 1}}, 1, 1),
		"vectors":    samplesOf(core.Space{Kind: core.Sphere, Shape: []int{1, 3}}, 1, 0, 0, 1),
		"mixed": samplesOf(core.Space{Kind: core.Mixed, Fields: []core.NamedSpace{{Name: "a", Space: core.Space{Kind: core.Spins, Shape: square}}}},
			1, 1, 1, 1, 1),
	} {
		if p, err := samplesPlot(r); p != nil || err != nil {
			t.Errorf("%s: %v, %v", name, p, err)
		}
	}
}

// The picture, as it is saved, has the sites of an image in their colours and sizes.
func TestImagesAreInThePicture(t *testing.T) {
	p, err := samplesPlot(samplesOf(core.Space{Kind: core.Spins, Shape: []int{2, 2}}, 1, 1, -1, -1, -1))
	if err != nil {
		t.Fatal(err)
	}
	c := painted(t, p)
	width, height := c.data.Max.X-c.data.Min.X, c.data.Max.Y-c.data.Min.Y
	size, _, _ := tiles{shape: []int{2, 2}}.layout(1, int(width/pixel), int(height/pixel))
	black := 0
	for y := range c.Bounds().Dy() {
		for x := range c.Bounds().Dx() * 3 / 4 { // without the palette
			if r, g, b, _ := c.At(x, y).RGBA(); r+g+b == 0 {
				black++
			}
		}
	}
	// Three of four sites. The title is a few hundred pixels, and as many are soft edges.
	if want := 3 * size * size; math.Abs(float64(black-want)) > 0.02*float64(want) {
		t.Errorf("%d pixels are black, want 3 x %d^2 = %d", black, size, want)
	}
}

// A histogram is a density: of 100 numbers in 10 bins.
func TestHistogramIsADensity(t *testing.T) {
	x := rising(100)
	p, err := histogram("", "x", append(x, math.NaN()))
	if err != nil {
		t.Fatal(err)
	}
	// 100 numbers are spread evenly over 0 to 99, so that the density is 1/99.
	if want := 1.0 / 99; math.Abs(p.Y.Max/want-1.05) > 0.01 || p.Y.Min != 0 {
		t.Errorf("densities from %v to %v, want all %v", p.Y.Min, p.Y.Max, want)
	}
}

// Angles have colours of one lightness and of equal distances in Oklab, computed backwards
// from sRGB with the matrices of Ottosson's page, and the last is the first.
func TestCircleOfHues(t *testing.T) {
	linear := func(v uint8) float64 {
		if c := float64(v) / 255; c > 0.04045 {
			return math.Pow((c+0.055)/1.055, 2.4)
		} else {
			return c / 12.92
		}
	}
	all := circleOfHues()
	for i, c := range all {
		c := c.(color.RGBA)
		r, g, b := linear(c.R), linear(c.G), linear(c.B)
		l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
		m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
		s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
		lightness := 0.2104542553*l + 0.7936177850*m - 0.0040720468*s
		x := 1.9779984951*l - 2.4285922050*m + 0.4505937099*s
		y := 0.0259040371*l + 0.7827717662*m - 0.8086757660*s
		// 8 bits of a component are up to 0.002 in Oklab.
		if math.Abs(lightness-0.72) > 0.004 || math.Abs(math.Hypot(x, y)-0.115) > 0.004 {
			t.Errorf("colour %d is at %.3f, %.3f, %.3f", i, lightness, x, y)
		}
	}
	if all[0] != all[len(all)-1] {
		t.Errorf("the first colour is %v and the last %v", all[0], all[len(all)-1])
	}
}
