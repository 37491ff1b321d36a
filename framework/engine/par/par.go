// Package par runs independent tasks on all processors. It decides only who
// runs a task, never what a task is: cut the work by its own sizes, write
// disjoint results, and they are the same for any number of threads.
package par

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// For calls body(0), ..., body(n-1), each once, on up to GOMAXPROCS goroutines
// (one fewer after Spare), and returns when all have finished. Tasks start in
// order, so put the largest first. Body must not call For. If tasks panic, For
// panics in the caller's goroutine with one of their values. For itself does
// not allocate.
func For(n int, body func(i int)) {
	helpers := min(Threads(), n) - 1
	if helpers < 1 {
		for i := range n {
			body(i)
		}
		return
	}
	l := loops.Get().(*loop)
	l.body, l.n, l.failure = body, int64(n), nil
	l.next.Store(0)
	hire(helpers)
	l.wait.Add(helpers)
	for range helpers {
		work <- l
	}
	l.run()
	l.wait.Wait()
	failure := l.failure
	l.body, l.failure = nil, nil
	loops.Put(l)
	if failure != nil {
		panic(failure)
	}
}

// Threads is how many calls of body For has under way at most, and so how many workspaces
// there are where each of them has one.
func Threads() int { return max(1, runtime.GOMAXPROCS(0)-int(spare.Load())) }

// Spare adds one to GOMAXPROCS, which For then leaves idle, and returns what
// takes it away again. A program that lives on For calls it once: tasks spend
// their time in C, where Go's scheduler thinks them blocked, and while no
// processor is idle it takes theirs away after some 20 us and starts a thread
// to use it. That costs 5 to 8 % of a training step.
func Spare() (undo func()) {
	spare.Add(1)
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	return func() {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) - 1)
		spare.Add(-1)
	}
}

var spare atomic.Int32

// loop is one call of For.
type loop struct {
	body    func(int)
	n       int64
	next    atomic.Int64 // first task not started
	wait    sync.WaitGroup
	mu      sync.Mutex
	failure any
}

// run takes tasks until none is left.
func (l *loop) run() {
	defer func() {
		if v := recover(); v != nil {
			l.next.Store(l.n) // start no more
			l.mu.Lock()
			l.failure = fmt.Sprintf("%v\n%s", v, debug.Stack())
			l.mu.Unlock()
		}
	}()
	for i := l.next.Add(1) - 1; i < l.n; i = l.next.Add(1) - 1 {
		l.body(int(i))
	}
}

var (
	loops = sync.Pool{New: func() any { return new(loop) }}
	work  = make(chan *loop, 256)
	hired struct {
		sync.Mutex
		n int
	}
)

// hire makes sure that n helper goroutines exist. They live as long as the
// program and sleep between loops.
func hire(n int) {
	hired.Lock()
	defer hired.Unlock()
	for ; hired.n < n; hired.n++ {
		go func() {
			for l := range work {
				l.run()
				l.wait.Done()
			}
		}()
	}
}
