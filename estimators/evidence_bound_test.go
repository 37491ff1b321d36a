package estimators

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest/reference"
)

// Of the factor model x ~ N(0, v^2 + s^2), v = s = 1, with q(z|x) = N(0, 1) in the place of
// p(z|x) = N(x/2, 1/2), -L_1 is
//
//	1/2 < (x - z)^2 > + 1/2 ln 2 pi = (x^2 + 1 + ln 2 pi)/2
//
// and -ln p(x) = x^2/4 + 1/2 ln 4 pi. Bounds fall with the number of draws and stay above
// that. The rows are +-1; the standard deviation of (x - z)^2/2 is sqrt(3/2), and the mean of
// 2000 of them within four standard errors of its value.
func TestEvidenceBoundsFall(t *testing.T) {
	m, err := reference.Factor().NewModel(nil, core.Space{Kind: core.Field, Shape: []int{1}})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Load([]float64{0, 1, 0, 0, 0, 0}); err != nil {
		t.Fatal(err)
	}
	rows := []core.Range{{Name: core.TestRows, From: 0, To: 40}}
	setting := core.Setting{Energy: core.EnergySpec{Space: m.Spec().Space, Rows: rows}, Model: m.Spec(), Bound: m.(core.Bounder), Seed: 3}
	open := func() core.Estimator {
		e, err := evidenceBound().NewEstimator(core.Settings{"samples": int64(50)}, setting)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	add := func(e core.Estimator, from, to int) {
		b := &core.Batch{N: to - from}
		for i := from; i < to; i++ {
			b.X = append(b.X, float64(1-2*(i%2)))
			core.RowNumber.Put(b, append(core.RowNumber.Of(b), int32(i)))
		}
		if err := e.Add(b); err != nil {
			t.Fatal(err)
		}
	}
	whole, parts := open(), open()
	add(whole, 0, 40)
	add(parts, 0, 13)
	add(parts, 13, 40)
	all, err := whole.Report()
	if err != nil {
		t.Fatal(err)
	}
	other, _ := parts.Report()
	elbo, last, curve := all[0], all[1], all[2]
	exact, likelihood := (2+math.Log(2*math.Pi))/2, 0.25+math.Log(4*math.Pi)/2
	if off := math.Abs(elbo.Value[0] - exact); off > 4*math.Sqrt(1.5/2000) {
		t.Errorf("minus the evidence lower bound is %v, and %v in the mean", elbo.Value, exact)
	}
	if !slices.Equal(curve.Axes[0].Values, []float64{1, 2, 5, 10, 20, 50}) || curve.Value[0] != elbo.Value[0] || curve.Value[5] != last.Value[0] {
		t.Fatalf("bounds %+v of %v and %v", curve, elbo.Value, last.Value)
	}
	for k, v := range curve.Value {
		if k > 0 && v >= curve.Value[k-1] || v < likelihood-0.02 {
			t.Errorf("bounds %v do not fall to %v", curve.Value, likelihood)
		}
		if math.Abs(other[2].Value[k]-v) > 1e-12 {
			t.Errorf("of two batches the bound %d is %v, and %v of one", k, other[2].Value[k], v)
		}
	}
}

// Of one draw both bounds are the evidence lower bound, each under its own name.
func TestEvidenceBoundOfOneDraw(t *testing.T) {
	m, err := reference.Factor().NewModel(nil, core.Space{Kind: core.Field, Shape: []int{1}})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Load([]float64{0, 1, 0, 0, 0, 0}); err != nil {
		t.Fatal(err)
	}
	rows := []core.Range{{Name: core.TestRows, From: 0, To: 2}}
	setting := core.Setting{Energy: core.EnergySpec{Space: m.Spec().Space, Rows: rows}, Model: m.Spec(), Bound: m.(core.Bounder), Seed: 3}
	e, err := evidenceBound().NewEstimator(core.Settings{"samples": int64(1)}, setting)
	if err != nil {
		t.Fatal(err)
	}
	b := &core.Batch{N: 2, X: []float64{-1, 1}}
	core.RowNumber.Put(b, []int32{0, 1})
	if err := e.Add(b); err != nil {
		t.Fatal(err)
	}
	all, err := e.Report()
	if err != nil {
		t.Fatal(err)
	}
	for k, o := range e.Spec().Observables {
		if all[k].Name != o.Name || all[k].Value[0] != all[0].Value[0] {
			t.Errorf("observable %d is %s = %v, want %s = %v", k, all[k].Name, all[k].Value, o.Name, all[0].Value)
		}
	}
}
