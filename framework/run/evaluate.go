package run

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// evaluate draws fresh configurations, phase by phase, and hands them to the estimators.
// One that was cut short goes on where its last checkpoint is.
func (r *runner) evaluate(ctx context.Context) error {
	phases, err := r.openEvaluation()
	if _, err := r.meet(err, 0); err != nil {
		return err
	}
	for i, p := range phases {
		if r.passed(phases[i:]) {
			err = r.alone(r.lead(func() error { return r.report(p) }))
		} else {
			err = r.drawAll(ctx, p)
		}
		if err != nil {
			return err
		}
		r.conclude(p)
	}
	_, err = r.meet(nil, 0)
	return err
}

// openEvaluation gives the model its parameters.
func (r *runner) openEvaluation() ([]phase, error) {
	if r.parts.Model != nil {
		if err := r.parts.Model.Load(r.evaluated()); err != nil {
			return nil, r.blameModel(err)
		}
	}
	return r.phases()
}

// drawAll draws what the plan asks for, look by look.
func (r *runner) drawAll(ctx context.Context, p phase) error {
	r.wanted(&p)
	state, err := r.begin(ctx, &p)
	if err != nil {
		return err
	}
	for total := p.look(r.evaluation.Done); ; total = p.nextLook(total) {
		if r.evaluation.Done >= total { // a process died before its report
			err = r.alone(r.lead(func() error { return r.report(p) }))
		} else {
			state, err = r.drawUpTo(ctx, &p, state, total)
		}
		if err != nil {
			return err
		}
		flags, err := r.meet(nil, r.whenFirst(flagEnough, r.enough(p)))
		if err != nil {
			return err
		}
		if flags&flagEnough != 0 || p.nextLook(total) == total {
			r.noteDraws(p)
			return nil
		}
	}
}

// drawUpTo draws batch by batch until there are so many configurations, and reports.
func (r *runner) drawUpTo(ctx context.Context, p *phase, state core.SamplerState, total int64) (_ core.SamplerState, err error) {
	size := upTo(int64(r.plan.Evaluate.Batch), p.group)
	begin, start := time.Now(), r.evaluation.Done
	r.pace.enter(ctx, p.name)
	if _, err := r.meet(stopped(r.stopAgain(ctx), fmt.Sprintf("after %d of %d samples of the evaluation", start, total)), 0); err != nil {
		return state, err
	}
	for done := start; done < total; {
		n := min(size, total-done)
		state, err = r.draw(p, state, int(n))
		r.pace.lap()
		between, err := r.between(ctx, err, done+n < total)
		if err != nil {
			return state, &core.Error{Kind: core.KindOf(err), Op: p.op, Subject: fmt.Sprintf("samples %d to %d", done, done+n), Err: err}
		}
		done += n
		r.drawn(done, state)
		err = r.lead(func() error {
			if done < total && !between.stops() && !r.reportDue() {
				return nil
			}
			return r.report(*p)
		})
		if err := r.alone(err); err != nil {
			return state, err
		}
		progress := r.estimated(*p, done, total, time.Since(begin))
		progress.Start = start
		r.mon.Progress(progress)
		if err := r.alone(r.tell(progress)); err != nil {
			return state, err
		}
		if err := r.pause(between, fmt.Sprintf("after %d of %d samples of the evaluation", done, total)); err != nil {
			return state, err
		}
	}
	return state, nil
}

// upTo is the smallest multiple of group that is at least n.
func upTo(n, group int64) int64 { return (n + group - 1) / group * group }

// begin is the state of a phase before its next draw, with the chains of this rank: the one
// that a checkpoint has, or a new one after burn-in.
func (r *runner) begin(ctx context.Context, p *phase) (core.SamplerState, error) {
	e, err := r.begun(p)
	if err == nil {
		e.Sampler, err = r.own(p, e.Sampler)
	}
	if _, err := r.meet(err, 0); err != nil {
		return core.SamplerState{}, err
	}
	r.evaluation, r.cut = e, p.chains > 0
	if p.name == Evaluating {
		if err := r.setWalkers(r.ownWalkers(e.Walkers)); err != nil {
			return e.Sampler, err
		}
	}
	if p.name != Sampling || e.Done > 0 || !r.plan.UsesChains() {
		return e.Sampler, nil
	}
	return r.burn(ctx, p.sampler, e.Sampler)
}

