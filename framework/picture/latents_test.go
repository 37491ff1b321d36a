package picture

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Five rows of three latent variables, of which the first does not vary: the map has the two
// others as its axes, and an entry for each class, in their order. Without classes there is one.
func TestLatentMap(t *testing.T) {
	value := []float64{7, 1, 0, 7, 2, 9, 7, 3, 0, 7, 4, 9, 7, math.NaN(), 0}
	for name, want := range map[string][]string{core.AxisLabel: {"0", "2", "10"}, "row": {"configurations"}} {
		p, err := arrayPlot(array("map", value, same(15, 0.5), axis(name, 10, 2, 10, 0, 2), axis(core.AxisLatent, 0, 1, 2)))
		if err != nil {
			t.Fatal(err)
		}
		all := texts(p)
		for _, text := range append(want, "z[1]", "z[2]") {
			if !slices.Contains(all, text) {
				t.Errorf("the map over the axis %s has the texts %q and not %q", name, all, text)
			}
		}
	}
}
