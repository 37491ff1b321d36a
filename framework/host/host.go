// Package host finds plugins, starts them, watches them and stops them. What
// it opens are plain core.Model, core.Energy, core.Observer and core.Objective values; whether one lives in
// this process, in a re-execution of this binary or in somebody else's
// executable does not show.
package host

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Options configure a Host. The zero value serves no built-ins and finds
// external plugins in the standard places.
type Options struct {
	// Builtins are the parts compiled into this binary. A built-in runs in a
	// process of its own, started as "Self serve KIND NAME", which must end up
	// in sdk.Serve with the same parts.
	Builtins []core.Part
	// InProcess opens built-ins in this process instead: for debugging and
	// for measuring what the border costs. External plugins always run in
	// their own process.
	InProcess bool
	// Self is the path of this binary; default os.Executable().
	Self string
	// SearchPath are folders searched for external plugins before
	// HELMHOLTZ_PLUGIN_PATH, the folder of Self and the user's configuration
	// folder.
	SearchPath []string
	// CallTimeout is the longest any one call may take before the plugin is
	// considered hung and killed; default 10 minutes. Time in which the host
	// itself stood still does not count.
	CallTimeout time.Duration
	// Transport of arrays: TransportAuto (also ""), TransportShared or
	// TransportBytes. When empty, HELMHOLTZ_TRANSPORT decides.
	Transport string
	// Env names variables that plugins get besides the allowed ones; see
	// docs/trust.md.
	Env []string
	// DescribeTimeout is how long a plugin may take to describe itself; default 20
	// seconds, and 5 where many are asked.
	DescribeTimeout time.Duration
	// Cache is a folder in which descriptions are kept; empty keeps none.
	Cache string
	// Fresh asks plugins for descriptions that are kept.
	Fresh bool
	// Lock, unless nil, says of which files plugins may be made.
	Lock *Lock
	// Log receives what plugins print, at debug level; default: discarded. See
	// LogTo for files.
	Log *slog.Logger
	// Note receives sentences for the user about what does not go as it might,
	// but goes; default: discarded.
	Note func(text string)
}

// Values of Options.Transport.
const (
	TransportAuto   = "auto"  // shared memory where both ends have it
	TransportShared = "shm"   // shared memory, or the part does not open
	TransportBytes  = "bytes" // arrays inside the messages
)

// Host owns the plugin processes it starts. Its methods may be called from
// several goroutines; each opened part from one at a time.
type Host struct {
	opts    Options
	printed map[core.PartKind]*transcript
	groups  groups

	startTimeout, describeTimeout, listTimeout time.Duration

	mu     sync.Mutex
	opened []closer
	closed bool
	sums   map[string]*checksum

	recalled atomic.Bool // a description that was kept was used

	entriesOnce  sync.Once
	entriesFound []source
	entriesErr   error

	attachOnce sync.Once
	attach     []*Found // parts of plugins that wait
	attachErr  error
}

type closer interface{ close() error }

// New returns a host. Nothing is started or searched yet.
func New(o Options) *Host {
	if o.CallTimeout == 0 {
		o.CallTimeout = 10 * time.Minute
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Note == nil {
		o.Note = func(string) {}
	}
	if o.Self == "" {
		o.Self, _ = os.Executable()
	}
	if o.Transport == "" {
		o.Transport = os.Getenv("HELMHOLTZ_TRANSPORT")
	}
	if o.Transport == "" {
		o.Transport = TransportAuto
	}
	return &Host{opts: o, sums: map[string]*checksum{}, printed: newTranscripts(o.Note), groups: ownGroups,
		startTimeout: startTimeout, describeTimeout: cmp.Or(o.DescribeTimeout, describeTimeout), listTimeout: cmp.Or(o.DescribeTimeout, listTimeout)}
}

// Close stops every plugin this host started. Parts opened by it must not be
// used any more. It may be called while a call is under way, which then fails.
func (h *Host) Close() error {
	h.mu.Lock()
	opened := h.opened
	h.opened, h.closed = nil, true
	h.mu.Unlock()
	var errs []error
	for _, c := range opened {
		errs = append(errs, c.close())
	}
	for _, t := range h.printed {
		t.close()
	}
	return errors.Join(errs...)
}

// subject names a part in errors.
func subject(kind core.PartKind, name string) string { return fmt.Sprintf("%s %s", kind, name) }
