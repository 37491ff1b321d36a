package sample

import (
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// A part with settings draws what its method with these options draws; those of
// chains have the key that says how many there are.
func TestPartsAreTheirMethods(t *testing.T) {
	given := core.Settings{"chains": int64(4), "burn_in": int64(20), "thin": int64(2), "step_size": 0.1, "leapfrog": int64(3), "temperatures": []float64{2}}
	o := Options{Chains: 4, BurnIn: 20, Thin: 2, StepSize: 0.1, Leapfrog: 3, Temperatures: []float64{2}}
	for _, part := range Parts() {
		if part.Source == core.OfScore || part.Name == "annealed_importance" {
			continue // tested in score_test.go and annealed_test.go
		}
		own := core.Settings{}
		for _, p := range part.Params {
			own[p.Name] = given[p.Name]
		}
		s, problems := core.Complete(part.Params, own)
		if _, counts := s["chains"]; len(problems) > 0 || counts != (part.Source == core.OfChains) {
			t.Fatalf("%s of %s: settings %v, %v", part.Name, part.Source, s, problems)
		}
		of := core.Target{Model: wide, Energy: target, Beta: beta}
		o.Method = Method(part.Name)
		if o.Method == MethodSingleSite || o.Method == MethodWolff {
			of = core.Target{Energy: bonded{spinRing(8, -0.2, 0)}, Beta: beta}
		}
		got, err := part.NewSampler(s, of)
		if err != nil {
			t.Fatal(err)
		}
		var a, b core.Batch
		if _, err := got.Next(&a, begin(t, got, 5), 8); err != nil {
			t.Fatal(err)
		}
		want, err := New(o, of)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := want.Next(&b, begin(t, want, 5), 8); err != nil || !slices.Equal(a.X, b.X) || a.Chains != b.Chains || slices.Equal(a.X[:len(a.X)/2], a.X[len(a.X)/2:]) {
			t.Errorf("%s draws %v, its method %v (%v)", part.Name, a.X, b.X, err)
		}
	}
}
