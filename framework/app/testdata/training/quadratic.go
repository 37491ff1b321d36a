package main

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Independent draws of the Boltzmann density of an energy that is a sum of squares
// of the coordinates, E = E(0) + 1/2 sum_i k_i x_i^2:
//
//	x_i ~ N(0, 1/(beta k_i)),   k_i = 2 (E(e_i) - E(0)).
type draws struct {
	energy core.Energy
	beta   float64
	width  []float64
}

var quadratic = core.Part{
	Manifest: core.Manifest{Kind: core.KindSampler, Name: "quadratic", Version: "0.1.0", Source: core.OfBoltzmann,
		Summary: "independent draws of the Boltzmann density of harmonic wells", Params: []core.Param{}},
	NewSampler: func(_ core.Settings, target core.Target) (core.Sampler, error) {
		if kind := target.Energy.Spec().Space.Kind; kind == core.Spins {
			return nil, core.Errorf(core.Mismatch, "", "", "there are no harmonic wells of %s", kind)
		}
		return &draws{energy: target.Energy, beta: target.Beta}, nil
	},
}

func (s *draws) Init(seed uint64) (core.SamplerState, error) {
	return core.SamplerState{Seed: seed}, nil
}

func (s *draws) Burn(state core.SamplerState) (core.SamplerState, int, error) { return state, 0, nil }

// probe finds the widths.
func (s *draws) probe() error {
	d := s.energy.Spec().Space.Size()
	b := core.Batch{N: d + 1, X: make([]float64, (d+1)*d)}
	for i := range d {
		b.X[(i+1)*d+i] = 1
	}
	e := make([]float64, b.N)
	if err := s.energy.Eval(e, &b); err != nil {
		return err
	}
	for i := range d {
		s.width = append(s.width, 1/math.Sqrt(2*s.beta*(e[i+1]-e[0])))
	}
	return nil
}

func (s *draws) Next(dst *core.Batch, state core.SamplerState, n int) (core.SamplerState, error) {
	if s.width == nil {
		if err := s.probe(); err != nil {
			return state, err
		}
	}
	d := len(s.width)
	dst.Reset(n, d)
	dst.LogP = dst.LogP[:0]
	var stream rand.PCG
	for i := range n {
		core.SeedStream(&stream, core.Derive(state.Seed, state.Drawn), uint64(i))
		r := rand.New(&stream)
		for k, width := range s.width {
			dst.X[i*d+k] = width * r.NormFloat64()
		}
	}
	state.Drawn++
	return state, nil
}
