package host

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// memoryHint is what a user can do about a plugin that needs too much.
const memoryHint = "take a smaller train.batch or evaluate.batch, or give the job more memory"

// groups is where the kernel shows the control groups of a process.
type groups struct{ list, root string }

var ownGroups = groups{"/proc/self/cgroup", "/sys/fs/cgroup"}

// kills counts the processes of this process's control group, to which its
// plugins belong, that the kernel has killed for want of memory; 0 where that
// cannot be known.
func (g groups) kills() int64 {
	list, _ := os.ReadFile(g.list)
	for _, line := range strings.Split(string(list), "\n") {
		fields := strings.SplitN(line, ":", 3) // number:controllers:path
		if len(fields) < 3 {
			continue
		}
		var files []string
		switch fields[1] {
		case "": // version 2
			files = []string{filepath.Join(g.root, fields[2], "memory.events"), filepath.Join(g.root, "memory.events")}
		case "memory": // version 1
			files = []string{filepath.Join(g.root, "memory", fields[2], "memory.oom_control"), filepath.Join(g.root, "memory", "memory.oom_control")}
		}
		for _, file := range files { // in a container, its own group is the root
			if n, ok := killsIn(file); ok {
				return n
			}
		}
	}
	return 0
}

func killsIn(file string) (n int64, ok bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	for _, line := range strings.Split(string(text), "\n") {
		if _, err := fmt.Sscanf(line, "oom_kill %d", &n); err == nil {
			return n, true
		}
	}
	return 0, false
}

// outOfMemory begins or ends what runtimes say when they get no memory: Go's,
// Python's, C++'s, C's, those of CUDA and JAX.
var outOfMemory = []string{"out of memory", "cannot allocate memory", "MemoryError", "bad_alloc", "Cannot allocate memory", "RESOURCE_EXHAUSTED"}

// deathOf says what memory had to do with the end of a process: a cause, where
// the kernel is known to have killed it for want of memory, and a hint, where
// that is likely. kills is the number of such kills since it began.
func deathOf(c *command, lastWords string, kills int64) (cause, hint string) {
	s := c.state
	switch {
	case c.killedHere():
		return "", ""
	case endedBy(s, syscall.SIGKILL) && kills > 0:
		return "the kernel killed it because memory ran out", memoryHint
	case endedBy(s, syscall.SIGKILL):
		return "", "if nobody killed it, memory ran out: " + memoryHint
	}
	for _, words := range outOfMemory {
		if strings.Contains(lastWords, words) {
			return "", memoryHint
		}
	}
	return "", ""
}

func endedBy(s *os.ProcessState, signal syscall.Signal) bool {
	if s == nil {
		return false
	}
	wait, ok := s.Sys().(syscall.WaitStatus)
	return ok && wait.Signaled() && wait.Signal() == signal
}
