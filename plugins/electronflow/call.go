package electronflow

import (
	"sync"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// crew has the workspaces: as many as processors have used at a time.
type crew struct {
	open func() *wave
	mu   sync.Mutex
	idle []*wave

	// The call in progress.
	n    int
	job  func(w *wave, from, n int) error
	errs []error
	task func(int)
}

func (c *crew) runTask(i int) {
	w := c.take()
	defer c.give(w)
	c.errs[i] = c.job(w, i*width, min(width, c.n-i*width))
}

func (c *crew) take() *wave {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.idle) == 0 {
		return c.open()
	}
	w := c.idle[len(c.idle)-1]
	c.idle = c.idle[:len(c.idle)-1]
	return w
}

func (c *crew) give(w *wave) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = append(c.idle, w)
}

// run calls job for all of n configurations, up to eight at a time: n of them from
// number from on. Which workspace a job gets must not matter.
func (m *Model) run(op string, n int, job func(w *wave, from, n int) error) error {
	c := &m.crew
	tasks := (n + width - 1) / width
	c.n, c.job, c.errs = n, job, core.Resize(c.errs, tasks)
	par.For(tasks, c.task)
	for _, err := range c.errs {
		if err != nil {
			return &core.Error{Kind: core.Numeric, Op: op, Subject: name, Err: err, Hint: "a parameter ran away: try a smaller learning rate"}
		}
	}
	return nil
}