// begun is how far a phase has come.
func (r *runner) begun(p *phase) (*core.Evaluation, error) {
	if e := r.evaluation; e != nil && e.Phase == string(p.name) {
		return e, nil
	}
	state, err := p.sampler.Init(core.Derive(r.plan.EvaluationSeed(), p.purpose))
	if p.name == Evaluating {
		r.noBound = ""
	}
	return &core.Evaluation{ConfigSHA256: r.plan.EvaluationFingerprint(), Phase: string(p.name), Sampler: state}, err
}

// burn throws away what comes before the first draw of chains.
func (r *runner) burn(ctx context.Context, sampler core.Sampler, state core.SamplerState) (core.SamplerState, error) {
	begin, start := time.Now(), int64(state.Burnt)
	r.pace.enter(ctx, Burning)
	if _, err := r.meet(stopped(r.stopAgain(ctx), "before the burn-in of the chains"), 0); err != nil {
		return state, err
	}
	for done := start + 1; ; done++ {
		next, left, err := sampler.Burn(state)
		between, err := r.between(ctx, err, left > 0)
		if err != nil {
			return state, &core.Error{Kind: core.KindOf(err), Op: string(Burning), Err: err}
		}
		state = next
		r.drawn(0, state)
		r.mon.Progress(Progress{Phase: Burning, Done: done, Total: done + int64(left), Start: start, Elapsed: time.Since(begin)})
		if left == 0 {
			return state, nil
		}
		r.pace.lap()
		if err := r.pause(between, fmt.Sprintf("in the burn-in of the chains, piece %d of %d", done, done+int64(left))); err != nil {
			return state, err
		}
	}
}

// draw takes one batch from the sampler to the estimators. An error after the draw may be that of
// one rank alone.
func (r *runner) draw(p *phase, state core.SamplerState, n int) (core.SamplerState, error) {
	d := r.dealOf(p, n)
	next, err := r.drawOwn(p, state, d)
	if r.comm.Size() > 1 {
		_, err = r.meet(err, 0)
	}
	if err != nil {
		return state, err
	}
	if err := r.join(p, d); err != nil {
		return state, err
	}
	if err := r.lead(func() error { return r.show(p) }); err != nil {
		return state, err
	}
	return next, nil
}

// lead does what rank 0 alone does of an evaluation: its calls to the parts are shared.
func (r *runner) lead(f func() error) error { return r.parts.Calls.Lead(r.comm, f) }

// show hands the batch of all ranks to the estimators.
func (r *runner) show(p *phase) error {
	r.torn = true
	for _, i := range p.estimators {
		if err := r.parts.Estimators[i].Add(r.seen); err != nil {
			return err
		}
	}
	if p.keep {
		if err := r.keepSamples(); err != nil {
			return err
		}
	}
	r.torn = false
	return nil
}

// drawOwn draws this rank's rows of a batch, and completes them.
func (r *runner) drawOwn(p *phase, state core.SamplerState, d deal) (core.SamplerState, error) {
	rank := r.comm.Rank()
	n := d.rows[rank]
	if r.batch.From, r.batch.Total = 0, 0; n < sum(d.rows) && d.chains == nil {
		r.batch.From, r.batch.Total = before(d.rows, rank), sum(d.rows)
	}
	if n == 0 {
		r.batch.Reset(0, r.sizes.X)
		state.Drawn++
		return state, nil
	}
	next, err := p.sampler.Next(&r.batch, state, n)
	if err != nil {
		return state, p.blame(err)
	}
	r.batch.Source = p.source
	if err := r.average(p); err != nil {
		return state, err
	}
	if err := r.complete(p); err != nil {
		return state, err
	}
	if err := r.askAgain(r.batch.X); err != nil {
		return state, err
	}
	if p.name == Evaluating || slices.Contains(p.want, core.Column(core.LogP)) {
		if err := r.askNotices(); err != nil {
			return state, err
		}
	}
	return next, nil
}

// reportEvery is the shortest time between two reports before the last, and reportShare what they cost at
// most: a jackknife, and what judges chains, look at all samples so far, and the next one waits for this
// many times the time that the last one took.
const (
	reportEvery = 2 * time.Second
	reportShare = 50
)

