package host

import "github.com/helmholtz-physics/helmholtz/framework/core"

// guardedSampler guards chains that walk where their energy is.
type guardedSampler struct {
	core.Sampler
	of *guarded
}

var _ core.SamplerOpener = (*guarded)(nil)

// OpenSampler implements core.SamplerOpener.
func (g *guarded) OpenSampler(part core.Part, s core.Settings, beta float64, w core.Work) (sampler core.Sampler, err error) {
	o, ok := g.instance.(core.SamplerOpener)
	if !ok {
		return nil, core.Errorf(core.Unsupported, "open sampler", g.subject, "it has no samplers")
	}
	err = g.through("open sampler", func() error {
		sampler, err = o.OpenSampler(part, s, beta, w)
		return err
	})
	return &guardedSampler{sampler, g}, err
}

// Burn implements core.Sampler.
func (s *guardedSampler) Burn(state core.SamplerState) (next core.SamplerState, left int, err error) {
	err = s.of.through("burn in", func() error {
		next, left, err = s.Sampler.Burn(state)
		return err
	})
	return next, left, err
}

// Next implements core.Sampler.
func (s *guardedSampler) Next(dst *core.Batch, state core.SamplerState, n int) (next core.SamplerState, err error) {
	const op = "sample"
	err = s.of.through(op, func() error {
		if next, err = s.Sampler.Next(dst, state, n); err != nil {
			return err
		}
		if dst.Chains != state.Chains.N {
			return refuse(core.Plugin, op, s.of.subject, "returned draws of %d chains, of %d", dst.Chains, state.Chains.N)
		}
		if swaps := core.Swaps.Len(dst); swaps%n != 0 {
			return refuse(core.Plugin, op, s.of.subject, "returned %d numbers of exchanges for %d draws", swaps, n)
		}
		if err := s.of.legal(op, dst, core.X, core.E, core.Accept, core.Swaps); err != nil {
			return err
		}
		return s.of.verifyEnergy(dst, dst.E)
	})
	return next, err
}
