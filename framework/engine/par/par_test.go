package par

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestForCallsEachTaskOnce(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, procs := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(procs)
		for _, n := range []int{0, 1, 2, 1000} {
			calls := make([]atomic.Int32, n)
			For(n, func(i int) { calls[i].Add(1) })
			for i := range calls {
				if c := calls[i].Load(); c != 1 {
					t.Fatalf("%d threads, task %d of %d: called %d times", procs, i, n, c)
				}
			}
		}
	}
}

func TestForFromManyGoroutines(t *testing.T) {
	var total atomic.Int64
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 100 {
				For(10, func(i int) { total.Add(int64(i)) })
			}
		})
	}
	wait.Wait()
	if got, want := total.Load(), int64(8*100*45); got != want {
		t.Errorf("sum %d, want %d", got, want)
	}
}

func TestForPanicsInTheCaller(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	defer func() {
		if v, ok := recover().(string); !ok || !strings.Contains(v, "task 17") {
			t.Errorf("recovered %v", v)
		}
		For(8, func(int) {}) // and the next loop is not disturbed
	}()
	For(100, func(i int) {
		if i == 17 {
			panic("task 17")
		}
	})
}

func TestForDoesNotAllocate(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	var sum atomic.Int64
	body := func(i int) { sum.Add(int64(i)) }
	if a := testing.AllocsPerRun(100, func() { For(64, body) }); a >= 1 {
		t.Errorf("%v allocations per loop", a)
	}
}

// The spare processor is there, and no task runs on it.
func TestSpare(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	undo := Spare()
	if n := runtime.GOMAXPROCS(0); n != 2 {
		t.Errorf("GOMAXPROCS is %d after Spare, want 2", n)
	}
	var running, most atomic.Int64
	For(50, func(int) {
		n := running.Add(1)
		most.Store(max(most.Load(), n))
		runtime.Gosched()
		running.Add(-1)
	})
	if most.Load() != 1 {
		t.Errorf("%d tasks at a time, want 1", most.Load())
	}
	undo()
	if n := runtime.GOMAXPROCS(0); n != 1 {
		t.Errorf("GOMAXPROCS is %d afterwards, want 1", n)
	}
}
