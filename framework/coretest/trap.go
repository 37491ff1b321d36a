package coretest

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Trap is the energy of free fermions of one spin in a harmonic trap,
//
//	H = 1/2 sum_i (-lap_i + x_i^2),
//
// in units of the trap's quantum: V = x^2/2 with Kinetic 1/2. Its canonical
// partition function is the sum of exp(-beta E_K) over all sets K of N orbitals,
// the elementary symmetric polynomial e_N of exp(-beta eps_k), which
//
//	e_n(k+1 orbitals) = e_n(k) + exp(-beta eps_(k+1)) e_(n-1)(k)
//
// gives without a difference; so do its derivatives.
func Trap() core.Part {
	type config struct {
		N int `key:"N" opt:"required" min:"1" help:"particles"`
		D int `key:"D" min:"1" max:"3" help:"dimension"`
	}
	powers := []core.Power{core.PowerExact, core.PowerSlope}
	m := core.Manifest{Kind: core.KindEnergy, Name: "trap", Version: "1", Summary: "free fermions in a harmonic trap",
		Powers: powers, Params: core.SchemaOf(config{D: 1})}
	return core.Part{Manifest: m, NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c config
		core.Decode(s, &c)
		levels, states := lowest(c.N, c.D, 0)
		fermi := float64(c.D) / 2
		for _, quanta := range levels[states[0][c.N-1]] {
			fermi += quanta
		}
		return &trap{core.EnergySpec{Space: core.Space{Kind: core.Particles, Shape: []int{c.N, c.D}}, Units: "w",
			Kinetic: 0.5, Degree: 2, FermiTemperature: fermi,
			Symmetries: []core.Symmetry{core.Z2, core.Permutation, core.Rotation}, Powers: powers}}, nil
	}}
}

type trap struct{ spec core.EnergySpec }

var (
	_ core.Energy       = (*trap)(nil)
	_ core.Exacter      = (*trap)(nil)
	_ core.EnergySloper = (*trap)(nil)
)

func (e *trap) Spec() core.EnergySpec { return e.spec }

func (e *trap) Eval(dst []float64, b *core.Batch) error {
	clear(dst)
	d := e.spec.Space.Size()
	for k, x := range b.X {
		dst[k/d] += x * x / 2
	}
	return nil
}

func (e *trap) Slope(slope, energy []float64, b *core.Batch) error {
	copy(slope, b.X)
	return e.Eval(energy, b)
}

// Exact gives the values of free particles under their own names, too: these
// particles are free.
func (e *trap) Exact(beta float64) (core.Exact, error) {
	if !(beta > 0) || math.IsInf(beta, 1) {
		return core.Exact{}, core.Errorf(core.Invalid, "exact values", "beta", "must be positive and finite, got %v", beta)
	}
	n, dim := e.spec.Space.Shape[0], e.spec.Space.Shape[1]
	// e_n, and the means of the quanta and of their square times e_n.
	sum, first, second := make([]float64, n+1), make([]float64, n+1), make([]float64, n+1)
	sum[0] = 1
	// Orbitals with more quanta than 45/beta above the Fermi level weigh less
	// than e^-45 = 3e-20 of the lowest set.
	for q := 0; float64(q) < 45/beta+e.spec.FermiTemperature; q++ {
		weight, energy, orbitals := math.Exp(-beta*float64(q)), float64(q), 1
		for a := 1; a < dim; a++ {
			orbitals = orbitals * (q + a) / a
		}
		for range orbitals {
			for j := n; j > 0; j-- {
				s, f := sum[j-1], first[j-1]
				sum[j] += weight * s
				first[j] += weight * (f + energy*s)
				second[j] += weight * (second[j-1] + 2*energy*f + energy*energy*s)
			}
		}
	}
	rest := float64(n*dim) / 2
	logZ := math.Log(sum[n]) - beta*rest
	mean := first[n] / sum[n]
	u, f := mean+rest, -logZ/beta
	s := beta * (u - f)
	return core.Exact{Source: "canonical recursion", Values: map[string]float64{"log_z": logZ, "free_energy": f, "energy": u, "entropy": s,
		"heat_capacity":     beta * beta * (second[n]/sum[n] - mean*mean),
		"ideal_free_energy": f, "ideal_energy": u, "ideal_entropy": s}}, nil
}
