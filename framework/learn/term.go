package learn

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
	"github.com/helmholtz-physics/helmholtz/framework/recipe"
)

// Term is one part of what a learner descends: an objective on the configurations
// of a source.
type Term struct {
	Name      string // in messages and before the names of its numbers; "" for a single one
	Objective core.Objective
	Source    *Source
	// Parts give the columns that the objective wants and the source has not.
	Parts []*Part
	// Weight of its loss; 0 is 1.
	Weight float64
	// Batch is how many configurations a step takes, on all ranks together, and
	// Shares in how many shares they are summed; 0 leaves it to core.SharesOf.
	Batch, Shares int
	// Copies of each configuration stand in a batch, one after the other; 0 is 1.
	Copies int
	// Beta is the inverse temperature of a step; nil is 1.
	Beta  func(step int64) float64
	Blame Blame // names the objective
}

// term is a Term in use.
type term struct {
	*Term
	comm     ranks.Comm
	stream   *stream
	complete *Completion
	model    *Part
	pullRow  *core.Row
	rows     rows

	batch, all core.Batch
	bar, nodes core.Batch // bar the cotangents; nodes with what gradients are written to
	in, of     core.Batch // a node of the batch, and its cotangents

	whole, wholeBar core.Batch  // of all ranks, for what is made of a whole batch
	sums            [][]float64 // of nodes
	mine, theirs    []float64   // memory of those of this rank, and of what it owns of all ranks'
	scores, part    []float64   // of this rank's configurations, and what it owns of a gradient
	iterated        iterated    // directions by conjugate gradients
	args            core.Call
}

// rows are those of this rank.
type rows struct {
	from, n int
	shares  int
	counts  []int       // rows of each rank
	nodes   []core.Node // of all ranks
	owner   []int       // of each node
}

// cut deals the shares of n rows to the ranks. Where there are more ranks than shares, the last
// ranks have none.
func cut(n, asked int, c ranks.Comm) (rows, error) {
	r := rows{shares: core.SharesOf(n, asked)}
	start := func(rank int) int { return min(rank, r.shares) }
	if r.shares > c.Size() {
		start = func(rank int) int { return rank * r.shares / c.Size() }
	}
	for rank := range c.Size() {
		first, last := start(rank), start(rank+1)
		from, to := core.ShareStart(n, r.shares, first), core.ShareStart(n, r.shares, last)
		r.counts = append(r.counts, to-from)
		if rank == c.Rank() {
			r.from, r.n = from, to-from
		}
		for _, node := range core.Nodes(n, r.shares, first, last) {
			r.nodes, r.owner = append(r.nodes, node), append(r.owner, rank)
		}
	}
	return r, nil
}

func (t *Term) weight() float64 {
	if t.Weight == 0 {
		return 1
	}
	return t.Weight
}

// open binds a term for a model.
func (t *Term) open(model *Part, direction core.Power, seed uint64, c ranks.Comm) (*term, error) {
	u := &term{Term: t, comm: c, model: model}
	var err error
	if u.rows, err = cut(t.Batch, t.Shares, c); err != nil {
		return nil, err
	}
	if u.stream, err = t.Source.open(seed); err != nil {
		return nil, err
	}
	if c.Size() > 1 && u.stream.moves() {
		return nil, core.Errorf(core.Unsupported, "bind", t.Source.Name, "the chains of a sampler adapt a step that they share, and are on one rank; run on one")
	}
	spec := t.Objective.Spec()
	if u.complete, err = Complete(spec.Wants, t.Source.columns(), t.Parts); err != nil {
		return nil, err
	}
	if u.pullRow = recipe.PullBack(model.Rows, spec.Bars, direction); u.pullRow == nil {
		return nil, model.Blame.of(core.Errorf(core.Unsupported, "", "", "it has no pull-back of the objective's cotangents"))
	}
	return u, nil
}

// cotangents draws this rank's rows of a step, completes them, and forms their
// cotangents. The error is the same on all ranks.
func (t *term) cotangents(step int64) ([]float64, error) {
	b := &t.batch
	b.From, b.Total, b.Shares = 0, 0, t.rows.shares
	if t.comm.Size() > 1 {
		b.From, b.Total = t.rows.from, t.Batch
	}
	err := t.draw(step)
	if err = ranks.Agree(t.comm, err); err != nil {
		return nil, err
	}
	all := b
	if t.comm.Size() > 1 {
		all = &t.all
		if err := t.gather(); err != nil {
			return nil, err
		}
	}
	beta := 1.0
	if t.Beta != nil {
		beta = t.Beta(step)
	}
	t.bar.N = b.N
	var numbers []float64
	if !t.idle() {
		numbers, err = t.Objective.Cotangents(&t.bar, b, all, beta)
	}
	if err = ranks.Agree(t.comm, t.Blame.of(err)); err != nil || !slices.Contains(t.rows.counts, 0) {
		return numbers, err
	}
	if t.idle() {
		numbers = make([]float64, len(t.Objective.Spec().Numbers))
	}
	return numbers, t.comm.Broadcast(numbers, 0)
}

// idle tells that this rank has no rows, as where there are more ranks than shares.
func (t *term) idle() bool { return t.rows.n == 0 }

// draw draws this rank's rows of a step and completes them.
func (t *term) draw(step int64) error {
	b := &t.batch
	if t.idle() {
		b.Reset(0, t.model.Sizes.X)
		b.LogP = b.LogP[:0]
		return nil
	}
	err := t.stream.fill(b, step, t.rows.n, t.model.Sizes)
	if err == nil {
		err = t.stream.Blame.of(finite(b, core.LogP))
	}
	if err == nil {
		err = t.complete.Of(b, true)
	}
	return err
}

