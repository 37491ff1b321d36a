package wire

import (
	"sync"
	"time"
)

// AfterAwake calls f in a goroutine of its own once this process has been
// running for d. Time in which it stood still (SIGSTOP, a suspended job, a
// frozen cgroup) does not count, because whatever it waits for stood still as
// well. stop keeps f from being called if it has not been; it does not wait.
//
// The time is counted in ticks: one that comes far too late counts as if it
// had come a little late. A machine so busy that ticks are lost makes the wait
// longer, never shorter.
func AfterAwake(d time.Duration, f func()) (stop func()) {
	// Of a stop, at most one period counts besides the tick in hand: a
	// twentieth is little, and a second is much longer than a scheduler takes.
	w := &awake{left: d, period: max(min(d/20, time.Second), time.Millisecond), last: time.Now(), f: f}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer = time.AfterFunc(min(w.period, d), w.tick)
	return w.stop
}

type awake struct {
	mu      sync.Mutex
	left    time.Duration
	period  time.Duration
	last    time.Time
	timer   *time.Timer
	stopped bool
	f       func()
}

func (w *awake) tick() {
	w.mu.Lock()
	now := time.Now()
	w.left -= min(now.Sub(w.last), 2*w.period)
	w.last = now
	over := w.left <= 0 && !w.stopped
	if w.left > 0 && !w.stopped {
		w.timer.Reset(min(w.period, w.left))
	}
	w.mu.Unlock()
	if over {
		w.f()
	}
}

func (w *awake) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = true
	w.timer.Stop()
}
