package host

import (
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/host2plugin"
)

// startTimeout is how long a plugin may take to say that it is ready.
const startTimeout = time.Minute

// firstSegment is the size that shared memory starts with; it grows as needed.
const firstSegment = 1 << 16

// process is a plugin that runs and serves one part.
type process struct {
	host    *Host
	subject string
	timeout time.Duration
	client  *plugin.Client
	command *command
	tail    *tail
	printed *transcript
	kills   int64  // groups.kills when it was started
	ready   func() // ends the watch over its start
	segment *wire.Segment
	leaves  func() error // closes the connection to a plugin that somebody else started, nil for others

	calls   sync.RWMutex // held for reading during a call
	closing atomic.Bool
	slow    atomic.Bool // it was not ready in time

	mu  sync.Mutex
	end *Crash // why the process ended, nil while it runs
}

// start runs the executable of a part and connects to it.
func (h *Host) start(f *Found) (*process, host2plugin.Link, error) {
	p := &process{host: h, subject: subject(f.Kind, f.Name), timeout: h.opts.CallTimeout, printed: h.transcript(f.Kind), kills: h.groups.kills()}
	p.tail = &tail{log: h.opts.Log.With("plugin", p.subject), all: p.printed,
		title: fmt.Sprintf("%s %s, started %s", p.subject, f.Version, time.Now().Format(time.RFC3339))}
	connect := h.connect
	if f.Attached {
		connect = h.attachTo
	}
	link, err := connect(p, f)
	if err != nil {
		p.close()
		if _, ok := err.(*core.Error); !ok {
			err = &core.Error{Kind: core.Plugin, Op: "start plugin", Subject: p.subject, Err: err}
		}
		return nil, link, err
	}
	return p, link, nil
}

func (h *Host) connect(p *process, f *Found) (host2plugin.Link, error) {
	link := host2plugin.Link{Subject: p.subject, Timeout: p.timeout, Fault: p.fault, Explain: p.explain}
	if !f.Builtin {
		if err := h.unchanged(f); err != nil {
			return link, err
		}
	}
	if err := p.share(h.opts.Transport); err != nil {
		return link, err
	}
	link.Segment = p.segment
	folder, err := newSocketFolder(h.opts.Note)
	if err != nil {
		return link, err
	}
	defer folder.remove()
	p.client = plugin.NewClient(p.config(f, folder.dir))
	protocol, err := p.client.Client()
	if p.ready != nil {
		p.ready()
	}
	if err != nil {
		return link, p.startError(err, folder)
	}
	if link.Conn, err = host2plugin.Connection(protocol); err == nil && f.Builtin {
		err = h.unchanged(f) // only now, so that it could be computed beside the start
	}
	return link, err
}

// config is what go-plugin needs to know; it logs nothing of its own, and the
// time that a start may take is watched here.
func (p *process) config(f *Found, socketDir string) *plugin.ClientConfig {
	return &plugin.ClientConfig{
		HandshakeConfig:  host2plugin.Handshake,
		VersionedPlugins: host2plugin.Sets(nil),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		GRPCDialOptions:  host2plugin.DialOptions(),
		StartTimeout:     math.MaxInt64,
		SkipHostEnv:      true,
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: socketDir},
		Logger:           hclog.NewNullLogger(),
		Stderr:           p.tail.writer(),
		SyncStdout:       p.tail.writer(),
		SyncStderr:       p.tail.writer(),
		RunnerFunc: func(_ hclog.Logger, spec *exec.Cmd, _ string) (runner.Runner, error) {
			cmd := p.host.program(f.from, "serve", string(f.Kind), f.Name)
			cmd.Env = append(p.host.pluginEnvironment(), spec.Env...)
			cmd.SysProcAttr = attributes()
			if p.segment != nil {
				cmd.ExtraFiles = []*os.File{p.segment.File()}
			}
			return p.prepare(f, cmd)
		},
	}
}

// prepare readies the command that starts the plugin, and ends it when it is
// not ready in time.
func (p *process) prepare(f *Found, cmd *exec.Cmd) (runner.Runner, error) {
	c, err := newCommand(cmd)
	if err != nil {
		return nil, err
	}
	p.command = c
	c.divert(p.tail.writer())
	p.ready = wire.AfterAwake(p.host.startTimeout, func() {
		p.slow.Store(true)
		c.kill()
	})
	return c, nil
}

// share makes shared memory as the transport asks.
func (p *process) share(transport string) error {
	switch transport {
	case TransportBytes:
		return nil
	case TransportAuto, TransportShared:
		segment, err := wire.NewSegment(firstSegment)
		if err == nil {
			p.segment = segment
		} else if transport == TransportShared {
			return err
		}
		return nil
	}
	return core.Errorf(core.Invalid, "start plugin", p.subject, "the transport %q is none of %s, %s, %s", transport, TransportAuto, TransportShared, TransportBytes)
}

// startError adds to a failed start what the plugin said, how it ended, and
// whether there was room for its socket.
func (p *process) startError(err error, folder *socketFolder) error {
	full := folder.full()
	text, _, _ := strings.Cut(err.Error(), "\n")
	if p.command == nil || p.command.cmd.Process == nil {
		if full != nil {
			return full
		}
		return errors.New(text)
	}
	p.command.kill()
	<-p.command.done
	if p.slow.Load() {
		text = fmt.Sprintf("did not say that it is ready within %v", p.host.startTimeout)
	}
	crash := p.died(text)
	if full != nil {
		crash.Hint = full.Error()
	}
	return &core.Error{Kind: core.Plugin, Op: "start plugin", Subject: p.subject, Err: crash, Hint: hints(crash.Hint, p.printed.where())}
}

// exitPatience is how long a process that was asked to end may take.
const exitPatience = 2 * time.Second

// close stops the process, within a few seconds whatever it is doing.
func (p *process) close() error {
	p.closing.Store(true)
	if p.client != nil {
		if p.command != nil {
			hard := time.AfterFunc(exitPatience, p.command.kill)
			defer hard.Stop()
		}
		p.client.Kill()
	}
	if p.leaves != nil {
		p.leaves()
	}
	// A call under way has failed by now; its caller may still hold a slice.
	p.calls.Lock()
	defer p.calls.Unlock()
	if p.segment == nil {
		return nil
	}
	err := p.segment.Close()
	p.segment = nil
	return err
}

// enter begins a call, or refuses it.
func (p *process) enter(op string) error {
	p.calls.RLock()
	if p.closing.Load() {
		p.calls.RUnlock()
		return &core.Error{Kind: core.Plugin, Op: op, Subject: p.subject, Err: errClosed}
	}
	return nil
}

func (p *process) leave() { p.calls.RUnlock() }
