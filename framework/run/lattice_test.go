package run

import (
	"context"
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest/reference"
	"github.com/helmholtz-physics/helmholtz/framework/optim"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// A lattice Hamiltonian and a wave function go through a run as any energy and model
// do: training by their local energy, and its mean in the evaluation. The ring of six
// spins in a transverse field h = 1 has E = -7.727407 (Pfeuty 1970), and the best
// state of two couplings -7.709032 (minimised over all 64 configurations).
func TestWaveFunctionOnALattice(t *testing.T) {
	const exact, best = -7.727407, -7.709032
	energy, err := reference.TransverseIsing(6, 1).NewEnergy(nil)
	if err != nil {
		t.Fatal(err)
	}
	model, err := reference.Jastrow(false).NewModel(nil, energy.Spec().Space)
	if err != nil {
		t.Fatal(err)
	}
	p := testPlan(150)
	p.Beta, p.Model.Plugin, p.Energy.Plugin = math.Inf(1), "jastrow", "transverse_ising"
	p.Train.Anneal = 0
	p.Optimizer = partPlan(optim.Parts(), "adam", core.Settings{"schedule": "cosine", "learning_rate": 0.03})
	p.Evaluate = plan.Evaluate{Samples: 20000, Batch: 5000}
	parts := Parts{Model: model, Energy: energy, Estimators: []core.Estimator{&freeEnergy{beta: math.Inf(1)}}}
	results, err := runPlan(context.Background(), p, parts, &memory{}, &watcher{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := results.Estimates[0]
	if e.Value[0] < exact-4*e.Stderr[0] || math.Abs(e.Value[0]-best) > 0.005*math.Abs(exact) || e.Stderr[0] > 0.02 {
		t.Errorf("E = %v +- %v, exact %v, best of its kind %v", e.Value[0], e.Stderr[0], exact, best)
	}
	if watched := results.History.Column("energy"); len(watched) != 150 {
		t.Errorf("the history has %d energies", len(watched))
	}
}
