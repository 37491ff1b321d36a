package coretest

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// given are the calls of an energy with rows.
type given struct {
	core.Energy
	spec core.EnergySpec
	d    int
}

func (g given) rows(t *testing.T, number ...int32) []float64 {
	t.Helper()
	x, mine := nans(len(number)*g.d), slices.Clone(number)
	if err := g.Energy.(core.Given).Rows(x, mine); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(mine, number) {
		t.Fatalf("Rows made %v of the numbers %v", mine, number)
	}
	return x
}

// transformed is the energy as a core.Transformed, nil where it is none.
func (g given) transformed() core.Transformed {
	if !slices.Contains(g.spec.Powers, core.PowerTransformed) {
		return nil
	}
	return g.Energy.(core.Transformed)
}

func (g given) logDet(t *testing.T, number ...int32) []float64 {
	t.Helper()
	e := g.transformed()
	if e == nil {
		return make([]float64, len(number))
	}
	l := nans(len(number))
	if err := e.DataLogDet(l, number); err != nil {
		t.Fatal(err)
	}
	return l
}

func (g given) labels(t *testing.T, number ...int32) []int32 {
	t.Helper()
	if !slices.Contains(g.spec.Powers, core.PowerLabels) {
		return make([]int32, len(number))
	}
	l := make([]int32, len(number))
	for i := range l {
		l[i] = math.MinInt32
	}
	if err := g.Energy.(core.Labelled).Labels(l, number); err != nil {
		t.Fatal(err)
	}
	return l
}

func (g given) restored(t *testing.T, y []float64) []float64 {
	t.Helper()
	e := g.transformed()
	if e == nil {
		return y
	}
	x, mine := nans(len(y)/g.d*g.spec.DataSize()), slices.Clone(y)
	if err := e.Restore(x, mine); err != nil {
		t.Fatal(err)
	}
	same(t, "configurations before and after Restore", mine, y)
	for k, v := range x {
		if v-v != 0 {
			t.Fatalf("number %d of the data is %v", k, v)
		}
	}
	return x
}

// energyRows tests that a row, its ln|det dy/dx|, and the data that it stands for are decided
// by its number, whatever is asked for beside it, that all are configurations of the space,
// and that slices stay untouched.
func energyRows(t *testing.T, e core.Energy, _ EnergyOptions) {
	energyNeeds(t, e, core.PowerRows)
	g := given{e, e.Spec(), e.Spec().Space.Size()}
	if err := g.spec.CheckRows(); err != nil {
		t.Fatal(err)
	}
	for _, r := range g.spec.Rows {
		var number []int32
		for k := range min(20, r.To-r.From) { // from both ends
			number = append(number, int32(r.From+k/2))
			if k%2 == 1 {
				number[k] = int32(r.To - 1 - k/2)
			}
		}
		x := g.rows(t, number...)
		if k := g.spec.Space.Illegal(x); k >= 0 {
			t.Fatalf("component %d of row %d is %v: %s", k%g.d, number[k/g.d], x[k], g.spec.Space.Legal(k%g.d))
		}
		l, data, labels := g.logDet(t, number...), g.restored(t, x), g.labels(t, number...)
		each := len(data) / len(number)
		for i, n := range number {
			same(t, "a row alone and among others", g.rows(t, n), x[i*g.d:(i+1)*g.d])
			same(t, "the data of a row alone and among others", g.restored(t, x[i*g.d:(i+1)*g.d]), data[i*each:(i+1)*each])
			if one := g.labels(t, n); one[0] != labels[i] || one[0] == math.MinInt32 {
				t.Fatalf("the label of row %d is %d, and among others %d", n, one[0], labels[i])
			}
			same(t, "ln|det dy/dx| of a row alone and among others", g.logDet(t, n), l[i:i+1])
		}
		slices.Reverse(number)
		again := g.rows(t, number...)
		for i := range number {
			j := len(number) - 1 - i
			same(t, "a row and the same again", again[j*g.d:(j+1)*g.d], x[i*g.d:(i+1)*g.d])
		}
	}
}