// gather joins the rows of all ranks, of the columns that are not as long as a
// configuration.
func (t *term) gather() error {
	t.all.N, t.all.From, t.all.Shares = t.Batch, 0, t.rows.shares
	for _, c := range t.Objective.Spec().Wants {
		if info := c.Info(); info.Dim == core.DimX || info.Per != core.PerConfiguration {
			continue
		}
		if err := gather(t.comm, c, &t.all, &t.batch, t.rows.counts, t.model.Sizes); err != nil {
			return err
		}
	}
	return nil
}

// pull makes weight times the gradient, beside what is in grad if add is set, and the
// natural gradient where there is room for one. Of several ranks each makes the components of the
// gradient that it owns; with a natural gradient, all.
func (t *term) pull(grad, direction []float64, damping float64, add bool) error {
	if direction != nil && t.comm.Size() > 1 {
		return t.direct(grad, direction, damping)
	}
	if direction != nil {
		core.Damping.Room(&t.batch, 1)[0] = damping
	}
	core.Direction.Put(&t.nodes, direction)
	err := t.pullNodes(t.pullRow, grad, add, nil)
	if err != nil {
		return err
	}
	if t.comm.Size() > 1 {
		if grad, err = t.exchange(grad); err != nil {
			return err
		}
	}
	sum, weight := t.sums[0], t.weight()
	if len(t.rows.nodes) > 1 {
		sum = core.SumNodes(t.rows.nodes, t.sums)
	}
	switch {
	case add:
		for i, g := range sum {
			grad[i] += weight * g
		}
	case weight != 1 || len(sum) > 0 && &sum[0] != &grad[0]:
		for i, g := range sum {
			grad[i] = weight * g
		}
	}
	return nil
}

// pullNodes asks the model for a pull-back of the nodes of this rank. place, if any, comes before each call.
func (t *term) pullNodes(row *core.Row, grad []float64, add bool, place func(core.Node)) error {
	return t.eachNode(grad, add, func(sum []float64, node core.Node) error {
		if place != nil {
			place(node)
		}
		return t.pullNode(row, sum, node)
	})
}

// eachNode asks for the sums of the nodes of this rank.
func (t *term) eachNode(grad []float64, add bool, ask func(sum []float64, node core.Node) error) (err error) {
	t.room(grad, add)
	for k, node := range t.rows.nodes {
		if t.rows.owner[k] == t.comm.Rank() && node.N > 0 && err == nil {
			err = ask(t.sums[k], node)
		}
	}
	return ranks.Agree(t.comm, err)
}

// room is where the sums of this rank's nodes go: the gradient itself where one node is all
// of it, else rows of mine.
func (t *term) room(grad []float64, add bool) {
	if t.comm.Size() == 1 && !add {
		t.sums = append(t.sums[:0], grad)
		return
	}
	t.sums = core.Resize(t.sums, len(t.rows.nodes))
	rows := t.nodesOf(t.comm.Rank())
	t.mine = core.Resize(t.mine, rows*len(grad))
	rest := t.mine
	for k, owner := range t.rows.owner {
		if t.sums[k] = nil; owner == t.comm.Rank() {
			t.sums[k], rest = rest[:len(grad)], rest[len(grad):]
		}
	}
}

// nodesOf is how many nodes a rank has.
func (t *term) nodesOf(rank int) (n int) {
	for _, owner := range t.rows.owner {
		if owner == rank {
			n++
		}
	}
	return n
}

// exchange makes the sums of all nodes those of the components that this rank owns, and returns
// these components of the gradient.
func (t *term) exchange(grad []float64) ([]float64, error) {
	rows := make([]int, t.comm.Size())
	for rank := range rows {
		rows[rank] = t.nodesOf(rank)
	}
	from, to := owned(len(grad), t.comm.Rank(), t.comm.Size())
	n := to - from
	t.theirs = core.Resize(t.theirs, len(t.rows.nodes)*n)
	if err := t.comm.Columns(t.theirs, t.mine, rows, ownedCounts(len(grad), t.comm.Size())); err != nil {
		return nil, err
	}
	for k := range t.sums {
		t.sums[k] = t.theirs[k*n : (k+1)*n]
	}
	return grad[from:to], nil
}

// pullNode pulls back the cotangents of a node's rows.
func (t *term) pullNode(row *core.Row, sum []float64, node core.Node) error {
	core.Gradient.Put(&t.nodes, sum)
	in, bar := &t.batch, &t.bar
	if node.N != in.N {
		from := node.From - t.rows.from
		in, bar = &t.in, &t.of
		t.batch.Part(in, from, node.N)
		for _, c := range row.In { // those too that were not drawn
			c.Window(in, &t.batch, from, from+node.N)
		}
		for _, c := range row.Bar {
			c.Window(bar, &t.bar, from, from+node.N)
		}
	}
	bar.N, t.nodes.N = in.N, in.N
	t.args = core.Call{In: in, Bar: bar, Out: &t.nodes}
	return t.model.Blame.of(t.model.Instance.Call(row, &t.args))
}

// gather joins a column of all ranks in all.
func gather(comm ranks.Comm, c core.Column, all, mine *core.Batch, counts []int, s core.Sizes) error {
	each := c.Info().Length(1, s)
	c.Make(all, all.N*each)
	joined := c.Reals(all)
	if err := comm.Gather(joined, c.Reals(mine), times(counts, len(joined)/all.N)); err != nil {
		return err
	}
	c.SetReals(all, joined)
	return nil
}

// times is how many numbers the ranks have, each of theirs for a configuration.
func times(counts []int, each int) []int {
	numbers := make([]int, len(counts))
	for i, n := range counts {
		numbers[i] = n * each
	}
	return numbers
}
