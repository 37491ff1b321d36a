package enginetest

import (
	"syscall"
	"testing"
)

// CPU is the processor time of this process in seconds, which other programs on the
// machine disturb less than the clock.
func CPU(tb testing.TB) float64 {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) * 1e-9
}
