package coretest

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// energyLike compares E with that of another part on the same configurations: what no identity can see, as a
// coupling of half the size, or an E per site where no exact value is known.
func energyLike(t *testing.T, e core.Energy, o EnergyOptions) {
	if o.Like == nil {
		t.Skip("there is no part to compare with")
	}
	space := e.Spec().Space
	// Of the lattice, which has no part in what is asked, they may say different things.
	if other := o.Like.Spec().Space; !space.Fits(other) && (space.Kind != other.Kind || space.Kind == core.Mixed || !slices.Equal(space.Shape, other.Shape) || space.Levels != other.Levels) {
		t.Fatalf("its configurations are %v, those of %s are %v", space, o.LikeName, other)
	}
	x := configurations(space, o.Draw, 8, 64)
	got, want := eval(t, e, x), eval(t, o.Like, x)
	off, most, scale := 0, 0, 1.0
	for _, w := range want {
		if !math.IsInf(w, 0) {
			scale = max(scale, math.Abs(w))
		}
	}
	miss := func(i int) float64 {
		if got[i] == want[i] {
			return 0 // infinities
		}
		return math.Abs(got[i] - want[i])
	}
	for i := range want {
		if m := miss(i); !(m <= o.Tolerance*scale) {
			off++
			if off == 1 || m > miss(most) {
				most = i
			}
		}
	}
	if off == 0 {
		return
	}
	text := ""
	if r := relation(got, want, space.Count()); r != "" {
		text = "; they differ " + r
	}
	t.Errorf("E differs from that of %s for %d of %d random configurations, most for number %d: %.12g, and there %.12g%s",
		o.LikeName, off, len(want), most, got[most], want[most], text)
}
