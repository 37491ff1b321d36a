package run

import (
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// D = beta (F[p] - F): averages over draws of a model carry a caution from one nat on, by three of its errors; the bound
// and reweighted values do not, nor draws that are not the model's own.
func TestDistance(t *testing.T) {
	scalar := func(name string, value, stderr float64) core.Estimate {
		return core.Scalar(name, name, value, stderr, "1", 1000)
	}
	for name, c := range map[string]struct {
		beta       float64
		f, stderr  float64 // F[p]
		reweighted float64 // NaN: is not reported
		exact      map[string]float64
		source     core.Source
		sampler    core.Sampler
		want       string // "" for no caution
	}{
		"F is known":                  {2, -9, 0.01, math.NaN(), map[string]float64{"free_energy": -10}, core.OfModel, sample.Direct{}, "2 nats from the Boltzmann density, beta (F[p] - F) with F exactly"},
		"F is reweighted":             {2, -9, 0.01, -9.8, nil, core.OfModel, sample.Direct{}, "1.6 nats from the Boltzmann density, beta (F[p] - F) with F by reweighting"},
		"near":                        {2, -9.6, 0.01, -10, nil, core.OfModel, sample.Direct{}, ""},
		"perhaps near":                {2, -9.4, 0.05, -10, nil, core.OfModel, sample.Direct{}, ""},
		"nothing is known":            {2, -9, 0.01, math.NaN(), nil, core.OfModel, sample.Direct{}, ""},
		"the ground state":            {math.Inf(1), -9, 0.01, math.NaN(), map[string]float64{"free_energy": -10}, core.OfModel, sample.Direct{}, ""},
		"draws of chains":             {2, -9, 0.01, math.NaN(), map[string]float64{"free_energy": -10}, core.OfChains, sample.Direct{}, ""},
		"draws that left the density": {2, -9, 0.01, math.NaN(), map[string]float64{"free_energy": -10}, core.OfModel, &sample.Copies{}, ""},
	} {
		bound, reweighted := scalar("free_energy", c.f, c.stderr), scalar("free_energy_reweighted", c.reweighted, 0.01)
		bound.Bound, reweighted.Reweighted = 1, true
		cost := scalar("transport_cost", 3, 0.1)
		cost.Own = true
		rows := []core.Estimate{scalar("energy", -8, 0.01), bound, cost}
		if !math.IsNaN(c.reweighted) {
			rows = append(rows, reweighted)
		}
		r := &runner{plan: &plan.Plan{Beta: c.beta}, results: &core.Results{Exact: c.exact}, estimates: [][]core.Estimate{rows}}
		r.parts.Estimators = []core.Estimator{&freeEnergy{}}
		p := phase{source: c.source, sampler: c.sampler, estimators: []int{0}}
		r.handOn(p, r.distance(p)...)
		if got := rows[0].Caution(); (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: the energy has the caution %q, want %q", name, got, c.want)
		}
		for _, e := range rows[1:] {
			if len(e.Cautions) > 0 {
				t.Errorf("%s: %s has the caution %q", name, e.Name, e.Caution())
			}
		}
	}
}
