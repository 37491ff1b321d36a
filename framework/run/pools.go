package run

import (
	"context"
	"fmt"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// Draws of chains that a term learns from are made before the first step of a process, since nothing keeps them. On several
// ranks each walks its share of the chains, and all get all draws, in the order in which one process makes them.

// fillPools makes the draws that are missing.
func (r *runner) fillPools(ctx context.Context) error {
	for _, p := range r.parts.Pools {
		if p.Full() { // by an earlier part of this process
			continue
		}
		if err := r.fillPool(ctx, p); err != nil {
			return &core.Error{Kind: core.KindOf(err), Op: "draw from " + r.plan.Sampler.Plugin + " to learn from", Err: err}
		}
	}
	return nil
}

func (r *runner) fillPool(ctx context.Context, p *sample.Pool) error {
	state, err := p.Sampler.Init(p.Seed)
	if _, err = r.meet(err, 0); err != nil {
		return err
	}
	d := deal{rows: []int{p.N}, chains: []int{p.Group}}
	if dealt, ok := p.Sampler.(core.Dealt); ok && r.comm.Size() > 1 && state.Chains.N == p.Group && p.Group >= r.comm.Size() {
		state = r.share(dealt, state)
		d.rows, d.chains = nil, ranks.Deal(p.Group, r.comm.Size())
		for _, chains := range d.chains {
			d.rows = append(d.rows, p.N/p.Group*chains)
		}
	}
	chains := d.chains[min(r.comm.Rank(), len(d.chains)-1)] // all where each rank walks all
	begin := time.Now()
	r.pace.enter(ctx, Burning)
	x, err := p.Draw(state, chains, func(m sample.Made, err error) error {
		r.pace.lap()
		between, err := r.between(ctx, err, m.Drawn < m.Draws)
		if err != nil {
			return err
		}
		progress := Progress{Phase: Burning, Done: int64(m.Burnt), Total: int64(m.Burnt + m.Left), Elapsed: time.Since(begin)}
		if m.Drawn > 0 {
			progress.Phase, progress.Done, progress.Total = Sampling, int64(m.Drawn*p.Group), int64(p.N)
		}
		r.mon.Progress(progress)
		return r.leave(between, fmt.Sprintf("before training, with %d of %d draws to learn from", m.Drawn*p.Group, p.N))
	})
	if err != nil {
		return err
	}
	if len(d.chains) > 1 {
		mine := x
		x = make([]float64, p.N*p.Size)
		if err := r.comm.Gather(x, mine, ranks.TimesEach(d.rows, p.Size)); err != nil {
			return err
		}
		x = byDraws(x, d, p.Size)
	}
	p.Put(x)
	return nil
}
