package ranks

import "github.com/helmholtz-physics/helmholtz/framework/core"

// Calls are those that one rank makes to parts while the others would wait, as estimators ask a model about
// configurations of their own: every rank has the parts, and answers about some of the configurations. What a part
// says of a configuration depends on that alone, so that all answers together are those of one rank, bit for bit.
// Whatever is not about single configurations the leading rank asks of its own part.
//
// The zero value has no parts. It serves one goroutine at a time.
type Calls struct {
	parts []core.Instance
	comm  Comm // while this rank leads others, else nil

	in, bar, out core.Batch // of this rank's configurations
}

// Of is a part as the leading rank calls it: outside of Lead it is the part itself. All ranks take the same parts in
// the same order.
func (c *Calls) Of(part core.Instance) core.Instance {
	c.parts = append(c.parts, part)
	return &led{part, c, len(c.parts) - 1}
}

// Lead runs f on rank 0, where all other ranks help with its calls until it has ended. All ranks call it together, and
// the parts are in the same state on all. The error of f is that of rank 0 alone; one that the call of another rank
// had is among what f gets, and names the rank. A nil Calls has nothing to help with, and nobody waits.
func (c *Calls) Lead(comm Comm, f func() error) error {
	switch {
	case comm.Size() == 1, c == nil && comm.Rank() == 0:
		return f()
	case c == nil:
		return nil
	case comm.Rank() > 0:
		return c.help(comm)
	}
	c.comm = comm
	err := f()
	c.comm = nil
	if e := comm.Broadcast(make([]float64, questionSize), 0); err == nil {
		err = e
	}
	return err
}

// help answers until rank 0 has no more questions. What a part cannot answer is rank 0's to tell.
func (c *Calls) help(comm Comm) error {
	for head := make([]float64, questionSize); ; {
		if err := comm.Broadcast(head, 0); err != nil {
			return err
		}
		q, ok := read(head)
		if !ok {
			return nil
		}
		if err := c.answer(comm, q, nil); err != nil && !isAgreed(err) {
			return err
		}
	}
}

// led is a part whose calls are shared.
type led struct {
	core.Instance
	calls *Calls
	part  int
}

// Call implements core.Instance.
func (l *led) Call(r *core.Row, call *core.Call) error {
	comm := l.calls.comm
	if comm == nil {
		return l.Instance.Call(r, call)
	}
	q, ok := ask(l.part, r, call)
	if !ok {
		return l.Instance.Call(r, call)
	}
	if err := comm.Broadcast(q.write(), 0); err != nil {
		return err
	}
	return l.calls.answer(comm, q, call)
}

// answer makes this rank's part of a call, of which rank 0 has the arguments.
func (c *Calls) answer(comm Comm, q question, whole *core.Call) error {
	counts := Deal(q.n, comm.Size())
	from, n := sum(counts[:comm.Rank()]), counts[comm.Rank()]
	for _, b := range []*core.Batch{&c.in, &c.bar, &c.out} {
		b.Reset(0, 0)
		b.LogP, b.N = b.LogP[:0], n
	}
	c.in.From, c.in.Total, c.in.Shares = q.from+from, q.total, q.shares
	for i, a := range q.given() {
		if err := c.send(comm, a, q.sizes[i], counts, whole); err != nil {
			return err
		}
	}
	var err error
	if n > 0 {
		for i, column := range q.row.Out {
			column.Make(&c.out, n*q.sizes[len(q.sizes)-len(q.row.Out)+i]/realsIn(column))
		}
		err = c.parts[q.part].Call(q.row, &core.Call{In: &c.in, Bar: &c.bar, Out: &c.out})
	}
	if err = Agree(comm, err); err != nil {
		return err
	}
	for i, column := range q.row.Out {
		if err := c.collect(comm, column, q.sizes[len(q.sizes)-len(q.row.Out)+i], counts, whole); err != nil {
			return err
		}
	}
	return nil
}

// send gives every rank what it needs of an argument that rank 0 has: the numbers of its configurations, or all where there
// are none for each.
func (c *Calls) send(comm Comm, a argument, size int, counts []int, whole *core.Call) error {
	mine, numbers := a.of(&core.Call{In: &c.in, Bar: &c.bar}), []float64(nil)
	if whole != nil {
		numbers = a.column.Reals(a.of(whole))
	}
	switch {
	case size == 0:
		return nil
	case a.column.Info().Per != core.PerConfiguration:
		if whole == nil {
			numbers = make([]float64, size)
		}
		if err := comm.Broadcast(numbers, 0); err != nil {
			return err
		}
		a.column.SetReals(mine, numbers)
		return nil
	}
	rows, own := make([]int, len(counts)), make([]float64, counts[comm.Rank()]*size)
	rows[0] = 1
	if err := comm.Columns(own, numbers, rows, TimesEach(counts, size)); err != nil {
		return err
	}
	a.column.SetReals(mine, own)
	return nil
}

// collect gives rank 0 the numbers of a result that the ranks have.
func (c *Calls) collect(comm Comm, column core.Column, size int, counts []int, whole *core.Call) error {
	var all []float64
	if whole != nil {
		all = make([]float64, sum(counts)*size)
	}
	mine := column.Reals(&c.out)[:counts[comm.Rank()]*size]
	each := realsIn(column)
	across := column.Info().Across
	if across {
		mine = transposed(mine, size/each, counts[comm.Rank()], each)
	}
	columns := make([]int, len(counts))
	columns[0] = size
	if err := comm.Columns(all, mine, counts, columns); err != nil || whole == nil {
		return err
	}
	if across {
		all = transposed(all, sum(counts), size/each, each)
	}
	column.SetReals(whole.Out, all)
	return nil
}

// transposed are numbers of rows times columns entries, of so many numbers each, column by column.
func transposed(v []float64, rows, columns, each int) []float64 {
	t := make([]float64, 0, len(v))
	for j := range columns {
		for i := range rows {
			at := (i*columns + j) * each
			t = append(t, v[at:at+each]...)
		}
	}
	return t
}

// Deal deals n to so many ranks: the first have one more where it does not come out even.
func Deal(n, ranks int) []int {
	counts := make([]int, ranks)
	for rank := range counts {
		counts[rank] = (n + ranks - 1 - rank) / ranks
	}
	return counts
}

// TimesEach are the numbers of which each of the counted has so many.
func TimesEach(counts []int, each int) []int {
	numbers := make([]int, len(counts))
	for i, n := range counts {
		numbers[i] = n * each
	}
	return numbers
}
