package coretest

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Chain is the periodic Ising chain,
//
//	E(x) = -J sum_j x_j x_{j+1} - h sum_j x_j,
//
// with ln Z = ln(l_+^N + l_-^N) from the eigenvalues of its transfer matrix,
//
//	l_± = e^{bJ} cosh(bh) ± sqrt(e^{2bJ} sinh^2(bh) + e^{-2bJ})
//
// (Ising 1925; R. J. Baxter, Exactly Solved Models, 1982, eq. 2.1.9). It needs
// N >= 3, so that every bond is counted once.
func Chain() core.Part {
	type config struct {
		N int     `key:"N" opt:"required" min:"3" help:"sites"`
		J float64 `key:"J" unit:"J" help:"coupling; positive is ferromagnetic"`
		H float64 `key:"h" unit:"J" help:"field"`
	}
	m := core.Manifest{Kind: core.KindEnergy, Name: "chain", Version: "1", Summary: "periodic Ising chain",
		Reference: "Ising, Z. Phys. 31, 253 (1925)", Powers: []core.Power{core.PowerExact}, Params: core.SchemaOf(config{J: 1})}
	return core.Part{Manifest: m, NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c config
		core.Decode(s, &c)
		return &chain{n: c.N, j: c.J, h: c.H}, nil
	}}
}

type chain struct {
	n    int
	j, h float64
}

var (
	_ core.Energy  = (*chain)(nil)
	_ core.Exacter = (*chain)(nil)
)

func (e *chain) Spec() core.EnergySpec {
	spec := core.EnergySpec{
		Space: core.Space{Kind: core.Spins, Shape: []int{e.n}, Periodic: true},
		Units: "J", Powers: []core.Power{core.PowerExact},
	}
	if e.h == 0 {
		spec.Symmetries = []core.Symmetry{core.Z2}
	}
	return spec
}

func (e *chain) Eval(dst []float64, b *core.Batch) error {
	for i := range dst {
		x := b.X[i*e.n : (i+1)*e.n]
		last := x[e.n-1]
		dst[i] = 0
		for _, s := range x {
			dst[i] -= e.j*last*s + e.h*s
			last = s
		}
	}
	return nil
}

func (e *chain) Exact(beta float64) (core.Exact, error) {
	if !(beta > 0) || math.IsInf(beta, 1) {
		return core.Exact{}, core.Errorf(core.Invalid, "exact values", "beta", "must be positive and finite, got %v", beta)
	}
	logZ := e.logZ(beta)
	return core.Exact{Source: "transfer matrix", Values: map[string]float64{"log_z": logZ, "free_energy": -logZ / beta}}, nil
}

func (e *chain) logZ(beta float64) float64 {
	k, b := beta*e.j, beta*e.h
	root := math.Sqrt(math.Exp(2*k)*math.Pow(math.Sinh(b), 2) + math.Exp(-2*k))
	plus, minus := math.Exp(k)*math.Cosh(b)+root, math.Exp(k)*math.Cosh(b)-root
	return float64(e.n)*math.Log(plus) + math.Log1p(math.Pow(minus/plus, float64(e.n)))
}
