package picture

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
)

const (
	// enoughImages are shown, if there are as many, at the largest size at which there is room
	// for them: of fewer a fault that is rare is not seen, and sites of more are small.
	// mostImages can be looked at one by one.
	enoughImages = 48
	mostImages   = 100
	// border around images, in pixels.
	border = 3
	// pixel of a picture: 1/96 inch, as PNG is drawn.
	pixel = vg.Inch / 96
	// leastPixels of a site, below which sites run into each other.
	leastPixels = 2
)

// between is what separates images: no grey, of which they are made.
var between = color.RGBA{R: 150, G: 180, B: 215, A: 255}

// tiles are configurations as images, row by row: the first row of each is at the top, as in
// the raster order of sites.
type tiles struct {
	x     []float64
	shape []int // rows and columns
	scale Scale
	// across is how many there are beside each other, 0 for as many as there is room for.
	across int
}

// DataRange is of no meaning, since there are no axes.
func (t tiles) DataRange() (xmin, xmax, ymin, ymax float64) { return 0, 1, 0, 1 }

// Plot paints as many of the images as there is room for.
func (t tiles) Plot(c vgdraw.Canvas, _ *plot.Plot) {
	width, height := int((c.Max.X-c.Min.X)/pixel), int((c.Max.Y-c.Min.Y)/pixel)
	n := len(t.x) / (t.shape[0] * t.shape[1])
	size, across, down := t.layout(n, width, height)
	if t.across > 0 {
		across = t.across
		down = (n + across - 1) / across
		size = max(1, min(((width-border)/across-border)/t.shape[1], ((height-border)/down-border)/t.shape[0]))
	}
	painted := t.paint(size, across, down, n)
	// On whole pixels: between them an image would be blurred.
	at := vg.Point{X: pixel * vg.Length(math.Ceil(float64(c.Min.X/pixel))), Y: pixel * vg.Length(math.Floor(float64(c.Max.Y/pixel)))}
	bounds := painted.Bounds()
	wide, high := pixel*vg.Length(bounds.Dx()), pixel*vg.Length(bounds.Dy())
	shrunk := min(1, (c.Max.X-c.Min.X)/wide, (c.Max.Y-c.Min.Y)/high) // one image that is larger than the picture
	c.DrawImage(vg.Rectangle{Min: vg.Point{X: at.X, Y: at.Y - shrunk*high}, Max: vg.Point{X: at.X + shrunk*wide, Y: at.Y}}, painted)
}

// layout is how many pixels a site has, and how many images there are across and down.
func (t tiles) layout(n, width, height int) (size, across, down int) {
	room := func(size int) (across, down int) {
		return (width - border) / (t.shape[1]*size + border), (height - border) / (t.shape[0]*size + border)
	}
	for size = max(width, height); size > leastPixels; size-- {
		if across, down = room(size); across*down >= min(n, enoughImages) {
			break
		}
	}
	across, down = room(size)
	across, down = max(1, min(across, n)), max(1, down)
	return size, across, min(down, (n+across-1)/across)
}

// paint makes one image of all.
func (t tiles) paint(size, across, down, n int) *image.RGBA {
	rows, columns := t.shape[0], t.shape[1]
	wide, high := columns*size+border, rows*size+border
	all := image.NewRGBA(image.Rect(0, 0, across*wide+border, down*high+border))
	fill := func(left, top, wide, high int, c color.Color) {
		draw.Draw(all, image.Rect(left, top, left+wide, top+high), image.NewUniform(c), image.Point{}, draw.Src)
	}
	for k := range min(n, across*down) {
		left, top := k%across*wide, k/across*high
		fill(left, top, wide+border, high+border, between)
		for i, v := range t.x[k*rows*columns : (k+1)*rows*columns] {
			fill(left+border+i%columns*size, top+border+i/columns*size, size, size, t.scale.shade(v))
		}
	}
	return all
}
