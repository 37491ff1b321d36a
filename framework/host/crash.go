package host

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Crash is the cause inside the *core.Error of a plugin that ended or was
// ended before it answered. Every later call fails with the same.
type Crash struct {
	// Cause is the line of the panic, or what the plugin printed last, or why
	// the host stopped it; empty if nothing is known.
	Cause string
	// Status is how the process ended: "exit status 2", "signal: killed".
	Status string
	// Stderr is what the plugin printed, at most the last 200 lines.
	Stderr []string
}

func (c *Crash) Error() string {
	switch {
	case c.Cause == "":
		return c.Status
	case c.Status == "":
		return c.Cause
	}
	return c.Cause + " (" + c.Status + ")"
}

var errClosed = errors.New("the host was closed")

// deathPatience is how long a process whose connection broke may take to end:
// a busy machine may be slow to bury it, and its last words are worth the wait.
const deathPatience = 10 * time.Second

// fault makes the error for the user when a call did not come back.
func (p *process) fault(op string, late bool, cause error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closing.Load() {
		return &core.Error{Kind: core.Plugin, Op: op, Subject: p.subject, Err: errClosed}
	}
	if p.end == nil {
		p.end = p.diagnose(late, cause)
	}
	return &core.Error{Kind: core.Plugin, Op: op, Subject: p.subject, Err: p.end}
}

// diagnose waits for the process to end, or ends it, and says why it did.
func (p *process) diagnose(late bool, cause error) error {
	if late {
		p.command.kill()
		<-p.command.done
		lines, _ := p.tail.words()
		return &Crash{Cause: fmt.Sprintf("did not answer within %v and was killed", p.timeout), Stderr: lines}
	}
	select {
	case <-p.command.done:
	case <-time.After(deathPatience):
		p.command.kill()
		<-p.command.done
		lines, _ := p.tail.words()
		return &Crash{Cause: fmt.Sprintf("the connection broke: %v", cause), Stderr: lines}
	}
	lines, last := p.tail.words()
	if killed(p.command.state) {
		last = "" // it had no time for last words
	}
	return &Crash{Cause: last, Status: status(p.command.state), Stderr: lines}
}

func killed(s *os.ProcessState) bool {
	if s == nil {
		return false
	}
	wait, ok := s.Sys().(syscall.WaitStatus)
	return ok && wait.Signaled() && wait.Signal() == syscall.SIGKILL
}

// status describes how a process ended.
func status(s *os.ProcessState) string {
	if s == nil {
		return ""
	}
	return s.String()
}
