package wire

import (
	"testing"
	"time"
)

// f is called once, and not at all after stop. That time in which the process
// stands still does not count is tested with real signals in framework/host.
func TestAfterAwake(t *testing.T) {
	called := make(chan string, 3)
	defer AfterAwake(10*time.Millisecond, func() { called <- "waited for" })()
	AfterAwake(time.Millisecond, func() { called <- "short" })
	stop := AfterAwake(time.Hour, func() { called <- "stopped" })
	stop()
	stop() // does no harm
	got := map[string]bool{<-called: true, <-called: true}
	if !got["waited for"] || !got["short"] || len(called) > 0 {
		t.Errorf("called %v, and %d more", got, len(called))
	}
}
