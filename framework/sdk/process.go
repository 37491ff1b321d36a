package sdk

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
)

// handshake is the standard output that the host reads one line from, nil in
// a process that no host started.
var handshake *os.File

// A process that a host started is taken over while packages are initialised,
// before the plugin's own code runs: a print would garble the handshake, and
// a signal meant for the host would end the plugin before the host can write
// its checkpoint.
func init() {
	if os.Getenv(wire.CookieKey) != wire.CookieValue {
		return
	}
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2)
	handshake = divertStdout()
}

// stdio keeps the original streams: a file that nothing refers to is closed
// by the garbage collector, and descriptors 1 and 2 with it.
var stdio = struct{ out, err *os.File }{os.Stdout, os.Stderr}

// restoreStdio undoes go-plugin's replacement of the standard streams by
// pipes, in which the last words of a crash would be lost.
var restoreStdio = sync.OnceFunc(func() { os.Stdout, os.Stderr = stdio.out, stdio.err })

// endWithParent ends the process once its parent has changed: a host that was
// killed before it connected, on a system that does not tie the two together.
// parent is that of the time before anybody knew of this process.
func endWithParent(parent int) {
	for range time.Tick(time.Second) {
		if os.Getppid() != parent {
			os.Exit(1)
		}
	}
}
