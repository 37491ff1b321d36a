package app

import (
	"os"
	"runtime"
	"strconv"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// chooseThreads settles the threads of this process, and of the plugins that it will start: they
// take turns, so that each may have all.
func (b *binding) chooseThreads() error {
	if b.threads.N > 0 { // of an earlier file of this command
		return nil
	}
	b.threads = core.ProcessorLimit()
	runtime.GOMAXPROCS(b.threads.N)
	return os.Setenv(core.ThreadsVariable, strconv.Itoa(b.threads.N))
}
