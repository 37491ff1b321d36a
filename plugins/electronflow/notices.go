package electronflow

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// notices are what happened since the host asked.
type notices struct{ all []core.Notice }

// Texts of notices.
const (
	folded = "the flow folds: det dz/dx < 0 at a configuration that was drawn, so that the wave functions are not orthonormal and F is no bound; a smaller learning rate may keep it from that"
	seldom = "less than 0.2 of the Metropolis moves are accepted: the chains hardly move; start again with these parameters, so that the step sizes adapt, or make more moves"
	often  = "more than 0.9 of the Metropolis moves are accepted: they are short, and the chains move slowly; start again with these parameters, so that the step sizes adapt, or make more moves"
	stuck  = "less than 0.1 of the proposed states K are accepted: the chains keep theirs, and what depends on K lags behind p(K); propose more of them (state_moves)"
	raised = "the Fisher matrix was not positive and got more damping"
)

func (n *notices) add(text string, count int64, noBound bool) {
	if count == 0 {
		return
	}
	for i := range n.all {
		if n.all[i].Text == text {
			n.all[i].Count += count
			return
		}
	}
	n.all = append(n.all, core.Notice{Text: text, Count: count, NoBound: noBound})
}

// watch looks at the acceptance of the chains of a batch.
func (n *notices) watch(accept []float64) {
	mean := 0.0
	for _, a := range accept {
		mean += a / float64(len(accept))
	}
	switch {
	case len(accept) > 0 && mean < low:
		n.add(seldom, 1, false)
	case mean > high:
		n.add(often, 1, false)
	}
}

// lowStates is the acceptance of states below which a notice is given: then chains with
// the usual five proposals keep their K for more than two batches.
const lowStates = 0.1

// watchStates looks at what became of the states that were proposed to the chains of a
// batch. Few proposals, as where most chains are in the ground state and are offered
// that, tell nothing: the acceptance must be below it by three standard
// deviations of a count.
func (n *notices) watchStates(all []renewals) {
	var sum renewals
	for _, r := range all {
		sum.proposed += r.proposed
		sum.accepted += r.accepted
	}
	if expected := lowStates * float64(sum.proposed); float64(sum.accepted) < expected-3*math.Sqrt(expected) {
		n.add(stuck, 1, false)
	}
}

// Notices implements core.Noticer.
func (n *notices) Notices() ([]core.Notice, error) {
	told := n.all
	n.all = nil
	return told, nil
}
