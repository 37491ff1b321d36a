package learn

import "github.com/helmholtz-physics/helmholtz/framework/core"

// A natural gradient by conjugate gradients. Each rank keeps the scores of its own configurations, in the process of its model. In an
// iteration all ranks have the same vector, ask for the products of their nodes, and add them up in the tree, each the
// components that it owns: 2 P numbers come to a rank. All vectors of the solver are on all ranks, with the same bits.

// iterated is the memory of such directions.
type iterated struct {
	kept   []float64  // the gradient, and behind it the sums of scores
	asked  core.Batch // a node, without configurations
	none   core.Batch
	solver conjugate
}

// conjugate makes the gradient and the direction on all ranks, and tells whether its residual is as small as was asked for.
func (t *term) conjugate(grad, direction []float64, systems []system, asked core.OptimizerSpec) (solved bool, err error) {
	it, parameters := &t.iterated, len(grad)
	it.kept = core.Resize(it.kept, parameters+t.model.Sizes.Scores)
	core.Direction.Put(&t.nodes, nil)
	err = t.sumNodes(it.kept, func(sum []float64, node core.Node) error {
		core.ScoreSums.Put(&t.nodes, sum[parameters:])
		return t.pullNode(core.RowNaturalKeep, sum[:parameters], node)
	})
	if err != nil {
		return false, err
	}
	copy(grad, it.kept)
	core.ScoreSums.Put(&it.asked, it.kept[parameters:])
	if solved, err = it.solver.solve(direction, grad, systems, asked, t.multiply); err == errNotPositive {
		err = t.model.Blame.of(err) // others have their names
	}
	if err != nil {
		return false, err
	}
	t.weigh(grad)
	return solved, nil
}

// multiply writes F p to q.
func (t *term) multiply(q, p []float64) error {
	core.Direction.Put(&t.iterated.asked, p)
	if err := t.sumNodes(q, t.multiplyNode); err != nil {
		return err
	}
	for i := range q {
		q[i] /= float64(t.Batch)
	}
	return nil
}

// multiplyNode asks for the product of a node.
func (t *term) multiplyNode(sum []float64, node core.Node) error {
	in := &t.iterated.asked
	in.N, in.From, in.Total, in.Shares = node.N, node.From, t.Batch, t.rows.shares
	core.Gradient.Put(&t.nodes, sum)
	t.nodes.N = node.N
	t.args = core.Call{In: in, Bar: &t.iterated.none, Out: &t.nodes}
	return t.model.Blame.of(t.model.Instance.Call(core.RowNaturalProduct, &t.args))
}

// sumNodes writes the sums of all nodes of all ranks, on every rank.
func (t *term) sumNodes(dst []float64, ask func(sum []float64, node core.Node) error) error {
	if err := t.eachNode(dst, false, ask); err != nil || t.comm.Size() == 1 {
		return err
	}
	mine, err := t.exchange(dst)
	if err != nil {
		return err
	}
	copy(mine, core.SumNodes(t.rows.nodes, t.sums))
	t.part, err = whole(t.comm, dst, t.part)
	return err
}
