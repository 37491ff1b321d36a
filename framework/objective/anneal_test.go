package objective

import (
	"math"
	"testing"
)

func TestAnneal(t *testing.T) {
	for _, c := range []struct {
		anneal Anneal
		step   int64
		want   float64
	}{
		{Anneal{Beta: 2}, 1, 2},
		{Anneal{Beta: 2, Rate: 0.5}, 1, 1},
		{Anneal{Beta: 2, Rate: 0.5}, 3, 1.75},
		{Anneal{Beta: 2, Rate: 0.998}, 1 << 40, 2},
		{Anneal{Beta: math.Inf(1), Rate: 0.5}, 1, math.Inf(1)},
	} {
		if got := c.anneal.At(c.step); got != c.want {
			t.Errorf("%+v at step %d: %v, want %v", c.anneal, c.step, got, c.want)
		}
	}
	// The documented length of the paper's schedule.
	a := Anneal{Beta: 1, Rate: 0.998}
	if early, late := 1-a.At(3450), 1-a.At(3451); early < 1e-3 || late > 1e-3 {
		t.Errorf("1e-3 of beta is missing at neither step: %v, %v", early, late)
	}
}
