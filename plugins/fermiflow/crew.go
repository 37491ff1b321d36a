package fermiflow

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// crew cuts a batch into chunks of equal width and has a workspace for each of
// those that are worked on at a time. Chunk i always goes to workspace i modulo
// slab, so sums that workspaces keep do not depend on the number of threads.
type crew struct {
	width int
	open  func() *chunk
	all   []*chunk

	// of the call in progress
	n, first int
	job      func(m *Model, c *chunk, from, n int) error
	model    *Model
	task     func(int)
	errs     [slab]error
}

// slab is more than the processors of one machine.
const slab = 32

// run calls job on the chunks of n configurations, in parallel: those of a chunk
// are number from to from+n-1 of the batch.
func (w *crew) run(m *Model, op string, n int, job func(m *Model, c *chunk, from, n int) error) error {
	if w.task == nil {
		w.task = w.runTask
	}
	count := (n + w.width - 1) / w.width
	for len(w.all) < min(slab, count) {
		w.all = append(w.all, w.open())
	}
	w.model, w.n, w.job = m, n, job
	for w.first = 0; w.first < count; w.first += slab {
		tasks := min(slab, count-w.first)
		par.For(tasks, w.task)
		for _, err := range w.errs[:tasks] {
			if err != nil {
				return &core.Error{Kind: core.Numeric, Op: op, Subject: name, Err: err,
					Hint: "a parameter ran away, or x lies far outside or on a node: try a smaller learning rate"}
			}
		}
	}
	return nil
}

func (w *crew) runTask(i int) {
	from := (w.first + i) * w.width
	w.errs[i] = w.job(w.model, w.all[i], from, min(w.width, w.n-from))
}

// load writes configurations from to from+n-1 of x to the columns of rows. Columns
// beyond n repeat the last one.
func (c *chunk) load(rows, x []float64, from, n int) {
	d := len(c.one)
	for i := range d {
		row := rows[i*c.width : (i+1)*c.width]
		for j := range row {
			row[j] = x[(from+min(j, n-1))*d+i]
		}
	}
}

// column writes column j of d rows to c.one.
func (c *chunk) column(rows []float64, j int) []float64 {
	for i := range c.one {
		c.one[i] = rows[i*c.width+j]
	}
	return c.one
}

// notFinite names a configuration.
func notFinite(what string, i int, v any) error {
	return fmt.Errorf("%s of configuration %d is %v", what, i, v)
}
