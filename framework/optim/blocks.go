package optim

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// blockSize is the number of parameters that a thread takes at a time: large
// against the cost of handing it out, small against the cache.
const blockSize = 1 << 14

// blocks runs an elementwise kernel over consecutive blocks of [0, n), on all
// threads. Elements do not meet, so the result does not depend on who does
// which block. The functions it starts are made once, so that a run allocates
// nothing.
type blocks struct {
	kernel func(lo, hi int)
	n      int
	next   atomic.Int64
	done   sync.WaitGroup
	helper func()
}

func newBlocks(kernel func(lo, hi int)) *blocks {
	b := &blocks{kernel: kernel}
	b.helper = func() {
		defer b.done.Done()
		b.work()
	}
	return b
}

func (b *blocks) run(n int) {
	b.n = n
	b.next.Store(0)
	helpers := min(runtime.GOMAXPROCS(0), (n+blockSize-1)/blockSize) - 1
	for range helpers {
		b.done.Add(1)
		go b.helper()
	}
	b.work()
	b.done.Wait()
}

func (b *blocks) work() {
	for {
		lo := int(b.next.Add(1)-1) * blockSize
		if lo >= b.n {
			return
		}
		b.kernel(lo, min(lo+blockSize, b.n))
	}
}
