package estimators

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// dataSetting is an energy that is data of d numbers a row, in three ranges.
func dataSetting(d int, powers ...core.Power) core.Setting {
	space := core.Space{Kind: core.Field, Shape: []int{d}}
	return core.Setting{Beta: 1, Model: core.ModelSpec{Space: space}, Energy: core.EnergySpec{Space: space, Units: "1",
		Rows:   []core.Range{{Name: "train", From: 0, To: 4}, {Name: "validation", From: 4, To: 6}, {Name: "test", From: 6, To: 9}},
		Powers: append([]core.Power{core.PowerRows, core.PowerUnknown}, powers...)}}
}

func judged(number []int32, logP, logDet []float64) *core.Batch {
	b := &core.Batch{N: len(number), LogP: logP}
	core.RowNumber.Put(b, number)
	core.DataLogDet.Put(b, logDet)
	return b
}

// By hand: -(ln p + ln|det|) of the rows of each range, and its standard error.
func TestNegativeLogLikelihood(t *testing.T) {
	s := dataSetting(2, core.PowerTransformed)
	s.Exact = map[string]float64{"entropy": 1.25}
	var nll, bits core.Estimator
	for e, part := range map[*core.Estimator]core.Part{&nll: negativeLogLikelihood(), &bits: bitsPerDimension()} {
		var err error
		if *e, err = part.NewEstimator(nil, s); err != nil {
			t.Fatal(err)
		}
	}
	batches := []*core.Batch{
		judged([]int32{0, 1, 6}, []float64{-1, -2, -7}, []float64{0.5, 0.5, 1}),
		judged([]int32{8, 3, 7, 2}, []float64{-9, -3, -8, -2}, []float64{1, 1, 1, 1}),
		judged([]int32{4, 5}, []float64{-1, -1}, []float64{0, 0}),
	}
	half := map[bool]core.Estimator{}
	for _, swap := range []bool{false, true} {
		half[swap], _ = negativeLogLikelihood().NewEstimator(nil, s)
	}
	for i, b := range batches {
		for _, e := range []core.Estimator{nll, bits, half[i > 0]} {
			if err := e.Add(b); err != nil {
				t.Fatal(err)
			}
		}
	}
	// train 0.5, 1.5, 2, 1; test 6, 8, 7; s^2 = 1.25/3 and 1.
	train, test := math.Sqrt(1.25/3/4), math.Sqrt(1.0/3)
	want := map[string][2]float64{"nll_train": {1.25, train}, "nll_validation": {1, 0}, "nll_test": {7, test}, "generalisation_gap": {5.75, math.Hypot(train, test)}}
	all, err := nll.Report()
	if err != nil || len(all) != len(want) {
		t.Fatal(all, err)
	}
	for _, e := range all {
		if w := want[e.Name]; math.Abs(e.Value[0]-w[0]) > 1e-14 || math.Abs(e.Stderr[0]-w[1]) > 1e-14 {
			t.Errorf("%s = %v +- %v, want %v", e.Name, e.Value, e.Stderr, w)
		}
		if bound := e.Name == "nll_test"; bound != (e.Bound == 1) {
			t.Errorf("%s has the bound %d", e.Name, e.Bound)
		}
	}
	perBit, _ := bits.Report()
	if b := perBit[2]; b.Name != "bits_per_dimension_test" || math.Abs(b.Value[0]-7/(2*math.Ln2)) > 1e-14 {
		t.Errorf("%+v", b)
	}
	for k, o := range nll.Spec().Observables[:3] {
		if o.Name != all[k].Name || o.Reference == nil || o.Reference.Value != 1.25 {
			t.Errorf("observable %+v of %s", o, all[k].Name)
		}
	}
	if err := half[false].Merge(half[true].State()); err != nil {
		t.Fatal(err)
	}
	merged, _ := half[false].Report()
	for k, e := range merged {
		if math.Abs(e.Value[0]-all[k].Value[0]) > 1e-14 || math.Abs(e.Stderr[0]-all[k].Stderr[0]) > 1e-14 {
			t.Errorf("merged %+v, want %+v", e, all[k])
		}
	}
	if err := half[true].Restore(nll.State()); err != nil {
		t.Fatal(err)
	}
	if restored, _ := half[true].Report(); !reflect.DeepEqual(restored, all) {
		t.Errorf("restored %+v, want %+v", restored, all)
	}
}

// A row that the model excludes has an infinite likelihood, which is said and not hidden.
func TestRowsOfDensityZero(t *testing.T) {
	e, _ := negativeLogLikelihood().NewEstimator(nil, dataSetting(2))
	if err := e.Add(judged([]int32{0, 1, 6}, []float64{-1, math.Inf(-1), -7}, nil)); err != nil {
		t.Fatal(err)
	}
	all, _ := e.Report()
	if train := all[0]; !math.IsInf(train.Value[0], 1) || train.N != 2 || len(train.Cautions) != 1 {
		t.Errorf("%+v", train)
	}
	if err := e.Add(judged([]int32{0}, []float64{math.NaN()}, nil)); core.KindOf(err) != core.Numeric {
		t.Errorf("NaN: error %v", err)
	}
}

// Of data that knows no E, the standard set has what can be known: nothing with E.
func TestStandardSetOfData(t *testing.T) {
	names := Default(dataSetting(2))
	for _, want := range []string{"entropy", "negative_log_likelihood", "magnetization"} {
		if !slices.Contains(names, want) {
			t.Errorf("%v lacks %s", names, want)
		}
	}
	for _, bad := range []string{"energy", "free_energy", "log_z", "effective_sample_size"} {
		if slices.Contains(names, bad) {
			t.Errorf("%v has %s", names, bad)
		}
	}
}
