package run

import (
	"fmt"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// noticed is a notice of the model with all its occurrences in this process.
type noticed struct {
	core.Notice
	warning int // its place among the warnings of the results
}

// askNotices asks what the model of this rank has noticed. Of several ranks it is counted at the
// next meeting.
func (r *runner) askNotices() error {
	if !r.can(core.PowerNotices) {
		return nil
	}
	m, err := power[core.Noticer](r.parts.Model, core.PowerNotices)
	if err != nil {
		return r.blameModel(err)
	}
	notices, err := m.Notices()
	if err != nil {
		return r.alone(r.blameModel(err))
	}
	if r.comm.Size() > 1 {
		r.heard = append(r.heard, notices...)
	} else {
		r.takeNotices(notices)
	}
	return nil
}

// takeNotices counts what a model that watches over itself has to say. The
// user is told of each notice once; the results count it.
func (r *runner) takeNotices(notices []core.Notice) {
	for _, n := range notices {
		i := slices.IndexFunc(r.noticed, func(known noticed) bool { return known.Text == n.Text })
		if i < 0 {
			i = len(r.noticed)
			r.noticed = append(r.noticed, noticed{core.Notice{Text: n.Text}, len(r.results.Run.Warnings)})
			r.note(n.Text)
		}
		known := &r.noticed[i]
		known.Count += n.Count
		r.results.Run.Warnings[known.warning] = fmt.Sprintf("%s (count: %d)", n.Text, known.Count)
		if n.NoBound {
			r.noBound = n.Text
		}
	}
}

// withdrawBounds takes back that estimates are bounds, where the model has
// noticed that they are none.
func (r *runner) withdrawBounds(estimates []core.Estimate) {
	for i := range estimates {
		e := &estimates[i]
		if r.noBound == "" || e.Bound == 0 {
			continue
		}
		e.Bound = 0
		e.Warn(core.CautionNoBound, "no bound: %s", r.noBound)
	}
}
