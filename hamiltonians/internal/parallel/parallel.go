// Package parallel runs a loop over independent items on all processors.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Loop calls a body on the chunks [0,chunk), [chunk,2 chunk), ... of [0,n).
// The cuts depend on n alone, never on the number of threads. Run allocates
// nothing, so a Loop is made once and kept.
type Loop struct {
	chunk  int
	body   func(worker, from, to int)
	helper func()

	n       int
	next    atomic.Int64
	helpers atomic.Int64
	wg      sync.WaitGroup
}

// MaxWorkers bounds the number of goroutines that run one Loop.
const MaxWorkers = 64

// New returns the loop over body, which is called from several goroutines and
// must write to disjoint places for disjoint ranges. Calls that run at the
// same time have different workers, 0 <= worker < MaxWorkers.
func New(chunk int, body func(worker, from, to int)) *Loop {
	l := &Loop{chunk: chunk, body: body}
	l.helper = func() { // made once: a go statement on it does not allocate
		defer l.wg.Done()
		l.work(int(l.helpers.Add(1)))
	}
	return l
}

// Run runs the body over [0,n) and returns when all is done. The caller's
// goroutine works too, as worker 0. One Run at a time.
func (l *Loop) Run(n int) {
	l.n = n
	l.next.Store(0)
	l.helpers.Store(0)
	chunks := (n + l.chunk - 1) / l.chunk
	for range min(runtime.GOMAXPROCS(0), MaxWorkers, chunks) - 1 {
		l.wg.Add(1)
		go l.helper()
	}
	l.work(0)
	l.wg.Wait()
}

func (l *Loop) work(worker int) {
	for {
		from := (int(l.next.Add(1)) - 1) * l.chunk
		if from >= l.n {
			return
		}
		l.body(worker, from, min(from+l.chunk, l.n))
	}
}
