package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
)

// describeTimeout bounds the describe sub-command, which does no work, of a
// plugin that a run needs; listTimeout where many are asked.
const (
	describeTimeout = 20 * time.Second
	listTimeout     = 5 * time.Second
)

// describe asks a plugin for its parts, unless fresh is false and what it told once is kept.
// What it prints besides goes to printed, which may be nil.
func (h *Host) describe(from source, sum string, limit time.Duration, printed *transcript, fresh bool) ([]*Found, error) {
	var d *wire.Description
	if !fresh {
		d = h.recall(from, sum)
	}
	if d == nil {
		var err error
		if d, err = h.question(from, sum, limit, printed); err != nil {
			return nil, err
		}
	}
	protocol, err := common(d)
	if err != nil {
		return nil, describeError(from, err, "rebuild the older of the two")
	}
	more, err := h.besides(from.file, d.Files)
	if err != nil {
		return nil, describeError(from, fmt.Errorf("of the files that it names as its own, %w", err), "")
	}
	var all []*Found
	for _, m := range d.Parts {
		all = append(all, &Found{Manifest: m, File: from.file, from: from, Protocol: protocol, hash: hashed(sum), more: more})
	}
	return all, nil
}

func describeError(from source, err error, hint string) error {
	return &core.Error{Kind: core.Plugin, Op: "describe plugin", Subject: from.String(), Err: err, Hint: hint}
}

// question starts a plugin to describe itself.
func (h *Host) question(from source, sum string, limit time.Duration, printed *transcript) (*wire.Description, error) {
	fail := func(err error, hint string) (*wire.Description, error) { return nil, describeError(from, err, hint) }
	cmd := h.program(from, "describe")
	// With the cookie, prints of the plugin's own code go to standard error.
	cmd.Env = append(h.pluginEnvironment(), wire.CookieKey+"="+wire.CookieValue)
	cmd.SysProcAttr = attributes()
	said := &tail{log: h.opts.Log.With("plugin", from.fileName()), all: printed, title: from.String() + " describe"}
	stdout, kills := &short{}, h.groups.kills()
	c, late, err := collect(cmd, stdout, said.writer(), limit)
	switch {
	case stdout.overflow:
		return fail(fmt.Errorf("its description is longer than %d bytes", longestDescription), "")
	case late:
		return fail(fmt.Errorf("did not answer within %v", limit), "if it only takes long, give it more time with --describe-timeout")
	case err != nil:
		_, words := said.words()
		cause, hint := deathOf(c, words, h.groups.kills()-kills)
		if hint == "" {
			hint = startHint(cmd.Path, err)
		}
		if hint == "" {
			hint = "a plugin must print its description when started with the argument describe"
		}
		for _, more := range []string{words, cause} {
			if more != "" {
				err = fmt.Errorf("%w: %s", err, more)
			}
		}
		return fail(err, hints(hint, printed.where()))
	}
	if len(bytes.TrimSpace(stdout.text)) == 0 {
		return fail(errors.New("it printed no description"), "a plugin in Python ends with hh.serve(..), one in Go with sdk.Serve(..)")
	}
	d, err := wire.ParseDescription(stdout.text)
	if err != nil {
		return fail(err, "")
	}
	h.remember(from, sum, stdout.text, d)
	return d, nil
}

// collect runs a command to its end, or until the limit has passed (late), and
// ends with it whatever it started. A process that left its group may keep the
// pipes, and is not waited for.
func collect(cmd *exec.Cmd, stdout io.Writer, stderr *lineWriter, limit time.Duration) (c *command, late bool, err error) {
	if c, err = newCommand(cmd); err != nil {
		return c, false, err
	}
	if err := c.Start(context.Background()); err != nil {
		return c, false, err
	}
	var passed atomic.Bool
	stop := wire.AfterAwake(limit, func() {
		passed.Store(true)
		c.kill()
	})
	var read sync.WaitGroup
	read.Go(func() {
		if _, err := io.Copy(stdout, c.stdout); err != nil {
			c.kill() // it prints too much
		}
	})
	read.Go(func() {
		io.Copy(stderr, c.stderr)
		stderr.end()
	})
	if awaitExit(cmd) {
		stop()
		c.kill() // what it left behind
	}
	read.Wait()
	stop()
	err = c.Wait(context.Background())
	return c, passed.Load(), err
}

// longestDescription bounds what a program that is no plugin may print.
const longestDescription = 1 << 22

// short keeps a text of at most longestDescription bytes and refuses more.
type short struct {
	text     []byte
	overflow bool
}

func (s *short) Write(p []byte) (int, error) {
	if len(s.text)+len(p) > longestDescription {
		s.overflow = true
		return 0, io.ErrShortBuffer
	}
	s.text = append(s.text, p...)
	return len(p), nil
}

// pinned returns the file's hash after comparing it with the pin, if any.
func (h *Host) pinned(kind core.PartKind, name, file, pin string) (string, error) {
	sum, err := h.sum(file)
	var e *core.Error
	if errors.As(err, &e) {
		e.Subject = subject(kind, name)
		return "", e
	}
	if pin != "" && !strings.EqualFold(pin, sum) {
		return "", &core.Error{Kind: core.Invalid, Op: "find plugin", Subject: subject(kind, name),
			Err:  fmt.Errorf("%s has sha256 %s, but the run file pins %s", file, sum, pin),
			Hint: "the executable is not the one the run file was written for; if it is meant to be, pin its hash instead"}
	}
	return sum, nil
}
