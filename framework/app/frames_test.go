package app

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// spiral carries noise by dx/dt = (1 + t) x, along with which the plane turns once about its
// middle: x(1) = exp(3/2) z.
type spiral struct{}

func (spiral) Velocity(v, x, t []float64) error {
	const turn = 2 * math.Pi
	for i, t := range t {
		v[2*i], v[2*i+1] = (1+t)*x[2*i]-turn*x[2*i+1], turn*x[2*i]+(1+t)*x[2*i+1]
	}
	return nil
}

func (spiral) VelocityPull([]float64, *core.Batch, []float64) error { return errors.ErrUnsupported }

// Following samples back in pieces leads to the noise that they come from: the step's error of
// the fourth order, (2 pi / 96)^4 / 120 a radian or so, is not seen in pictures.
func TestFollow(t *testing.T) {
	sample := []float64{1, 0, -0.5, 2}
	way := newPath(spiral{}, slices.Clone(sample), 2)
	for _, piece := range [][2]float64{{1, 0.75}, {0.75, 0.74}, {0.74, 0}} {
		if err := way.move(piece[0], piece[1]); err != nil {
			t.Fatal(err)
		}
	}
	for i, x := range way.x {
		if want := sample[i] * math.Exp(-1.5); math.Abs(x-want) > 1e-5 {
			t.Errorf("noise %d is %v, want %v", i, x, want)
		}
	}
}

// planeFrames are three frames of two points of a plane, of which the second gets lost.
func planeFrames(space core.Space) *store.Frames {
	return &store.Frames{Space: space, N: 2 / (space.Size() / 2), Times: []float64{0, 0.5, 1}, X: []float64{0, 1, 2, 3, 1, 2, math.NaN(), 0, 2, 3, 4, 5}}
}

// A moving picture is SVG; of what can be drawn at all times it has a circle, which comes to
// rest where the last frame is.
func TestMoving(t *testing.T) {
	for _, space := range []core.Space{{Kind: core.Field, Shape: []int{2}}, {Kind: core.Particles, Shape: []int{2, 2}}} {
		var text bytes.Buffer
		w := bufio.NewWriter(&text)
		writeMoving(w, "a < b", planeFrames(space), 2)
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		circles := 0
		for d := xml.NewDecoder(&text); ; {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if e, ok := token.(xml.StartElement); ok && e.Name.Local == "circle" {
				circles++
			}
		}
		if circles != 1 {
			t.Errorf("%v: %d circles, want 1", space, circles)
		}
	}
}

func TestShownFrames(t *testing.T) {
	for n, want := range map[int][]int{2: {0, 1}, 3: {0, 1, 2}, 5: {0, 1, 2, 3, 4}, 25: {0, 6, 12, 18, 24}} {
		if got := shownFrames(&store.Frames{Times: make([]float64, n)}); !slices.Equal(got, want) {
			t.Errorf("of %d frames %v are shown, want %v", n, got, want)
		}
	}
}
