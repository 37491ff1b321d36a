package host

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/host2plugin"
)

// Plugins that somebody else started, in a debugger or a notebook, wait at doors that
// HELMHOLTZ_REATTACH lists. Their parts go before all others of their names, at a path or built
// in. The host neither watches them nor ends them: a breakpoint may hold a call for hours.

// ReattachKey is the variable that lists them.
const ReattachKey = wire.ReattachKey

// attached looks a part up among them, nil if it is not there.
func (h *Host) attached(kind core.PartKind, name, pin string) (*Found, error) {
	all, err := h.waiting()
	if err != nil {
		return nil, err
	}
	f := choose(all, kind, name)
	if f == nil {
		return nil, nil
	}
	refuse := func(what string) error {
		return &core.Error{Kind: core.Invalid, Op: "find plugin", Subject: subject(kind, name),
			Err:  fmt.Errorf("%s names a process that serves it, of which no files are known, and %s", wire.ReattachKey, what),
			Hint: "unset " + wire.ReattachKey + ", or take the pin away as long as you look into it"}
	}
	if pin != "" {
		return nil, refuse("the run file pins its sha256")
	}
	if l := h.opts.Lock; l != nil {
		return nil, refuse(l.File + " locks the plugins")
	}
	return f, nil
}

// waiting are the parts of all plugins that wait, asked once.
func (h *Host) waiting() ([]*Found, error) {
	h.attachOnce.Do(func() {
		for _, door := range wire.Doors(os.Getenv(wire.ReattachKey)) {
			found, err := h.askAt(door)
			if err != nil {
				h.attachErr = &core.Error{Kind: core.Plugin, Op: "attach to plugin", Subject: door, Err: err,
					Hint: "start it again and export the line that it prints, or unset " + wire.ReattachKey}
				return
			}
			h.attach = append(h.attach, found...)
		}
	})
	return h.attach, h.attachErr
}

// askAt asks the plugin behind a door for its parts.
func (h *Host) askAt(door string) ([]*Found, error) {
	conn, err := host2plugin.Knock(door, "describe")
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer wire.AfterAwake(h.describeTimeout, func() { conn.Close() })()
	text, err := io.ReadAll(io.LimitReader(conn, longestDescription))
	if err != nil {
		return nil, fmt.Errorf("it did not describe itself within %v: %w", h.describeTimeout, err)
	}
	d, err := wire.ParseDescription(text)
	if err != nil {
		return nil, err
	}
	protocol, err := common(d)
	if err != nil {
		return nil, err
	}
	var all []*Found
	for _, m := range d.Parts {
		all = append(all, &Found{Manifest: m, File: door, Attached: true, Protocol: protocol, hash: hashed("")})
	}
	return all, nil
}

// common is the protocol that both ends speak.
func common(d *wire.Description) (int, error) {
	protocol := wire.Common(wire.Versions, d.Protocols)
	if protocol == 0 {
		return 0, fmt.Errorf("it speaks protocol %v, this helmholtz speaks %v", d.Protocols, wire.Versions)
	}
	return protocol, nil
}

// attachTo connects to a plugin that waits. Its calls may take any time.
func (h *Host) attachTo(p *process, f *Found) (host2plugin.Link, error) {
	p.timeout = math.MaxInt64
	link := host2plugin.Link{Subject: p.subject, Timeout: p.timeout, Fault: p.fault, Explain: p.explain}
	if err := p.share(h.opts.Transport); err != nil {
		return link, err
	}
	if link.Segment = p.segment; p.segment != nil {
		link.SharedFile = fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), p.segment.File().Fd())
	}
	conn, held, err := host2plugin.Attach(f.File)
	if err != nil {
		return link, &core.Error{Kind: core.Plugin, Op: "attach to plugin", Subject: p.subject, Err: err}
	}
	link.Conn = conn
	p.leaves = func() error { return errors.Join(conn.Close(), held.Close()) }
	h.opts.Note(fmt.Sprintf("%s %s is the one that waits at %s", p.subject, f.Version, f.File))
	return link, nil
}

// lost says what became of a plugin that nobody here started.
func (p *process) lost(late time.Duration, cause error) *Crash {
	if late > 0 {
		return &Crash{Cause: fmt.Sprintf("did not answer within %v", late)}
	}
	return &Crash{Cause: fmt.Sprintf("the process that was attached to ended, or closed the connection: %v", cause),
		Hint: "what it printed is where it was started"}
}

// shadowed is the door of a plugin that waits and has a part of the same kind and name, "" if
// there is none.
func (h *Host) shadowed(f *Found) string {
	i := slices.IndexFunc(h.attach, func(a *Found) bool { return a.Kind == f.Kind && a.Name == f.Name })
	if i < 0 || f.Attached {
		return ""
	}
	return h.attach[i].File
}
