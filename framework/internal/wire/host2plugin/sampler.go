package host2plugin

import (
	"cmp"
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// advanced are the columns of draws by chains that walk in the plugin.
var advanced = []core.Column{core.X, core.E, core.Accept, core.Swaps}

// ofChains are the sizes of draws of an energy with chains.
func ofChains(s core.Sizes) core.Sizes {
	s.Walker = 1
	return s
}

// remoteSampler is a sampler in the plugin of its energy. The plugin keeps nothing of it: all
// that it remembers crosses with every call.
type remoteSampler struct {
	part    *Remote
	work    core.Work
	request *wirepb.AdvanceRequest // what all calls have in common
}

var _ core.SamplerOpener = (*Remote)(nil)

// OpenSampler implements core.SamplerOpener. Nothing crosses before the sampler's first call.
func (p *Remote) OpenSampler(part core.Part, s core.Settings, beta float64, w core.Work) (core.Sampler, error) {
	settings, err := wire.EncodeSettings(s)
	if err != nil {
		return nil, &core.Error{Kind: core.Invalid, Op: "open sampler", Subject: part.Name, Err: err}
	}
	return &remoteSampler{p, w, &wirepb.AdvanceRequest{Sampler: part.Name, Version: part.Version, SettingsJson: settings, Beta: beta}}, nil
}

// Init implements core.Sampler. Chains are placed by the host, which may have a model.
func (s *remoteSampler) Init(uint64) (core.SamplerState, error) {
	return core.SamplerState{}, core.Errorf(core.Unsupported, "start chains", s.part.link.Subject, "chains are placed by the host")
}

// Burn implements core.Sampler.
func (s *remoteSampler) Burn(state core.SamplerState) (core.SamplerState, int, error) {
	s.part.out.begin()
	s.request.Burn, s.request.N, s.request.Out = true, 0, nil
	r, next, err := s.advance(state, s.work.Burn)
	if err != nil {
		return state, 0, err
	}
	if r.Left > 1<<30 {
		return state, 0, s.part.link.broken("burn in", fmt.Errorf("%d pieces are left", r.Left))
	}
	return next, int(r.Left), nil
}

// Next implements core.Sampler.
func (s *remoteSampler) Next(dst *core.Batch, state core.SamplerState, n int) (core.SamplerState, error) {
	p, sizes := s.part, ofChains(s.part.sizes)
	dst.Reset(n, sizes.X)
	dst.LogP = dst.LogP[:0]
	p.out.begin()
	s.request.Burn, s.request.N = false, uint64(n)
	s.request.Out = p.out.wantColumns(advanced, dst, sizes)
	if p.out.err != nil {
		return state, p.link.internal("sample", p.out.err)
	}
	r, next, err := s.advance(state, s.work.Draw*float64(n/max(1, state.Chains.N)))
	if err != nil {
		return state, err
	}
	for _, c := range advanced {
		c.Make(dst, max(0, c.Info().Length(n, sizes)))
	}
	dst.Chains = int(r.Chains)
	return next, p.link.broken("sample", p.out.takeColumns(advanced, dst, sizes, s.request.Out, r.Out))
}

// advance makes the call, and reads the state that comes back. It may take as long as so many
// evaluations of the energy would.
func (s *remoteSampler) advance(state core.SamplerState, asks float64) (*wirepb.AdvanceReply, core.SamplerState, error) {
	const op = "move chains"
	s.request.Segment, s.request.State = s.part.out.state(), packSampler(state)
	r, err := callFor(&s.part.link, asks, op, s.part.rpc.Advance, s.request)
	if err != nil {
		return nil, state, err
	}
	next, err := unpackSampler(r.State)
	if err == nil && (next.Seed != state.Seed || next.Chains.N != state.Chains.N || len(next.Chains.Rows) != len(state.Chains.Rows)) {
		err = fmt.Errorf("the state that came back has %d chains of %d numbers, where %d of %d were sent",
			next.Chains.N, len(next.Chains.Rows), state.Chains.N, len(state.Chains.Rows))
	}
	return r, next, s.part.link.broken(op, err)
}

func packSampler(s core.SamplerState) *wirepb.SamplerState {
	return &wirepb.SamplerState{Seed: s.Seed, Drawn: s.Drawn, Burnt: s.Burnt, Chains: packState(s.Chains)}
}

func unpackSampler(r *wirepb.SamplerState) (core.SamplerState, error) {
	chains, err := unpackState(r.GetChains())
	return core.SamplerState{Seed: r.GetSeed(), Drawn: r.GetDrawn(), Burnt: r.GetBurnt(), Chains: chains}, err
}

// opened is the sampler that the plugin opened last, of a request's name, settings and beta.
type opened struct {
	name, settings string
	beta           float64
	sampler        core.Sampler
}

// samplerOf is the sampler of a request, on the plugin's energy.
func (s *server) samplerOf(r *wirepb.AdvanceRequest) (core.Sampler, error) {
	if o := s.opened; o.sampler != nil && o.name == r.Sampler && o.settings == string(r.SettingsJson) && o.beta == r.Beta {
		return o.sampler, nil
	}
	e, ok := s.part.Part.(core.Energy)
	if !ok {
		return nil, core.Errorf(core.Unsupported, "open sampler", r.Sampler, "this plugin has no energy to move chains by")
	}
	for _, p := range s.parts {
		if p.NewSampler == nil || p.Name != r.Sampler || p.Version != r.Version {
			continue
		}
		settings, err := wire.DecodeSettings(r.SettingsJson)
		if err != nil {
			return nil, misfit("open sampler", err)
		}
		full, problems := core.Complete(p.Params, settings)
		if len(problems) > 0 {
			return nil, &core.Error{Kind: core.Invalid, Op: "open sampler", Subject: p.Name, Err: problems[0]}
		}
		sampler, err := p.NewSampler(full, core.Target{Energy: e, Beta: r.Beta, Raw: true})
		if err == nil {
			s.opened = opened{r.Sampler, string(r.SettingsJson), r.Beta, sampler}
		}
		return sampler, err
	}
	return nil, core.Errorf(core.Unsupported, "open sampler", r.Sampler, "this plugin does not have version %s of it", cmp.Or(r.Version, "(none)"))
}
