package host

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
)

// Found is a part that was found and has described itself, ready to open.
type Found struct {
	core.Manifest
	// File is the executable that serves it: this binary for a built-in, and that of
	// the module for an entry point of a package of Python.
	File string
	// Builtin tells whether the part is compiled into this binary.
	Builtin bool
	// Attached tells that the part is served by a process that somebody else started,
	// and File is the socket at which it waits.
	Attached bool
	// Protocol is the version of the wire protocol that will be spoken.
	Protocol int
	// Shadow tells of a listed part where another one is, a file or BuiltIn,
	// that a run file gets which gives their name alone. It is empty where
	// the name means this part.
	Shadow string

	part core.Part // the built-in
	from source    // of a plugin
	hash *checksum // of File
	more []File    // that a plugin is made of besides
}

// SHA256 is that of File, lower-case hexadecimal. Of a built-in that nobody pinned it may still be
// in the making, and this waits for it; empty where File cannot be read.
func (f *Found) SHA256() string {
	<-f.hash.done
	return f.hash.hex
}

// Where says where an external part comes from, an executable or an entry point.
func (f *Found) Where() string {
	if f.from.entry == "" {
		return f.File
	}
	return fmt.Sprintf("%s (%s)", f.File, f.from)
}

// Find looks a part up by kind and name: among the built-ins, then in the
// executables helmholtz-plugin-NAME of the folders of Options.SearchPath, of
// HELMHOLTZ_PLUGIN_PATH, beside this binary and in the user's configuration
// folder, then in the entry points NAME of packages of Python, then in the other
// plugins, which may serve it besides what they are named after. A path, when not empty, names the executable instead
// and wins over a built-in of the same name, and a plugin that waits to be
// attached to over both. A sha256, when not empty, must be
// that of the executable; it is checked before the executable is run. So is
// Options.Lock, and of the other files of a plugin once it has described itself.
func (h *Host) Find(kind core.PartKind, name, path, sha256 string) (*Found, error) {
	if f, err := h.attached(kind, name, sha256); f != nil || err != nil {
		return f, err
	}
	if path != "" {
		abs, err := filepath.Abs(path)
		if err != nil {
			return nil, &core.Error{Kind: core.Invalid, Op: "find plugin", Subject: subject(kind, name), Err: err}
		}
		return h.ask(kind, name, source{file: abs}, sha256)
	}
	if builtin := h.builtin(kind, name); builtin != nil {
		hash, err := h.hashing(h.opts.Self)
		if err == nil && sha256 != "" {
			_, err = h.pinned(kind, name, h.opts.Self, sha256)
		}
		if err == nil {
			err = h.opts.Lock.allowsBuiltin(kind, name)
		}
		if err != nil {
			return nil, err
		}
		return h.foundHere(*builtin, hash), nil
	}
	return h.findInstalled(kind, name, sha256)
}

// Describe asks the executable at a path for all parts that it serves, as they are now.
func (h *Host) Describe(path string) ([]*Found, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, &core.Error{Kind: core.Invalid, Op: "describe plugin", Subject: path, Err: err}
	}
	sum, err := h.sum(abs)
	if err != nil {
		return nil, err
	}
	return h.describe(source{file: abs}, sum, h.describeTimeout, nil, true)
}

func (h *Host) foundHere(p core.Part, hash *checksum) *Found {
	return &Found{Manifest: p.Manifest, File: h.opts.Self, Builtin: true, Protocol: wire.Version, part: p, from: source{file: h.opts.Self}, hash: hash}
}

// ask asks one plugin for a part.
func (h *Host) ask(kind core.PartKind, name string, from source, pin string) (*Found, error) {
	if from.file == "" {
		_, err := h.sumOf(from)
		return nil, err
	}
	sum, err := h.pinned(kind, name, from.file, pin)
	if err == nil {
		err = h.opts.Lock.allows(kind, name, from.file, sum)
	}
	if err != nil {
		return nil, err
	}
	var all []*Found
	for _, fresh := range []bool{false, true} { // what is kept may be out of date
		if all, err = h.describe(from, sum, h.describeTimeout, h.transcript(kind), fresh); err != nil {
			return nil, err
		}
		if f := choose(all, kind, name); f != nil {
			return f, h.opts.Lock.allowsAll(f)
		}
		if !h.Recalled() {
			break
		}
	}
	var have []string
	for _, f := range all {
		have = append(have, subject(f.Kind, f.Name))
	}
	return nil, &core.Error{Kind: core.Invalid, Op: "find plugin", Subject: subject(kind, name),
		Err: &notServed{file: from.String(), have: strings.Join(have, ", ")}}
}

