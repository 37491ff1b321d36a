package learn_test

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/learn"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
	"github.com/helmholtz-physics/helmholtz/framework/optim"
)

// fermions descend by natural gradients: two in a trap, as in TestDensityMatrixOfChains.
func fermions(o opener, solver optim.Solver) *learn.Learner {
	e, spec := o.energy(coretest.Trap(), core.Settings{"N": int64(2)})
	part, m := o.model(coretest.Determinants(), core.Settings{"scale": 0.5}, spec.Space)
	e.Actual = map[core.Column]core.Column{core.E: core.V}
	return &learn.Learner{Model: part, Theta: started(o, m), Factors: m.Spec().Factors, Damping: m.Spec().FactorDamping,
		Optimizer: &optim.Natural{Schedule: optim.Constant(1), Solver: solver, Damping: 1e-3, MaxNorm: 1e-2},
		Terms: []*learn.Term{{Objective: o.objective(&objective.DensityMatrix{Divergence: pure}, m), Source: drawn(m), Batch: 96, Shares: shares,
			Parts: []*learn.Part{e, part, rule(core.Host{Kinetic: spec.Kinetic}, part.Sizes, core.RowLocalEnergy)}}}}
}

// Natural gradients by conjugate gradients have the same bits in all worlds and on any ranks, also where these change between the
// steps, and are those of the factorised matrix.
func TestNaturalGradientsOfProducts(t *testing.T) {
	const steps = 6
	solver := optim.Solver{Solver: "conjugate_gradients", Iterations: 100, Tolerance: 1e-12}
	got := proof(t, steps, func(o opener) []*learn.Learner { return []*learn.Learner{fermions(o, solver)} })[0]
	want := fermions(opener{t: t}, optim.DefaultSolver)
	start := append([]float64(nil), want.Theta...)
	if _, err := train([]*learn.Learner{want}, nil, baton{}, steps); err != nil {
		t.Fatal(err)
	}
	moved := 0.0
	for k, x := range want.Theta {
		moved = max(moved, math.Abs(x-start[k]))
		if math.Abs(got.Theta[k]-x) > 1e-8 { // residuals of 1e-12, over the damping, in six steps of which each starts from the last
			t.Errorf("parameter %d is %v, of the factorised matrix %v", k, got.Theta[k], x)
		}
	}
	if moved < 0.01 {
		t.Errorf("parameters moved by %v: nothing to compare", moved)
	}
}
