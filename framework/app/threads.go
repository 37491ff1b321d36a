package app

import (
	"os"
	"runtime"
	"strconv"
	"sync"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// chooseThreads settles the threads of this process, and of the plugins that it will start: they
// take turns, so that each may have all. It does so once: what it tells plugins would decide a second time.
var chooseThreads = sync.OnceValues(func() (core.Processors, error) {
	p := core.ProcessorLimit()
	runtime.GOMAXPROCS(p.N)
	return p, os.Setenv(core.ThreadsVariable, strconv.Itoa(p.N))
})
