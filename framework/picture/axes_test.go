package picture

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
)

func TestTicksTellApart(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		whole  bool
		want   string
	}{
		{-2.1163, -2.0974, false, "-2.115 -2.110 -2.105 -2.100"},
		{1, 3000, false, "500 1000 1500 2000 2500 3000"},
		{0, 6, false, "0 1 2 3 4 5 6"},
		{99.99, 100.01, false, "99.990 99.995 100.000 100.005 100.010"},
		{0, 3, false, "0.0 0.5 1.0 1.5 2.0 2.5 3.0"},
		{0, 3, true, "0 1 2 3"},
		{0.95, 1.05, true, "1"},
		{-1e-9, 2e-9, false, "-1.0e-09 -5.0e-10 0 5.0e-10 1.0e-09 1.5e-09 2.0e-09"},
		{0, 3e250, false, "0 5.0e+249 1.0e+250 1.5e+250 2.0e+250 2.5e+250 3.0e+250"},
		{1e6, 6e6, false, "1000000 2000000 3000000 4000000 5000000 6000000"}, // seven digits
		{1e7, 6e7, false, "1e+07 2e+07 3e+07 4e+07 5e+07 6e+07"},
		{5, 5, false, ""},
	} {
		var labels []string
		for _, tick := range (ticker{whole: c.whole}).Ticks(c.lo, c.hi) {
			labels = append(labels, tick.Label)
			if tick.Value < c.lo || tick.Value > c.hi {
				t.Errorf("a tick at %v is not from %v to %v", tick.Value, c.lo, c.hi)
			}
			if value, err := strconv.ParseFloat(tick.Label, 64); err != nil || math.Abs(value-tick.Value) > 1e-9*(c.hi-c.lo) {
				t.Errorf("tick at %v is labelled %s", tick.Value, tick.Label)
			}
		}
		if got := strings.Join(labels, " "); got != c.want {
			t.Errorf("%v to %v: %s, want %s", c.lo, c.hi, got, c.want)
		}
	}
}

func TestWiden(t *testing.T) {
	for _, c := range [][4]float64{
		{1, 3, 0.8, 3.2},
		{5, 5, 4.75, 5.25},                         // 5 % of the value
		{10, 10 + 1e-14, 9.5, 10.5},                // rounding is no range
		{0, 0, -1, 1},                              // of no size
		{5e-324, 1e-300, -1, 1},                    // as good as none
		{math.Inf(1), math.Inf(-1), 0, 1},          // of nothing
		{-largest, largest, -1.2e300, 1.2e300},     // finite
		{1e-200, 3e-200, 0.8e-200, 3.2e-200},       // as small as it may be
		{-1e200, -1e200, -1.05e200, -0.95 * 1e200}, // as large
	} {
		if lo, hi := widen(c[0], c[1], 0.1); math.Abs(lo-c[2]) > 1e-9*math.Abs(c[2]) || math.Abs(hi-c[3]) > 1e-9*math.Abs(c[3]) {
			t.Errorf("%v to %v becomes %v to %v, want %v to %v", c[0], c[1], lo, hi, c[2], c[3])
		}
	}
}

// Whatever the numbers and names are, all texts are inside the picture and the
// numbers at the x axis stand apart; a name that is cut says so.
func TestTextsAreNotClipped(t *testing.T) {
	for name, p := range hardPictures(t) {
		texts := writtenIn(p)
		if len(texts) < 4 {
			t.Errorf("%s has the texts %v", name, texts)
		}
		for i, w := range texts {
			// A quarter of a point: descents are rounded.
			if w.min.X < -0.25 || w.min.Y < -0.25 || w.max.X > pictureWidth-0.5*margin || w.max.Y > pictureHeight+0.25 {
				t.Errorf("%s: %.60q reaches from %.1f to %.1f, outside of %.1f x %.1f", name, w.text, w.min, w.max, pictureWidth, pictureHeight)
			}
			for _, other := range texts[:i] {
				if w.upright && other.upright && overlap(w, other) {
					t.Errorf("%s: %.60q at %.1f and %.60q at %.1f overlap", name, other.text, other.min, w.text, w.min)
				}
			}
		}
	}
}

// overlap tells whether two texts share more than the space between lines.
func overlap(a, b written) bool {
	const space = vg.Length(3)
	return a.min.X < b.max.X && b.min.X < a.max.X && a.min.Y < b.max.Y-space && b.min.Y < a.max.Y-space
}

func TestHardPicturesAreSaved(t *testing.T) {
	for _, p := range hardPictures(t) {
		save(t, p)
	}
}
