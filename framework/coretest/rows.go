package coretest

import (
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// energyRows tests that a row, and its ln|det dy/dx|, are decided by its number, whatever is
// asked for beside it, that all are configurations of the space, and that slices stay
// untouched.
func energyRows(t *testing.T, e core.Energy, _ EnergyOptions) {
	energyNeeds(t, e, core.PowerRows)
	spec := e.Spec()
	if err := spec.CheckRows(); err != nil {
		t.Fatal(err)
	}
	d, given := spec.Space.Size(), e.(core.Given)
	rows := func(number ...int32) []float64 {
		t.Helper()
		x, mine := nans(len(number)*d), slices.Clone(number)
		if err := given.Rows(x, mine); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(mine, number) {
			t.Fatalf("Rows made %v of the numbers %v", mine, number)
		}
		return x
	}
	logDet := func(number ...int32) []float64 {
		t.Helper()
		if !slices.Contains(spec.Powers, core.PowerTransformed) {
			return make([]float64, len(number))
		}
		l := nans(len(number))
		if err := e.(core.Transformed).DataLogDet(l, number); err != nil {
			t.Fatal(err)
		}
		return l
	}
	for _, r := range spec.Rows {
		var number []int32
		for k := range min(20, r.To-r.From) { // from both ends
			number = append(number, int32(r.From+k/2))
			if k%2 == 1 {
				number[k] = int32(r.To - 1 - k/2)
			}
		}
		x := rows(number...)
		if k := spec.Space.Illegal(x); k >= 0 {
			t.Fatalf("component %d of row %d is %v: %s", k%d, number[k/d], x[k], spec.Space.Legal(k%d))
		}
		l := logDet(number...)
		for i, n := range number {
			same(t, "a row alone and among others", rows(n), x[i*d:(i+1)*d])
			same(t, "ln|det dy/dx| of a row alone and among others", logDet(n), l[i:i+1])
		}
		slices.Reverse(number)
		again := rows(number...)
		for i := range number {
			j := len(number) - 1 - i
			same(t, "a row and the same again", again[j*d:(j+1)*d], x[i*d:(i+1)*d])
		}
	}
}
