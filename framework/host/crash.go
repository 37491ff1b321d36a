package host

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
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
	// Hint is what the user can do about it, if that is known.
	Hint string
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
func (p *process) fault(op string, late time.Duration, cause error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closing.Load() {
		return &core.Error{Kind: core.Plugin, Op: op, Subject: p.subject, Err: errClosed}
	}
	if p.end == nil {
		p.end = p.diagnose(late, cause)
	}
	return &core.Error{Kind: core.Plugin, Op: op, Subject: p.subject, Err: p.end, Hint: hints(p.end.Hint, p.printed.where())}
}

// explain says where what the plugin printed is to be found, which may say
// more than the error that it answered.
func (p *process) explain(err error) error {
	e, ok := err.(*core.Error)
	if !ok || e.Kind != core.Internal && e.Kind != core.Plugin {
		return err
	}
	told := *e
	told.Hint = hints(e.Hint, p.printed.where())
	return &told
}

// diagnose waits for the process to end, or ends it, and says why it did.
func (p *process) diagnose(late time.Duration, cause error) *Crash {
	if p.leaves != nil {
		return p.lost(late, cause)
	}
	if late > 0 {
		p.command.kill()
		<-p.command.done
		lines, _ := p.tail.words()
		return &Crash{Cause: fmt.Sprintf("did not answer within %v and was killed", late), Stderr: lines}
	}
	impatient := make(chan struct{})
	stop := wire.AfterAwake(deathPatience, func() { close(impatient) })
	defer stop()
	select {
	case <-p.command.done:
	case <-impatient:
		p.command.kill()
		<-p.command.done
		lines, _ := p.tail.words()
		return &Crash{Cause: fmt.Sprintf("the connection broke: %v", cause), Stderr: lines}
	}
	return p.died("")
}

// died describes the end of a process that is over. What went wrong, where that
// is known, goes before its last words.
func (p *process) died(what string) *Crash {
	lines, last := p.tail.words()
	state := p.command.state
	cause, hint := deathOf(p.command, last, p.host.groups.kills()-p.kills)
	switch {
	case cause != "":
	case what == "" && !endedBy(state, syscall.SIGKILL): // otherwise it had no time for last words
		cause = last
	case what != "" && last != "":
		cause = what + ": " + last
	default:
		cause = what
	}
	return &Crash{Cause: cause, Status: status(state), Stderr: lines, Hint: hint}
}

// status describes how a process ended.
func status(s *os.ProcessState) string {
	if s == nil {
		return ""
	}
	return s.String()
}