// reportDue tells that it is time for a report before the last.
func (r *runner) reportDue() bool {
	return time.Since(r.reported) >= max(reportEvery, reportShare*r.reporting)
}

// report asks the estimators of a phase, which rank 0 has, for their values so far. The results
// have the order of the estimators, whatever the phase.
func (r *runner) report(p phase) error {
	begin := time.Now()
	defer func() { r.reported, r.reporting = time.Now(), time.Since(begin) }()
	for _, i := range p.estimators {
		estimates, err := r.parts.Estimators[i].Report()
		if err != nil {
			return fmt.Errorf("%s: %w", p.op, err)
		}
		r.withdrawBounds(estimates)
		r.estimates[i] = estimates
	}
	r.contradict(p)
	r.handOn(p, r.distance(p)...)
	r.handToModel()
	if err := r.measureRoundTrip(); err != nil {
		return fmt.Errorf("%s: %w", p.op, err)
	}
	r.results.Estimates = append(slices.Concat(r.estimates...), r.roundTrip...)
	return nil
}

// estimated is the progress of the draws: the free energy of a model, the
// energy where there is none.
func (r *runner) estimated(p phase, done, total int64, elapsed time.Duration) Progress {
	progress := Progress{Phase: p.name, Done: done, Total: total, Elapsed: elapsed}
	for _, i := range p.estimators {
		for _, e := range r.estimates[i] {
			if e.Name == "free_energy" || e.Name == "energy" && progress.Name == "" {
				progress.Name, progress.Value, progress.Stderr = e.Name, e.Value[0], e.Stderr[0]
			}
		}
	}
	return progress
}

// tell writes a row of progress about draws, at most once a second but for the last.
func (r *runner) tell(p Progress) error {
	now := time.Now()
	if p.Done < p.Total && now.Sub(r.logged) < progressEvery {
		return nil
	}
	r.logged = now
	row := map[string]any{"phase": p.Phase, "step": r.step, "wall_seconds": r.wall(), "drawn": p.Done, "draws": p.Total}
	if p.Name != "" {
		row[p.Name], row[p.Name+"_stderr"] = p.Value, p.Stderr
	}
	return r.rec.AppendProgress(row)
}

// keepSamples copies configurations to the results until there are as many as
// the plan wants, and beside them the data that they stand for, if they do.
func (r *runner) keepSamples() error {
	want := r.plan.Evaluate.KeepSamples
	if want == 0 {
		return nil
	}
	if r.results.Samples == nil {
		r.results.Samples = &core.Batch{}
	}
	kept := r.results.Samples
	n := min(want-kept.N, r.seen.N)
	if n <= 0 {
		return nil
	}
	if err := r.addData(); err != nil {
		return err
	}
	r.addWeights()
	kept.N += n
	for _, c := range r.columnsKept() {
		c.Append(kept, r.seen, n)
	}
	return nil
}

// addData gives the batch its configurations in the units of the data.
func (r *runner) addData() error {
	if !slices.Contains(r.parts.Energy.Spec().Powers, core.PowerTransformed) {
		return nil
	}
	of, err := power[core.Transformed](r.parts.Energy, core.PowerTransformed)
	if err == nil {
		err = of.Restore(core.Data.Room(r.seen, r.seen.N*r.sizes.Data), r.seen.X)
	}
	if err != nil {
		return r.blameEnergy(err)
	}
	return nil
}

// addWeights gives the batch ln w = -beta E - ln p where both are known, and E is a function of
// x alone.
func (r *runner) addWeights() {
	if energy := r.parts.Energy.Spec(); energy.Quantum() || math.IsInf(r.plan.Beta, 1) || len(r.seen.E) == 0 || len(r.seen.LogP) == 0 {
		return
	}
	lnw := core.LogImportance.Room(r.seen, r.seen.N)
	for i, e := range r.seen.E {
		lnw[i] = -r.plan.Beta*e - r.seen.LogP[i]
	}
}

// columnsKept are the columns of samples that are kept.
func (r *runner) columnsKept() []core.Column { return slices.Concat(core.Kept, r.results.Columns) }
