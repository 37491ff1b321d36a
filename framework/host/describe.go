package host

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
)

// describeTimeout bounds the describe sub-command, which does no work.
const describeTimeout = 20 * time.Second

// describe asks an executable for its parts.
func (h *Host) describe(file, sum string) ([]*Found, error) {
	fail := func(err error, hint string) error {
		return &core.Error{Kind: core.Plugin, Op: "describe plugin", Subject: file, Err: err, Hint: hint}
	}
	ctx, cancel := context.WithTimeout(context.Background(), describeTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, file, "describe")
	// With the cookie, prints of the plugin's own code go to standard error.
	cmd.Env = append(pluginEnvironment(), wire.CookieKey+"="+wire.CookieValue)
	cmd.SysProcAttr = attributes()
	cmd.Cancel = func() error { killGroup(cmd); return nil }
	cmd.WaitDelay = time.Second
	said := &tail{log: h.opts.Log.With("plugin", filepath.Base(file))}
	stdout, stderr := &short{}, said.writer()
	cmd.Stdout, cmd.Stderr = stdout, stderr
	err := onStarter(cmd.Start)
	if err == nil {
		err = cmd.Wait()
	}
	io.WriteString(stderr, "\n") // a last line may have no end
	switch {
	case stdout.overflow:
		return nil, fail(fmt.Errorf("its description is longer than %d bytes", longestDescription), "")
	case ctx.Err() != nil:
		return nil, fail(fmt.Errorf("did not answer within %v", describeTimeout), "")
	case err != nil:
		if _, cause := said.words(); cause != "" {
			err = fmt.Errorf("%w: %s", err, cause)
		}
		return nil, fail(err, "a plugin must print its description when started with the argument describe")
	}
	d, err := wire.ParseDescription(stdout.text)
	if err != nil {
		return nil, fail(err, "")
	}
	protocol := wire.Common(wire.Versions, d.Protocols)
	if protocol == 0 {
		return nil, fail(fmt.Errorf("it speaks protocol %v, this helmholtz speaks %v", d.Protocols, wire.Versions), "rebuild the older of the two")
	}
	var all []*Found
	for _, m := range d.Parts {
		all = append(all, &Found{Manifest: m, File: file, SHA256: sum, Protocol: protocol})
	}
	return all, nil
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

// checksum remembers the hash of a file as it was.
type checksum struct {
	size  int64
	mtime time.Time
	hex   string
}

// sum returns the SHA-256 of a file, computed once while the file does not
// change.
func (h *Host) sum(file string) (string, error) {
	fail := func(err error) (string, error) {
		return "", &core.Error{Kind: core.Invalid, Op: "find plugin", Err: err}
	}
	f, _, err := core.OpenRegular(file)
	if err != nil {
		return fail(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fail(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if s, ok := h.sums[file]; ok && s.size == info.Size() && s.mtime.Equal(info.ModTime()) {
		return s.hex, nil
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return fail(err)
	}
	sum := hex.EncodeToString(hash.Sum(nil))
	h.sums[file] = checksum{info.Size(), info.ModTime(), sum}
	return sum, nil
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
