package learn

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// A direction of the model, such as the natural gradient (F + damping)^-1 g, is made of
// all configurations of a batch at once. On several ranks all get the n configurations and their
// cotangents. Of a model that can, each rank computes the scores of its own configurations, which all get, next
// some tiles of F, and all solve with the tiles of all. Of any other, rank 0 makes the direction, as a run on
// one rank does, and sends two vectors as long as theta.

// direct makes weight 1 times the gradient and the direction, on all ranks.
func (t *term) direct(grad, direction []float64, damping float64) error {
	if err := t.gatherAll(); err != nil {
		return err
	}
	core.Damping.Room(&t.whole, 1)[0] = damping
	var err error
	if t.pullRow == core.RowNaturalPull && slices.Contains(t.model.Rows, core.RowNaturalTiles) {
		err = t.directTogether(grad, direction)
	} else {
		err = t.directFirst(grad, direction)
	}
	t.weigh(grad)
	return err
}

// weigh multiplies a gradient that was made beside a direction, which is of weight 1, by the weight of the term.
func (t *term) weigh(grad []float64) {
	if weight := t.weight(); weight != 1 {
		for i := range grad {
			grad[i] *= weight
		}
	}
}

// gatherAll gives every rank the configurations of all, with their cotangents.
func (t *term) gatherAll() error {
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
	return nil
}

// directFirst makes the direction on rank 0.
func (t *term) directFirst(grad, direction []float64) error {
	var err error
	if t.comm.Rank() == 0 {
		err = t.ask(t.pullRow, grad, direction)
	}
	if err = ranks.Agree(t.comm, err); err != nil {
		return err
	}
	if err = t.comm.Broadcast(grad, 0); err == nil {
		err = t.comm.Broadcast(direction, 0)
	}
	return err
}

// directTogether makes it on all ranks, of the scores and the tiles of all.
func (t *term) directTogether(grad, direction []float64) error {
	if err := t.scoreNodes(grad); err != nil {
		return err
	}
	core.Gradient.Put(&t.whole, grad)
	core.PutShare(&t.whole, t.comm.Rank(), t.comm.Size())
	err := t.ask(core.RowNaturalTiles, nil, nil)
	if err = ranks.Agree(t.comm, err); err != nil {
		return err
	}
	tiles, err := ranks.GatherAll(t.comm, core.Tiles.Of(&t.nodes))
	if err != nil {
		return err
	}
	core.Tiles.Put(&t.whole, tiles)
	return ranks.Agree(t.comm, t.ask(core.RowNaturalSolve, grad, direction))
}

// scoreNodes makes the scores of all configurations, and those components of the gradient that are sums over nodes.
func (t *term) scoreNodes(grad []float64) error {
	each := t.model.Sizes.Scores
	t.scores = core.Resize(t.scores, t.rows.n*each)
	err := t.pullNodes(core.RowNaturalScores, grad, false, func(node core.Node) {
		from := node.From - t.rows.from
		core.Scores.Put(&t.nodes, t.scores[from*each:(from+node.N)*each])
	})
	if err != nil {
		return err
	}
	mine, err := t.exchange(grad)
	if err != nil {
		return err
	}
	copy(mine, core.SumNodes(t.rows.nodes, t.sums))
	if t.part, err = whole(t.comm, grad, t.part); err != nil {
		return err
	}
	return t.comm.Gather(core.Scores.Room(&t.whole, t.Batch*each), t.scores, times(t.rows.counts, each))
}

// ask calls the model about the batch of all ranks.
func (t *term) ask(row *core.Row, grad, direction []float64) error {
	core.Gradient.Put(&t.nodes, grad)
	core.Direction.Put(&t.nodes, direction)
	t.nodes.N = t.Batch
	t.args = core.Call{In: &t.whole, Bar: &t.wholeBar, Out: &t.nodes}
	return t.model.Blame.of(t.model.Instance.Call(row, &t.args))
}