// notServed is the cause where an executable has other parts than that wanted.
type notServed struct{ file, have string }

func (e *notServed) Error() string {
	return fmt.Sprintf("%s does not serve it; it serves %s", e.file, e.have)
}

// choose picks a part from those found, nil if it is not among them.
func choose(all []*Found, kind core.PartKind, name string) *Found {
	for _, f := range all {
		if f.Kind == kind && f.Name == name {
			return f
		}
	}
	return nil
}

// askNamed asks the sources of that name, the first first. f and err are those of
// the first that serves the part or fails, refused is that of one which does not serve it.
func (h *Host) askNamed(sources []source, kind core.PartKind, name, pin string) (f *Found, refused, err error) {
	for _, from := range sources {
		if from.name != name {
			continue
		}
		f, err := h.ask(kind, name, from, pin)
		var elsewhere *notServed
		if !errors.As(err, &elsewhere) {
			return f, nil, err
		}
		if refused == nil {
			refused = err
		}
	}
	return nil, refused, nil
}

// findInstalled asks the executables of that name, then the entry points, and then
// all others, of which only those are run that a pin allows.
func (h *Host) findInstalled(kind core.PartKind, name, pin string) (*Found, error) {
	installed := h.executables()
	f, refused, err := h.askNamed(installed, kind, name, pin)
	if f != nil || err != nil {
		return f, err
	}
	entries, noEntries := h.entries()
	f, alsoRefused, err := h.askNamed(entries, kind, name, pin)
	if f != nil || err != nil {
		return f, err
	}
	if refused == nil {
		refused = alsoRefused
	}
	others := slices.DeleteFunc(append(installed, entries...), func(from source) bool { return from.name == name })
	asked := len(others)
	if pin != "" || h.opts.Lock != nil {
		others = slices.DeleteFunc(others, func(from source) bool {
			sum, err := h.sumOf(from)
			return err != nil || pin != "" && !strings.EqualFold(sum, pin) || h.opts.Lock.allows(kind, name, from.file, sum) != nil
		})
	}
	answers := h.askAll(others)
	var names []string
	silent := 0
	for _, a := range answers {
		if f := choose(a.found, kind, name); f != nil {
			return f, h.opts.Lock.allowsAll(f)
		}
		if a.err != nil {
			silent++
		}
		for _, f := range a.found {
			if f.Kind == kind {
				names = append(names, f.Name)
			}
		}
	}
	if refused != nil {
		return nil, refused
	}
	missing := h.notFound(kind, name, names, silent)
	if n := asked - len(others); n > 0 {
		missing.Hint += fmt.Sprintf("; %d plugins were not asked, as their sha256 is not the one that is pinned or locked", n)
	}
	if noEntries != nil {
		missing.Hint += "; " + noEntries.Error()
	}
	return nil, missing
}

// folders lists where external plugins are searched, in order.
func (h *Host) folders() []string {
	dirs := slices.Clone(h.opts.SearchPath)
	dirs = append(dirs, filepath.SplitList(os.Getenv("HELMHOLTZ_PLUGIN_PATH"))...)
	if h.opts.Self != "" {
		dirs = append(dirs, filepath.Dir(h.opts.Self))
	}
	if config, err := os.UserConfigDir(); err == nil {
		dirs = append(dirs, filepath.Join(config, "helmholtz", "plugins"))
	}
	return slices.DeleteFunc(dirs, func(d string) bool { return d == "" })
}

func executable(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// notFound says what there is instead: built in, and installed. silent counts
// the executables that could not be asked.
func (h *Host) notFound(kind core.PartKind, name string, installed []string, silent int) *core.Error {
	var names []string
	other := ""
	for _, p := range h.opts.Builtins {
		if p.Kind == kind {
			names = append(names, p.Name)
		} else if p.Name == name {
			other = fmt.Sprintf("%s is %s", name, p.Kind.One())
		}
	}
	hint := fmt.Sprintf("searched for %s%s, and for another plugin with it, in %s, and among the packages of Python", wire.ExecutablePrefix, name, strings.Join(h.folders(), ", "))
	if near := core.Nearest(name, append(slices.Clone(names), installed...)); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	if other != "" {
		hint = other
	}
	if silent > 0 {
		hint += fmt.Sprintf("; %d plugins did not describe themselves, and helmholtz plugin list says why", silent)
	}
	return &core.Error{Kind: core.Invalid, Op: "find plugin", Subject: subject(kind, name),
		Err: fmt.Errorf("there is no such %s, built in or installed; built in are %s", kind, strings.Join(names, ", ")), Hint: hint}
}
