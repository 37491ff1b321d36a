package electronflow

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// The map takes the places found to those that were asked for, also where Newton's first
// steps go too far, and the other configurations of a chunk do not matter to one.
func TestInverse(t *testing.T) {
	for _, c := range []struct {
		s     core.Settings
		space core.Space
		noise float64
	}{
		{nil, box(4, 2, 0.25, 0.25), 0.1},
		{nil, box(4, 2), 0.4},
		{core.Settings{"mirrors": true, "centred": true}, box(3, 2), 0.3},
		{core.Settings{"e_max": int64(1)}, box(5, 3), 0.3},
	} {
		m := model(t, c.s, c.space, c.noise)
		w := m.waves.Open(width)
		inverse := func(seeds ...uint64) (x, z []float64) {
			for p := range width {
				w.seed(p, seeds[p%len(seeds)], 0)
				for i := range w.size {
					w.drawing.z[i*width+p] = m.net.Box[0] * w.random[p].Float64()
				}
			}
			if err := w.drawing.invert(w, par.Span{N: width}); err != nil {
				t.Fatal(err)
			}
			copy(w.x, w.drawing.at)
			w.net.Set(m.flow, w.x)
			w.net.Forward(w.z, w.jac)
			return w.drawing.at, w.z
		}
		x, z := inverse(1, 2, 3, 4, 5, 6, 7, 8)
		moved := 0.0
		for i, want := range w.drawing.z {
			if math.Abs(z[i]-want) > near*m.net.Length() {
				t.Errorf("%v: coordinate %d goes to %v, want %v", c.space.Shape, i, z[i], want)
			}
			moved = max(moved, math.Abs(x[i]-want))
		}
		if moved < 0.02*m.net.Length() {
			t.Errorf("%v: the flow moves electrons by %v only: the test tests nothing", c.space.Shape, moved)
		}
		third := make([]float64, w.size)
		for i := range third {
			third[i] = x[i*width+2]
		}
		x, _ = inverse(9, 9, 3, 11, 12, 13, 14, 15)
		for i, want := range third {
			if x[i*width+2] != want {
				t.Errorf("%v: coordinate %d depends on other configurations: %v and %v", c.space.Shape, i, x[i*width+2], want)
			}
		}
	}
}
