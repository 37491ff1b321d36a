package learn_test

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest/reference"
	"github.com/helmholtz-physics/helmholtz/framework/learn"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
)

// lattice trains the Jastrow state on a ring and returns its exact energy.
func lattice(t *testing.T, energy core.Part, balanced bool) float64 {
	const n, steps = 6, 150
	learners := proof(t, steps, func(o opener) []*learn.Learner {
		e, spec := o.energy(energy, nil)
		part, m := o.model(reference.Jastrow(balanced), nil, spec.Space)
		e.Actual = map[core.Column]core.Column{core.E: core.V}
		linked := &learn.Part{Giver: part.InRole(core.RoleLink), Instance: part.Instance, Sizes: part.Sizes}
		return []*learn.Learner{{Model: part, Theta: started(o, m), Optimizer: adam(0.03, steps),
			Terms: []*learn.Term{{Objective: o.objective(&objective.WaveFunction{Units: "J"}, m), Source: drawn(m), Batch: 600, Shares: shares,
				Parts: []*learn.Part{e, part, linked, rule(core.Host{}, part.Sizes, core.RowLinkedEnergy)}}}}}
	})
	// <Psi|H|Psi> by enumeration: the local energy of every state, with its weight.
	o := opener{t: t}
	_, spec := o.energy(energy, nil)
	_, m := o.model(reference.Jastrow(balanced), nil, spec.Space)
	o.must(m.Load(learners[0].Theta))
	local, err := energy.NewEnergy(nil)
	o.must(err)
	sum := 0.0
	for code := range 1 << n {
		b := &core.Batch{N: 1, X: make([]float64, n)}
		up := 0.0
		for j := range b.X {
			b.X[j] = float64(1 - 2*(code>>j&1))
			up += b.X[j]
		}
		if balanced && up != 0 {
			continue
		}
		logP, v, psi, count := make([]float64, 1), make([]float64, 1), make([]complex128, 1), make([]int32, 1)
		o.must(m.LogProb(logP, b.X))
		o.must(local.Eval(v, b))
		o.must(m.(core.WaveFunction).Amplitude(psi, b.X))
		y, h, err := local.(core.Linker).Links(count, b)
		o.must(err)
		other := make([]complex128, len(h))
		o.must(m.(core.WaveFunction).Amplitude(other, y))
		e := v[0]
		for k := range h {
			e += real(h[k]) * math.Exp(real(other[k]-psi[0]))
		}
		sum += math.Exp(logP[0]) * e
	}
	return sum
}

// The ground state of the ring of six at h = 1 has E = -2 sum_k cos(k/2), k = (2m+1) pi/6:
// -7.727407 (Pfeuty 1970). The best state of two couplings has -7.709032, by
// minimisation over both with all 64 states.
func TestTransverseIsing(t *testing.T) {
	const exact, best = -7.727406610312547, -7.709032
	e := lattice(t, reference.TransverseIsing(6, 1), false)
	if e < exact || e < best-1e-6 {
		t.Errorf("E = %v lies below the exact %v, or the best %v of its kind", e, exact, best)
	}
	near(t, "E", e, best, 0.005*math.Abs(exact))
}

// The ring of six spins has E = -(2 + sqrt 13)/2 = -2.802776 (diagonalisation of its 20
// states without magnetisation). Its
// configurations have two to six links.
func TestHeisenberg(t *testing.T) {
	exact := -0.5 * (2 + math.Sqrt(13))
	e := lattice(t, reference.Heisenberg(6), true)
	if e < exact-1e-12 {
		t.Errorf("E = %v lies below the exact %v", e, exact)
	}
	near(t, "E", e, exact, 0.01*math.Abs(exact))
}
