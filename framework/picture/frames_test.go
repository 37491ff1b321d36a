package picture

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
