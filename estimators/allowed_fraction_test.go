package estimators

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Of four states two are forbidden, the model is even: half of the draws are allowed, and
// ln Z = ln 2 by weights 4 and 0. Means of E are refused, and not standard.
func TestForbiddenDraws(t *testing.T) {
	s := setting(1)
	s.Energy.Forbids = true
	b := &core.Batch{N: 400, X: make([]float64, 400*s.Energy.Space.Size())}
	for i := range 400 {
		b.LogP, b.E = append(b.LogP, -math.Log(4)), append(b.E, 0)
		if i%2 == 0 {
			b.E[i] = math.Inf(1)
		}
	}
	for name, want := range map[string]float64{"allowed_fraction": 0.5, "log_z": math.Ln2, "effective_sample_size": 0.5} {
		r := weighedBatch(t, name, s, b)
		if math.Abs(r.Value[0]-want) > 2e-3 || !(r.Stderr[0] > 0 && r.Stderr[0] < 0.1) {
			t.Errorf("%s is %v +- %v, want %v", name, r.Value, r.Stderr, want)
		}
	}
	names := Default(s)
	for name, standard := range map[string]bool{"allowed_fraction": true, "entropy": true, "log_z": true, "free_energy": false, "energy": false} {
		if slices.Contains(names, name) != standard {
			t.Errorf("%s is standard: %t, want %t", name, !standard, standard)
		}
	}
	if _, err := build("free_energy", nil, s); core.KindOf(err) != core.Unsupported {
		t.Errorf("free_energy: %v, want it unsupported", err)
	}
}

// Where nothing is allowed, Z is estimated as 0.
func TestAllDrawsForbidden(t *testing.T) {
	s := setting(1)
	s.Energy.Forbids = true
	b := &core.Batch{N: 3, X: make([]float64, 3*s.Energy.Space.Size()), LogP: []float64{-1, -1, -2}, E: []float64{math.Inf(1), math.Inf(1), math.Inf(1)}}
	if r := weighedBatch(t, "log_z", s, b); !math.IsInf(r.Value[0], -1) || !math.IsNaN(r.Stderr[0]) {
		t.Errorf("log_z is %v +- %v, want -Inf without an error", r.Value, r.Stderr)
	}
}

// weighed is what an estimator reports of one batch.
func weighedBatch(t *testing.T, name string, s core.Setting, b *core.Batch) core.Estimate {
	t.Helper()
	e, err := build(name, nil, s)
	if err != nil {
		t.Fatal(err)
	}
	add(t, map[string]core.Estimator{name: e}, b)
	return reportOf(t, e)
}
