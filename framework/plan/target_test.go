package plan

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// The target decides the draws, and so is in the fingerprint of the evaluation and not in
// that of the training.
func TestTargetInFingerprints(t *testing.T) {
	plain, aimed := mustCheck(t, base), mustCheck(t, base, "evaluate.target.free_energy=0.01")
	other, most := mustCheck(t, base, "evaluate.target.free_energy=0.02"), mustCheck(t, base, "evaluate.target.free_energy=0.01", "evaluate.most=20000")
	seen := map[string]bool{}
	for _, p := range []*Plan{plain, aimed, other, most} {
		if p.Fingerprint() != plain.Fingerprint() {
			t.Error("a target changes what is trained")
		}
		seen[p.EvaluationFingerprint()] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d fingerprints of four evaluations", len(seen))
	}
	for p, want := range map[*Plan]int64{plain: 10000, aimed: 1000000, most: 20000} {
		if got := p.MostSamples(); got != want {
			t.Errorf("%d samples at most, want %d", got, want)
		}
	}
	if again := plain.Reseeded(7); again.EvaluationSeed() != 7 || plain.EvaluationSeed() != 1 || again.Reseeded(0).EvaluationFingerprint() != plain.EvaluationFingerprint() {
		t.Error("another seed of the evaluation is not that alone")
	}
}

func TestFitTargets(t *testing.T) {
	energy, model, estimators := wellFitting()
	estimators = append(estimators, NamedSpec{"nll", "", core.EstimatorSpec{Source: core.OfData, Observables: []core.Observable{{Name: "nll_test"}}, Wants: []core.Column{}}})
	energy.Rows = []core.Range{{Name: core.TestRows, To: 10}}
	for target, want := range map[string]string{
		"free_energy": "", "free_energy_per_site": "", "correlation": "",
		"free_enrgy": `invalid: --set evaluate.target.free_enrgy: no estimator reports free_enrgy; did you mean "free_energy"?`,
		"pressure":   `invalid: --set evaluate.target.pressure: no estimator reports pressure; known are correlation, free_energy, free_energy_per_site, nll_test`,
		"nll_test":   `mismatch: --set evaluate.target.nll_test: evaluate.target.nll_test: estimator "nll" looks at given rows, of which there are no more to draw; leave it out`,
	} {
		p := mustCheck(t, base, "evaluate.target."+target+"=0.01")
		got := ""
		if err := p.Fit(trained(t, p, Bound{Energy: energy, Model: &model, Estimators: estimators})); err != nil {
			got = core.KindOf(err).String() + ": " + err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", target, got, want)
		}
	}
}
