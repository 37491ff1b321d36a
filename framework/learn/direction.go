package learn

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// A direction of the model, such as the natural gradient (F + damping)^-1 g, is made of
// all configurations of a batch at once. On several ranks rank 0 makes it of the rows of
// all, as a run on one rank does, and tells the others: n configurations and their
// cotangents go to it, and two vectors as long as theta come back.

// direct makes weight 1 times the gradient and the direction, on all ranks.
func (t *term) direct(grad, direction []float64, damping float64) error {
	t.whole.N, t.whole.Shares, t.wholeBar.N = t.Batch, t.rows.shares, t.Batch
	for _, group := range []struct {
		columns   []core.Column
		all, mine *core.Batch
	}{{t.pullRow.In, &t.whole, &t.batch}, {t.pullRow.Bar, &t.wholeBar, &t.bar}} {
		for _, c := range group.columns {
			there := []float64{0}
			if c.Info().Per == core.PerConfiguration && c.Len(group.mine) > 0 {
				there[0] = 1
			}
			if err := t.comm.Broadcast(there, 0); err != nil { // an idle rank has nothing of any
				return err
			}
			if there[0] == 0 {
				c.Forget(group.all)
				continue
			}
			if err := gather(t.comm, c, group.all, group.mine, t.rows.counts, t.model.Sizes); err != nil {
				return err
			}
		}
	}
	var err error
	if t.comm.Rank() == 0 {
		core.Damping.Room(&t.whole, 1)[0] = damping
		core.Gradient.Put(&t.nodes, grad)
		core.Direction.Put(&t.nodes, direction)
		t.nodes.N = t.Batch
		t.args = core.Call{In: &t.whole, Bar: &t.wholeBar, Out: &t.nodes}
		err = t.model.Blame.of(t.model.Instance.Call(t.pullRow, &t.args))
	}
	if err = ranks.Agree(t.comm, err); err != nil {
		return err
	}
	if err = t.comm.Broadcast(grad, 0); err == nil {
		err = t.comm.Broadcast(direction, 0)
	}
	if weight := t.weight(); weight != 1 {
		for i := range grad {
			grad[i] *= weight
		}
	}
	return err
}
