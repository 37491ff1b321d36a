package coretest

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// FreeField is the free scalar field on a periodic lattice of L^D sites,
//
//	E(x) = 1/2 sum_r [ M x_r^2 + K sum_mu (x_{r+mu} - x_r)^2 ],
//
// whose Boltzmann density is Gaussian with plane waves as normal modes:
//
//	ln Z = 1/2 sum_k ln( 2 pi / (beta w_k) ),   w_k = M + 2 K sum_mu (1 - cos k_mu),
//
// with k_mu = 2 pi/L times 0, ..., L-1. By equipartition <E> = N/(2 beta).
func FreeField() core.Part {
	type config struct {
		L int     `key:"L" opt:"required" min:"1" help:"sites along each axis"`
		D int     `key:"D" min:"1" max:"3" help:"dimension of the lattice"`
		M float64 `key:"M" above:"0" unit:"J" help:"mass squared"`
		K float64 `key:"K" min:"0" unit:"J" help:"stiffness of the springs between neighbours"`
	}
	powers := []core.Power{core.PowerExact, core.PowerSlope}
	m := core.Manifest{Kind: core.KindEnergy, Name: "free_field", Version: "1", Summary: "free scalar field on a periodic lattice",
		Powers: powers, Params: core.SchemaOf(config{D: 1, M: 1, K: 1})}
	return core.Part{Manifest: m, NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c config
		core.Decode(s, &c)
		e := &freeField{mass: c.M, stiffness: c.K}
		e.spec = core.EnergySpec{Space: core.Space{Kind: core.Field, Periodic: true}, Units: "J",
			Symmetries: []core.Symmetry{core.Z2, core.Translation, core.Reflection}, Powers: powers}
		for range c.D {
			e.spec.Space.Shape = append(e.spec.Space.Shape, c.L)
		}
		return e, nil
	}}
}

type freeField struct {
	spec            core.EnergySpec
	mass, stiffness float64
}

var (
	_ core.Energy       = (*freeField)(nil)
	_ core.Exacter      = (*freeField)(nil)
	_ core.EnergySloper = (*freeField)(nil)
)

func (e *freeField) Spec() core.EnergySpec { return e.spec }

func (e *freeField) Eval(dst []float64, b *core.Batch) error {
	return e.Slope(make([]float64, len(b.X)), dst, b)
}

func (e *freeField) Slope(slope, energy []float64, b *core.Batch) error {
	n := e.spec.Space.Size()
	for i := range energy {
		x, dx := b.X[i*n:(i+1)*n], slope[i*n:(i+1)*n]
		energy[i] = 0
		for r, v := range x {
			energy[i] += e.mass * v * v / 2
			dx[r] = e.mass * v
		}
		stride := 1 // between neighbours along the axis
		for _, l := range e.spec.Space.Shape {
			for r := range x {
				next := r + stride
				if r/stride%l == l-1 {
					next -= l * stride
				}
				stretch := x[next] - x[r]
				energy[i] += e.stiffness * stretch * stretch / 2
				dx[next] += e.stiffness * stretch
				dx[r] -= e.stiffness * stretch
			}
			stride *= l
		}
	}
	return nil
}

func (e *freeField) Exact(beta float64) (core.Exact, error) {
	if !(beta > 0) || math.IsInf(beta, 1) {
		return core.Exact{}, core.Errorf(core.Invalid, "exact values", "beta", "must be positive and finite, got %v", beta)
	}
	n, logZ := e.spec.Space.Size(), 0.0
	for k := range n {
		w := e.mass
		for _, l := range e.spec.Space.Shape {
			w += 2 * e.stiffness * (1 - math.Cos(2*math.Pi*float64(k%l)/float64(l)))
			k /= l
		}
		logZ += math.Log(2*math.Pi/(beta*w)) / 2
	}
	half := float64(n) / 2
	return core.Exact{Source: "normal modes", Values: map[string]float64{"log_z": logZ, "free_energy": -logZ / beta,
		"energy": half / beta, "entropy": logZ + half, "heat_capacity": half}}, nil
}
