package run

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// evaluate draws fresh configurations from the trained model and hands them
// to the estimators. An evaluation that was cut short starts again when the
// run is resumed: its draws do not depend on what was drawn before.
func (r *runner) evaluate(ctx context.Context) error {
	total, size := int64(r.plan.Evaluate.Samples), int64(r.plan.Evaluate.Batch)
	if err := r.parts.Model.Load(r.theta); err != nil {
		return r.blameModel(err)
	}
	sampler := sample.Direct{Density: r.parts.Model}
	state, err := sampler.Init(core.Derive(r.plan.Seed, purposeEvaluate))
	if err != nil {
		return err
	}
	begin := time.Now()
	for done := int64(0); done < total; {
		n := min(size, total-done)
		if state, err = r.draw(sampler, state, int(n)); err != nil {
			return &core.Error{Kind: core.KindOf(err), Op: "after training", Subject: fmt.Sprintf("samples %d to %d", done, done+n), Err: err}
		}
		for _, e := range r.parts.Estimators {
			if err := e.Add(&r.batch); err != nil {
				return fmt.Errorf("evaluate: %w", err)
			}
		}
		r.keepSamples()
		done += n
		stop := ctx.Err() != nil && done < total
		if done == total || stop || time.Since(r.reported) >= reportEvery {
			if err := r.report(); err != nil {
				return err
			}
		}
		r.mon.Progress(r.evaluated(done, total, time.Since(begin)))
		if stop {
			return interrupted(ctx, fmt.Sprintf("after %d of %d samples of the evaluation", done, total))
		}
	}
	return nil
}

// reportEvery is the shortest time between two reports before the last: a
// jackknife looks at all samples so far.
const reportEvery = 2 * time.Second

// report asks every estimator for its values so far.
func (r *runner) report() error {
	r.reported = time.Now()
	r.results.Estimates = r.results.Estimates[:0]
	for _, e := range r.parts.Estimators {
		estimates, err := e.Report()
		if err != nil {
			return fmt.Errorf("evaluate: %w", err)
		}
		r.results.Estimates = append(r.results.Estimates, estimates...)
	}
	return nil
}

func (r *runner) evaluated(done, total int64, elapsed time.Duration) Progress {
	p := Progress{Phase: Evaluating, Done: done, Total: total, FreeEnergy: math.NaN(), Stderr: math.NaN(), Elapsed: elapsed}
	for _, e := range r.results.Estimates {
		if e.Name == "free_energy" {
			p.FreeEnergy, p.Stderr = e.Value[0], e.Stderr[0]
		}
	}
	return p
}

// keepSamples copies configurations to the results until there are as many as
// the plan wants.
func (r *runner) keepSamples() {
	want := r.plan.Evaluate.KeepSamples
	if want == 0 {
		return
	}
	if r.results.Samples == nil {
		r.results.Samples = &core.Batch{}
	}
	kept := r.results.Samples
	n := min(want-kept.N, r.batch.N)
	if n <= 0 {
		return
	}
	d := r.results.SamplesSpace.Size()
	kept.N += n
	kept.X = append(kept.X, r.batch.X[:n*d]...)
	kept.LogP = append(kept.LogP, r.batch.LogP[:n]...)
	kept.E = append(kept.E, r.batch.E[:n]...)
}
