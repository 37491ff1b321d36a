package run

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// With evaluate.target an evaluation goes on until standard errors are small enough. They
// are looked at after
//
//	n_0 = evaluate.samples,   n_(k+1) = n_k + n_k/2,   at most evaluate.most
//
// configurations, each rounded up to what a batch of the sampler is a multiple of. The looks
// are places in the sequence of draws, and not in time, so that an evaluation that was
// stopped ends where one that was not does. They are few, since each is one more occasion to
// end by an error that happens to be estimated too small.

// look is the first that is not before so many draws.
func (p *phase) look(done int64) int64 {
	n := upTo(p.total, p.group)
	for n < done {
		n = p.nextLook(n)
	}
	return n
}

// nextLook is the one after that at n draws, n itself after the last.
func (p *phase) nextLook(n int64) int64 {
	return max(n, min(upTo(p.most, p.group), upTo(n+(n+1)/2, p.group)))
}

// enough tells whether a phase has reached its targets.
func (r *runner) enough(p phase) bool {
	for _, t := range r.plan.Evaluate.Targets {
		if e, stderr := r.targeted(p, t); e != nil && (!(stderr <= t.Stderr) || slices.ContainsFunc(e.Cautions, wantsDraws)) {
			return false
		}
	}
	return true
}

// wantsDraws tells whether more draws are what a caution asks for. Those about a density that
// is not the wanted one stay, however many are drawn.
func wantsDraws(c core.Caution) bool {
	return slices.Contains([]core.CautionCode{core.CautionFewDraws, core.CautionNotMixed, core.CautionCorrelated, core.CautionUncertainError}, c.Code)
}

// targeted is the estimate of a phase that a target is about, with its standard error as the
// target counts it, of an array the largest; nil where it is of another phase.
func (r *runner) targeted(p phase, t plan.Target) (*core.Estimate, float64) {
	base, cut := strings.CutSuffix(t.Observable, "_per_"+r.results.SamplesSpace.Each())
	for _, i := range p.estimators {
		for k := range r.estimates[i] {
			e := &r.estimates[i][k]
			switch {
			case e.Name == t.Observable:
				return e, largest(e)
			case cut && e.Name == base && e.Extensive:
				return e, largest(e) / float64(r.results.SamplesSpace.Count())
			}
		}
	}
	return nil, 0
}

// largest is the largest standard error of an estimate, NaN where one is not known. A count
// that was never seen has a limit instead.
func largest(e *core.Estimate) (stderr float64) {
	for i, s := range e.Stderr {
		if len(e.Upper) > 0 && !math.IsNaN(e.Upper[i]) {
			continue
		}
		if math.IsNaN(s) {
			return s
		}
		stderr = max(stderr, s)
	}
	return stderr
}

// conclude says of a phase that has ended which targets it has missed.
func (r *runner) conclude(p phase) {
	for _, t := range r.plan.Evaluate.Targets {
		e, stderr := r.targeted(p, t)
		if e == nil {
			continue
		}
		const key = "evaluate.target"
		switch {
		case math.IsNaN(stderr):
			e.Warn(core.CautionTargetMissed, "the standard error of %s is not known after %d configurations, and %s asks for %g", t.Observable, e.N, key, t.Stderr)
		case stderr > t.Stderr:
			e.Warn(core.CautionTargetMissed, "the standard error of %s is %.2g after %d configurations, and %s asks for %g: raise evaluate.most", t.Observable, stderr, e.N, key, t.Stderr)
		case len(e.Cautions) > 0:
			e.Warn(core.CautionTargetMissed, "the standard error of %s is %.2g, and %s asks for %g, but the other cautions of the value say that it cannot be trusted", t.Observable, stderr, key, t.Stderr)
		}
	}
	r.results.Estimates = append(slices.Concat(r.estimates...), r.roundTrip...)
}

// noteDraws tells how many configurations the targets of a phase took.
func (r *runner) noteDraws(p phase) {
	for _, t := range r.plan.Evaluate.Targets {
		if e, _ := r.targeted(p, t); e != nil {
			r.note(fmt.Sprintf("evaluate.target: %d configurations were drawn in the phase %q", r.evaluation.Done, p.name))
			return
		}
	}
}
