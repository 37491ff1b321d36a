package par

import (
	"slices"
	"sync"
)

// Span is what a task works on: the items From to From+N-1 of a batch, which are
// the chunk number Chunk, and one Part of the work on them.
type Span struct{ From, N, Part, Chunk int }

// Task works on a chunk in the workspace w.
type Task[W any] func(w W, at Span) error

// Pool runs tasks on the chunks of a batch, in workspaces that it keeps from one
// batch to the next: in the steady state, batches of one size, it does not
// allocate. A batch goes through the workspaces slab by slab:
//
//	p.Prepare(par.CutBy(rows, width))
//	for s := range p.Slabs() {
//		err := p.Run(s, 1, task) // as often as there are steps
//	}
//
// Chunk i always has the same workspace, which no other chunk of its slab has, so
// that a task finds what the one before it has left there for the same chunk. With
// Slab 0 nothing is left for anybody: a task gets any workspace that is free, of
// which there are as many as threads, and all chunks are one slab.
//
// One goroutine at a time uses a pool. Make a task once, not for each Run: a
// closure is memory.
type Pool[W any] struct {
	// Open makes a workspace for n items.
	Open func(n int) W
	// Slab is how many chunks have workspaces at a time, read by Prepare.
	Slab int
	// Padded workspaces are all for Width items, of which shorter chunks leave some
	// unused. Otherwise, with Slab, each is for the items of its chunk.
	Padded bool

	width  int
	layout Layout
	work   []W       // of each chunk, with Slab
	rooms  []room[W] // with Slab, those of each size

	mu   sync.Mutex
	idle []W // with Slab 0

	// The Run in progress.
	first, parts int
	task         Task[W]
	errs         []error
	body         func(int)
}

// room has the workspaces for one number of items, of which a slab has used some.
type room[W any] struct {
	size, used int
	needed     bool
	all        []W
}

// Prepare takes a batch and makes the workspaces that it needs.
func (p *Pool[W]) Prepare(c Cut) {
	if p.body == nil {
		p.body = p.runTask
	}
	if c.Width != p.width {
		p.width, p.rooms, p.idle = c.Width, nil, nil
	}
	c.Lay(&p.layout)
	clear(p.work)
	p.work = p.work[:0]
	if p.Slab == 0 || c.N == 0 {
		return
	}
	for i := range p.rooms {
		p.rooms[i].needed = false
	}
	for i, k := range p.layout.Chunks {
		if i%p.Slab == 0 {
			for i := range p.rooms {
				p.rooms[i].used = 0
			}
		}
		size := k.N
		if p.Padded {
			size = c.Width
		}
		p.work = append(p.work, p.open(size))
	}
	p.rooms = slices.DeleteFunc(p.rooms, func(r room[W]) bool { return !r.needed })
}

// open is a workspace that the slab has not used yet.
func (p *Pool[W]) open(size int) W {
	i := slices.IndexFunc(p.rooms, func(r room[W]) bool { return r.size == size })
	if i < 0 {
		i = len(p.rooms)
		p.rooms = append(p.rooms, room[W]{size: size})
	}
	r := &p.rooms[i]
	if r.used == len(r.all) {
		r.all = append(r.all, p.Open(size))
	}
	r.used++
	r.needed = true
	return r.all[r.used-1]
}

// Slabs is the number of slabs of the batch. Where it is 1, the workspaces hold
// all chunks.
func (p *Pool[W]) Slabs() int {
	if p.Slab == 0 {
		return min(1, len(p.layout.Chunks))
	}
	return (len(p.layout.Chunks) + p.Slab - 1) / p.Slab
}

// Layout has the chunks of the batch. It is valid until Prepare.
func (p *Pool[W]) Layout() Layout { return p.layout }

// Work is the workspace of a chunk, with Slab.
func (p *Pool[W]) Work(chunk int) W { return p.work[chunk] }

// Of are the segments of the chunks of a slab, in their order, from number first
// on. The slice is valid until Prepare.
func (p *Pool[W]) Of(slab int) (first int, all []Segment) {
	from, n := p.span(slab)
	if n == 0 {
		return 0, nil
	}
	first = p.layout.Chunks[from].First
	last := p.layout.Chunks[from+n-1]
	return first, p.layout.Segments[first : last.First+last.Segments]
}

// Run calls task for the chunks of a slab, in parallel: for each of them parts
// times, with Part from 0 to parts-1. It returns the error of the first of those
// that failed.
func (p *Pool[W]) Run(slab, parts int, task Task[W]) error {
	from, n := p.span(slab)
	return p.RunSome(from, n, parts, task)
}

// RunSome is Run for n chunks from number first on.
func (p *Pool[W]) RunSome(first, n, parts int, task Task[W]) error {
	p.first, p.parts, p.task = first, parts, task
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

// span are the chunks of a slab: the first one and their number.
func (p *Pool[W]) span(slab int) (from, n int) {
	if p.Slab == 0 {
		return 0, len(p.layout.Chunks)
	}
	from = slab * p.Slab
	return from, min(p.Slab, len(p.layout.Chunks)-from)
}

func (p *Pool[W]) runTask(i int) {
	k := p.first + i/p.parts
	at := Span{p.layout.Chunks[k].From, p.layout.Chunks[k].N, i % p.parts, k}
	if p.Slab > 0 {
		p.errs[i] = p.task(p.work[k], at)
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
		return p.Open(p.width)
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
