package learn_test

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest/reference"
	"github.com/helmholtz-physics/helmholtz/framework/learn"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
	"github.com/helmholtz-physics/helmholtz/framework/recipe"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// The machine of proofs of contrastive divergence has 4 visible and 3 hidden spins, and its data
// are these four patterns. Its likelihood is exact, by enumeration of ln Z, and cannot be
// better than the entropy of the data, ln 4.
const machineSpins = 4

var (
	smallMachine    = reference.Boltzmann(3, 5)
	machineSpace    = core.Space{Kind: core.Spins, Shape: []int{machineSpins}}
	machinePatterns = []float64{1, 1, 1, 1, -1, -1, -1, -1, 1, 1, -1, -1, -1, -1, 1, 1}
)

// ofPatterns is a term on them.
func (o opener) ofPatterns(part *learn.Part, m core.Model, ob core.Objective) *learn.Term {
	given := &learn.Source{Name: "data", Draw: sample.Replacing{Given: sample.Array{X: machinePatterns, Size: machineSpins}.All()}, Gives: []core.Column{core.X}}
	for _, n := range ob.Spec().Noise {
		given.Noise = append(given.Noise, n)
	}
	return &learn.Term{Name: "data", Objective: o.objective(ob, m), Source: given, Batch: 256, Shares: shares, Parts: []*learn.Part{part}}
}

// learnedPatterns requires that the likelihood has become that of the patterns.
func learnedPatterns(t *testing.T, learners []*learn.Learner) {
	t.Helper()
	o := opener{t: t}
	_, m := o.model(smallMachine, nil, machineSpace)
	likelihood := func(theta []float64) float64 {
		o.must(m.Load(theta))
		w := make([]float64, 4)
		o.must(m.(core.Weigher).LogWeight(w, machinePatterns))
		z, _, err := m.(core.Normaliser).LogZ()
		o.must(err)
		return z - (w[0]+w[1]+w[2]+w[3])/4
	}
	before, after := likelihood(started(o, m)), likelihood(learners[0].Theta)
	if before < 2.5 || after < math.Log(4) {
		t.Errorf("-<ln p> was %v, and %v is less than the entropy of the data", before, after)
	}
	near(t, "-<ln p>", after, math.Log(4), 0.1)
}

// A machine learns by persistent contrastive divergence: a term on data and one on its own chains.
func TestPersistentContrastiveDivergence(t *testing.T) {
	const steps = 400
	learnedPatterns(t, proof(t, steps, func(o opener) []*learn.Learner {
		part, m := o.model(smallMachine, nil, machineSpace)
		chains := &learn.Term{Name: "chains", Objective: o.objective(&objective.LogWeight{}, m), Batch: 256, Shares: shares, Parts: []*learn.Part{part},
			Source: &learn.Source{Name: "chains", Draw: sample.Direct{Density: m}, Gives: []core.Column{core.X}, Chains: part}}
		return []*learn.Learner{{Model: part, Theta: started(o, m), Optimizer: adam(0.02, steps),
			Terms: []*learn.Term{o.ofPatterns(part, m, &objective.LogWeight{Data: true}), chains}}}
	}))
}

// A machine learns by contrastive divergence with chains from data, in one term. Its bias is
// small where p is nearly the density of the data.
func TestContrastiveDivergence(t *testing.T) {
	const steps = 200
	learnedPatterns(t, proof(t, steps, func(o opener) []*learn.Learner {
		part, m := o.model(smallMachine, nil, machineSpace)
		moved := *part
		moved.Giver = &recipe.Giver{Name: "where it moves", Rows: []*core.Row{core.RowLogWeight},
			Actual: map[core.Column]core.Column{core.X: core.Moved, core.LogWeight: core.MovedWeight}}
		term := o.ofPatterns(part, m, &objective.Contrast{})
		term.Parts = append(term.Parts, &moved)
		return []*learn.Learner{{Model: part, Theta: started(o, m), Optimizer: adam(0.04, steps), Terms: []*learn.Term{term}}}
	}))
}
