package objective

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Two configurations with three draws each, by hand: the losses are -ln 1/3 (1 + 2 + 3) and
// -ln 1/3 (1 + 1 + 4), both -ln 2, and the cotangents of ln w are -w/(2 sum w). A rank that has
// the rows from the second draw on forms the same.
func TestEvidenceBoundOfThreeDraws(t *testing.T) {
	o := &EvidenceBound{Draws: 3}
	all, bar := &core.Batch{N: 6}, &core.Batch{N: 6}
	w := []float64{1, 2, 3, 1, 1, 4}
	for i, v := range w {
		core.Bound.Put(all, append(core.Bound.Of(all), math.Log(v)))
		w[i] = -v / 12
	}
	numbers, err := o.Cotangents(bar, all, all, 1)
	if err != nil || math.Abs(numbers[0]+math.Ln2) > 1e-15 || numbers[1] > 1e-15 {
		t.Errorf("loss %v, %v", numbers, err)
	}
	part, of := &core.Batch{N: 5, From: 1}, &core.Batch{N: 5}
	core.Bound.Put(part, core.Bound.Of(all)[1:])
	if _, err := o.Cotangents(of, part, all, 1); err != nil {
		t.Fatal(err)
	}
	for i, v := range core.Bound.Of(bar) {
		if math.Abs(v-w[i]) > 1e-15 || i > 0 && core.Bound.Of(of)[i-1] != v {
			t.Errorf("cotangent %d is %v, not %v", i, v, w[i])
		}
	}
}
