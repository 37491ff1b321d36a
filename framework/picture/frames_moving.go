package picture

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"math"
	"os"
	"path/filepath"

	"github.com/helmholtz-physics/helmholtz/framework/h5/replace"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// The moving picture: its size in pixels, the seconds of the way, the halt at the samples in
// shares of them, and how many points it has, each of which takes room in the file.
const (
	movingEdge   = 420
	movingHead   = 24 // above it the title
	movingWay    = 4.0
	movingHalt   = 0.4
	mostMoving   = 400
	movingMargin = 6
)

// saveMoving writes moving.svg, points that move from noise to samples again and again.
func saveMoving(dir, name string, f *store.Frames, d int, out io.Writer) error {
	file := filepath.Join(dir, "moving.svg")
	err := replace.File(file, func(w *os.File) error {
		buffer := bufio.NewWriter(w)
		writeMoving(buffer, name, f, d)
		return buffer.Flush()
	})
	if err == nil {
		fmt.Fprintln(out, file)
	}
	return err
}

// writeMoving writes the picture; the writer keeps its errors. Places are in pixels, y
// upwards, and equal lengths of both axes are equal.
func writeMoving(w *bufio.Writer, name string, f *store.Frames, d int) {
	left, right := rangeOf(f.X, d, 0.02)
	low, high := rangeOf(f.X[1:], d, 0.02)
	unit := (movingEdge - 2*movingMargin) / max(right-left, high-low)
	x := func(v float64) float64 { return movingEdge/2 + unit*(v-(left+right)/2) }
	y := func(v float64) float64 { return movingHead + movingEdge/2 - unit*(v-(low+high)/2) }

	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%[1]d" height="%[2]d">`+"\n", movingEdge, movingEdge+movingHead)
	fmt.Fprintf(w, `<rect width="100%%" height="100%%" fill="white"/><text x="%d" y="16" text-anchor="middle" font-family="serif" font-size="13">%s: from noise to samples</text>`+"\n", movingEdge/2, html.EscapeString(name))
	c := dotColor
	fmt.Fprintf(w, `<g fill="#%02x%02x%02x" fill-opacity="%.2g">`+"\n", c.R, c.G, c.B, float64(c.A)/255)
	last := len(f.Times) - 1
	halt := int(math.Round(movingHalt * float64(last))) // frames at which the samples stay
	for i := range min(f.N*f.Space.Size()/d, mostMoving) {
		if !seenAlways(f, i*d) {
			continue
		}
		fmt.Fprintf(w, `<circle r="2.2" cx="%.1f" cy="%.1f">`, x(f.At(last)[i*d]), y(f.At(last)[i*d+1])) // for viewers that do not move it
		for axis, place := range []func(float64) float64{x, y} {
			fmt.Fprintf(w, `<animate attributeName="%s" dur="%gs" repeatCount="indefinite" values="`, [...]string{"cx", "cy"}[axis], movingWay*(1+movingHalt))
			for k := range last + halt {
				fmt.Fprintf(w, "%.1f;", place(f.At(min(k, last))[i*d+axis]))
			}
			fmt.Fprintf(w, `%.1f"/>`, place(f.At(last)[i*d+axis]))
		}
		fmt.Fprintln(w, "</circle>")
	}
	fmt.Fprintln(w, "</g>\n</svg>")
}

// seenAlways tells whether a point, of which the given number is the first, can be drawn in
// all frames.
func seenAlways(f *store.Frames, at int) bool {
	for k := range f.Times {
		if x := f.At(k); !drawable(x[at]) || !drawable(x[at+1]) {
			return false
		}
	}
	return true
}
