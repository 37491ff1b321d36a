package estimators

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Of two states the higher one is the edge of the basis. Its weight is counted
// with the other sums of the estimator: restored and merged it says the same.
func TestEdgeOfBasis(t *testing.T) {
	s := quantumSetting()
	s.Model.Basis = &core.Basis{Key: "levels", Quanta: []int{0, 1}, Edge: 1}
	fresh := func() core.Estimator {
		e, err := build("energy", nil, s)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	var b core.Batch
	oscillator{p: [2]float64{0.75, 0.25}}.draw(&b, rand.New(rand.NewPCG(1, 2)), 1000)
	for i := range b.K {
		b.K[i] = int32(i % 4 / 3) // a quarter of them
	}
	e := fresh()
	if err := e.Add(&b); err != nil {
		t.Fatal(err)
	}
	const want = "states at the edge of the basis have 0.25 of the weight (more than 0.001), so that what lies beyond is missing: raise model.levels"
	restored, merged := fresh(), fresh()
	if err := restored.Restore(e.State()); err != nil {
		t.Fatal(err)
	}
	if err := merged.Merge(e.State()); err != nil {
		t.Fatal(err)
	}
	for _, e := range []core.Estimator{e, restored, merged} {
		if r := reportOf(t, e); r.Caution() != want || r.Cautions[0].Code != core.CautionSmallBasis || r.N != 1000 {
			t.Errorf("%+v", r)
		}
	}
	// One in a thousand is no reason yet.
	clear(b.K)
	b.K[7] = 1
	e = fresh()
	if err := e.Add(&b); err != nil {
		t.Fatal(err)
	}
	if r := reportOf(t, e); r.Caution() != "" {
		t.Errorf("caution %q", r.Caution())
	}
	if err := e.Restore(core.EstimatorState{"basis.n": {1}}); err == nil || !strings.HasPrefix(err.Error(), "basis: a state of [basis.n] where") {
		t.Errorf("error %v", err)
	}
	s.Beta = math.Inf(1)
	if _, watched := fresh().(*edge); watched {
		t.Error("the ground state is watched")
	}
	s.Beta, s.Model.Basis = beta, &core.Basis{Key: "levels"}
	if _, err := build("energy", nil, s); err == nil || !strings.Contains(err.Error(), "the model has 2 orbitals and a basis of 0") {
		t.Errorf("error %v", err)
	}
}
