package learn_test

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/learn"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
	"github.com/helmholtz-physics/helmholtz/framework/recipe"
)

// still is a model, and an energy, that do nothing and allocate nothing.
type still struct{}

func (still) Spec() core.ModelSpec { return core.ModelSpec{Space: line, Parameters: 3} }

func (still) Init([]float64, uint64) error { return nil }

func (still) Load([]float64) error { return nil }

func (still) Sample(dst *core.Batch, _ uint64, n int) error {
	dst.Reset(n, 1)
	clear(dst.X)
	clear(dst.LogP)
	return nil
}

func (still) LogProb([]float64, []float64) error { return nil }

func (still) Pull(grad []float64, _ *core.Batch, _ []float64) error {
	clear(grad)
	return nil
}

type flat struct{}

func (flat) Spec() core.EnergySpec { return core.EnergySpec{Space: line, Units: "1"} }

func (flat) Eval(dst []float64, _ *core.Batch) error {
	clear(dst)
	return nil
}

// A step of the loop allocates nothing once it has made one, whatever its terms.
func TestStepAllocatesNothing(t *testing.T) {
	m := still{}
	sizes := m.Spec().Sizes()
	model := &learn.Part{Giver: recipe.NewGiver(core.KindModel, "still", nil), Instance: core.Local{Part: m}, Sizes: sizes}
	energy := &learn.Part{Giver: recipe.NewGiver(core.KindEnergy, "flat", nil), Instance: core.Local{Part: flat{}}, Sizes: sizes}
	noisy := &learn.Source{Draw: drawn(m).Draw, Gives: core.Drawn, Noise: []core.Noise{{Column: core.Time, Law: core.Uniform}}}
	joined := &learn.Source{Parents: []learn.Parent{{Source: drawn(m), Role: "a"}}, Noise: []core.Noise{{Column: core.X, Law: core.Normal}}}
	term := func(s *learn.Source, o core.Objective) *learn.Term {
		return &learn.Term{Objective: o, Source: s, Batch: 20, Parts: []*learn.Part{model, energy}}
	}
	l := &learn.Learner{Model: model, Theta: make([]float64, 3), Optimizer: adam(0.1, 10),
		Terms: []*learn.Term{term(noisy, &objective.ReverseKL{}), term(joined, &objective.MaximumLikelihood{})}}
	if err := l.Open(1, ranks.Alone{}); err != nil {
		t.Fatal(err)
	}
	step := int64(0)
	if n := testing.AllocsPerRun(20, func() {
		step++
		if _, err := l.Gradient(step); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Descend(step); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a step", n)
	}
}
