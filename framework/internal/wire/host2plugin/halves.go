package host2plugin

import (
	"runtime"
	"sync"
)

// long is from how many numbers on an array is copied by two threads. One thread gets less from
// memory than there is, and to wake another takes as long as to copy half a megabyte.
const long = 1 << 17

// halves calls f for the numbers 0 to n-1: for both halves at a time where there are many.
func halves(n int, f func(from, to int)) {
	if n < long || runtime.GOMAXPROCS(0) < 2 {
		f(0, n)
		return
	}
	var other sync.WaitGroup
	other.Go(func() { f(n/2, n) })
	f(0, n/2)
	other.Wait()
}
