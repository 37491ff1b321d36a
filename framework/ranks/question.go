package ranks

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// question is a call as the other ranks have to know it: all but the numbers.
type question struct {
	part, n             int // which part, about how many configurations
	from, total, shares int // where they stand, as core.Batch has it
	row                 *core.Row
	// sizes of the arguments, then of the results, in the order of the row: how many real numbers they have for each
	// configuration, or at all where there are none for each; 0 of what is not known.
	sizes []int
}

// argument is a column of a call.
type argument struct {
	column core.Column
	bar    bool // a cotangent
}

func (a argument) of(c *core.Call) *core.Batch {
	if a.bar {
		return c.Bar
	}
	return c.In
}

// given are the arguments of the call.
func (q question) given() (all []argument) {
	for _, c := range q.row.In {
		all = append(all, argument{c, false})
	}
	for _, c := range q.row.Bar {
		all = append(all, argument{c, true})
	}
	return all
}

// ask makes a question of a call; ok is false of one that is not about single configurations.
func ask(part int, r *core.Row, c *core.Call) (q question, ok bool) {
	perOne := func(c core.Column) bool { return c.Info().Per == core.PerConfiguration }
	if n := c.In.N; n < 2 || r.Noise || r.Children != "" || !slices.Contains(core.Rows, r) || slices.ContainsFunc(r.Out, func(c core.Column) bool { return !perOne(c) }) {
		return q, false
	}
	q = question{part: part, n: c.In.N, from: c.In.From, total: max(c.In.Total, c.In.From+c.In.N), shares: c.In.Shares, row: r}
	size := func(column core.Column, b *core.Batch) int {
		n := column.Len(b) * realsIn(column)
		if perOne(column) {
			n /= q.n
		}
		return n
	}
	for _, a := range q.given() {
		q.sizes = append(q.sizes, size(a.column, a.of(c)))
	}
	for _, column := range r.Out {
		q.sizes = append(q.sizes, size(column, c.Out))
	}
	return q, true
}

// questionSize is how many numbers say a question: room for rows of ten columns, the longest has eight.
const questionSize = 16

// write says the question in numbers; the first is above 0.
func (q question) write() []float64 {
	head := []float64{float64(q.part + 1), float64(slices.Index(core.Rows, q.row)), float64(q.n), float64(q.from), float64(q.total), float64(q.shares)}
	for _, n := range q.sizes {
		head = append(head, float64(n))
	}
	return append(head, make([]float64, questionSize-len(head))...)
}

// read is the inverse of write; ok is false where there is no question.
func read(head []float64) (q question, ok bool) {
	if head[0] == 0 {
		return q, false
	}
	q = question{part: int(head[0]) - 1, row: core.Rows[int(head[1])], n: int(head[2]), from: int(head[3]), total: int(head[4]), shares: int(head[5])}
	for _, n := range head[6 : 6+len(q.row.In)+len(q.row.Bar)+len(q.row.Out)] {
		q.sizes = append(q.sizes, int(n))
	}
	return q, true
}

// realsIn is how many real numbers one of a column is.
func realsIn(c core.Column) int {
	if _, ok := c.(*core.Quantity[complex128]); ok {
		return 2
	}
	return 1
}
