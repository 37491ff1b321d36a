package electronflow

import "github.com/helmholtz-physics/helmholtz/framework/core"

// notices are what happened since the host asked.
type notices struct {
	all  []core.Notice
	last renewals
}

// Texts of notices.
const (
	folded = "the flow folds: det dz/dx < 0 at a configuration that was drawn, so that the wave functions are not orthonormal and F is no bound; a smaller learning rate may keep it from that"
	seldom = "less than 0.2 of the Metropolis moves are accepted: the chains hardly move; start again with these parameters, so that the step sizes adapt, or make more moves"
	often  = "more than 0.9 of the Metropolis moves are accepted: they are short, and the chains move slowly; start again with these parameters, so that the step sizes adapt, or make more moves"
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

// watch looks at a batch: the folds of its chunks and the acceptance of its chains.
func (n *notices) watch(folds []int, accept []float64) {
	for _, f := range folds {
		n.add(folded, int64(f), true)
	}
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

// watchStates looks at what became of the states offered to n chains.
func (n *notices) watchStates(all []renewals, chains int) {
	var sum renewals
	for _, r := range all {
		sum.proposed += r.proposed
		sum.accepted += r.accepted
	}
	n.last = sum
}

// Notices implements core.Noticer.
func (n *notices) Notices() ([]core.Notice, error) {
	told := n.all
	n.all = nil
	return told, nil
}
