package par

import "sync"

// Cut says how a batch of N items is cut into chunks: Count of them, of Width
// items each but for the last. It depends on the batch and on the work that an
// item is, never on the number of threads, and so do all sums over chunks.
type Cut struct{ N, Width, Count int }

// CutBy cuts n items into chunks of the given width.
func CutBy(n, width int) Cut { return Cut{n, width, (n + width - 1) / width} }

// CutEvenly cuts n items into an even number of about equal chunks of at most
// largest items. Those of more than narrow items are full vectors of eight:
// narrower ones would lose too much by it.
func CutEvenly(n, largest, narrow int) Cut {
	if n == 0 {
		return Cut{}
	}
	count := (n + largest - 1) / largest
	count += count % 2
	width := (n + count - 1) / count
	if width > narrow {
		width = min(largest, (width+7)/8*8)
	}
	return CutBy(n, width)
}

// Span is what a task works on: the items From to From+N-1 of a batch, which are
// one chunk, and one Part of the work on them.
type Span struct{ From, N, Part int }

// Task works on a chunk in the workspace w.
type Task[W any] func(w W, at Span) error

// Pool runs tasks on the chunks of a batch, in workspaces that it keeps from one
// batch to the next: in the steady state, batches of one size, it does not
// allocate. A batch goes through the workspaces slab by slab:
//
//	p.Prepare(par.CutBy(n, width))
//	for s := range p.Slabs() {
//		err := p.Run(s, 1, task) // as often as there are steps
//	}
//
// Chunk i always has workspace i mod Slab (but for a shorter last one, see Padded),
// so that a task finds what the one before it has left there for the same chunk,
// and sums that workspaces keep over the slabs have a fixed order. With Slab 0 nothing is left for anybody: a
// task gets any workspace that is free, of which there are as many as threads,
// and all chunks are one slab.
//
// One goroutine at a time uses a pool. Make a task once, not for each Run: a
// closure is memory.
type Pool[W any] struct {
	// Open makes a workspace for n items.
	Open func(n int) W
	// Slab is how many workspaces are kept, read by Prepare.
	Slab int
	// Padded workspaces are all for Width items, of which a shorter last chunk
	// leaves some unused. Otherwise, with Slab, it has a workspace of its size.
	Padded bool

	cut  Cut
	full []W
	rest []W // for the last chunk, where it is shorter; at most one
	size int // of rest
	all  []W // full and rest
	now  []W // memory of Of

	mu   sync.Mutex
	idle []W // with Slab 0

	// The Run in progress.
	first, parts int
	task         Task[W]
	errs         []error
	body         func(int)
}

// Prepare takes a batch and makes the workspaces that it needs.
func (p *Pool[W]) Prepare(c Cut) {
	if p.body == nil {
		p.body = p.runTask
	}
	if c.Width != p.cut.Width {
		p.full, p.rest, p.idle = nil, nil, nil
	}
	p.cut = c
	if p.Slab == 0 || c.N == 0 {
		p.all = p.all[:0]
		return
	}
	last := c.N - (c.Count-1)*c.Width
	if p.Padded {
		last = c.Width
	}
	whole := c.Count
	if last < c.Width {
		whole--
	}
	for len(p.full) < min(p.Slab, whole) {
		p.full = append(p.full, p.Open(c.Width))
	}
	switch {
	case last == c.Width:
		p.rest = nil
	case len(p.rest) == 0 || p.size != last:
		p.rest, p.size = append(p.rest[:0], p.Open(last)), last
	}
	p.all = append(append(p.all[:0], p.full...), p.rest...)
}

// Slabs is the number of slabs of the batch. Where it is 1, the workspaces hold
// all chunks.
func (p *Pool[W]) Slabs() int {
	if p.Slab == 0 {
		return min(1, p.cut.Count)
	}
	return (p.cut.Count + p.Slab - 1) / p.Slab
}

// All are the workspaces that this batch may have used, and perhaps more, in the
// order of their first chunks. The slice is valid until Prepare.
func (p *Pool[W]) All() []W { return p.all }

// Of are the workspaces of the chunks of a slab, in their order. The slice is
// valid until the next call. There are none with Slab 0.
func (p *Pool[W]) Of(slab int) []W {
	p.now = p.now[:0]
	if p.Slab == 0 {
		return p.now
	}
	from, n := p.chunks(slab)
	for k := range n {
		p.now = append(p.now, p.workspace(from, k))
	}
	return p.now
}

// Run calls task for the chunks of a slab, in parallel: for each of them parts
// times, with Part from 0 to parts-1. It returns the error of the first of those
// that failed.
func (p *Pool[W]) Run(slab, parts int, task Task[W]) error {
	from, n := p.chunks(slab)
	p.first, p.parts, p.task = from, parts, task
	tasks := n * parts
	if cap(p.errs) < tasks {
		p.errs = make([]error, tasks)
	}
	p.errs = p.errs[:tasks]
	For(tasks, p.body)
	for _, err := range p.errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Each is Prepare, and Run with one part on all slabs.
func (p *Pool[W]) Each(c Cut, task Task[W]) error {
	p.Prepare(c)
	for s := range p.Slabs() {
		if err := p.Run(s, 1, task); err != nil {
			return err
		}
	}
	return nil
}

// chunks are those of a slab: the first one and their number.
func (p *Pool[W]) chunks(slab int) (from, n int) {
	if p.Slab == 0 {
		return 0, p.cut.Count
	}
	from = slab * p.Slab
	return from, min(p.Slab, p.cut.Count-from)
}

// workspace is that of chunk k of the slab that begins with chunk first.
func (p *Pool[W]) workspace(first, k int) W {
	if first+k == p.cut.Count-1 && len(p.rest) > 0 {
		return p.rest[0]
	}
	return p.full[k]
}

func (p *Pool[W]) runTask(i int) {
	k := i / p.parts
	from := (p.first + k) * p.cut.Width
	at := Span{from, min(p.cut.Width, p.cut.N-from), i % p.parts}
	if p.Slab > 0 {
		p.errs[i] = p.task(p.workspace(p.first, k), at)
		return
	}
	w := p.take()
	defer p.give(w)
	p.errs[i] = p.task(w, at)
}

func (p *Pool[W]) take() W {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.idle) - 1
	if last < 0 {
		return p.Open(p.cut.Width)
	}
	w := p.idle[last]
	p.idle = p.idle[:last]
	return w
}

func (p *Pool[W]) give(w W) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, w)
}
