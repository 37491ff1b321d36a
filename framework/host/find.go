package host

import (
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
	// File is the executable that serves it: this binary for a built-in.
	File string
	// SHA256 of File, lower-case hexadecimal.
	SHA256 string
	// Builtin tells whether the part is compiled into this binary.
	Builtin bool
	// Protocol is the version of the wire protocol that will be spoken.
	Protocol int

	part core.Part // the built-in
}

// Find looks a part up by kind and name: among the built-ins, then as an
// executable helmholtz-plugin-NAME in the folders of Options.SearchPath, of
// HELMHOLTZ_PLUGIN_PATH, beside this binary and in the user's configuration
// folder. A path, when not empty, names the executable instead and wins over
// a built-in of the same name. A sha256, when not empty, must be that of the
// executable; it is checked before the executable is run.
func (h *Host) Find(kind core.PartKind, name, path, sha256 string) (*Found, error) {
	op := "find plugin"
	builtin := h.builtin(kind, name)
	file := path
	switch {
	case path != "":
		abs, err := filepath.Abs(path)
		if err != nil {
			return nil, &core.Error{Kind: core.Invalid, Op: op, Subject: subject(kind, name), Err: err}
		}
		file, builtin = abs, nil
	case builtin != nil:
		file = h.opts.Self
	default:
		if file = h.search(name); file == "" {
			return nil, h.notFound(kind, name)
		}
	}
	sum, err := h.pinned(kind, name, file, sha256)
	if err != nil {
		return nil, err
	}
	if builtin != nil {
		return &Found{Manifest: builtin.Manifest, File: file, SHA256: sum, Builtin: true, Protocol: wire.Version, part: *builtin}, nil
	}
	all, err := h.describe(file, sum)
	if err != nil {
		return nil, err
	}
	return choose(all, kind, name, file)
}

// choose picks the part from those an executable serves.
func choose(all []*Found, kind core.PartKind, name, file string) (*Found, error) {
	var have []string
	for _, f := range all {
		if f.Kind == kind && f.Name == name {
			return f, nil
		}
		have = append(have, subject(f.Kind, f.Name))
	}
	return nil, core.Errorf(core.Invalid, "find plugin", subject(kind, name), "%s does not serve it; it serves %s", file, strings.Join(have, ", "))
}

// List returns the built-ins, then the external plugins found in the search
// path, sorted by kind and name within each. Plugins that could not describe
// themselves are reported in the error slice.
func (h *Host) List() ([]*Found, []error) {
	var found []*Found
	var errs []error
	sum, err := h.sum(h.opts.Self)
	if err != nil && len(h.opts.Builtins) > 0 {
		errs = append(errs, err)
	}
	for _, p := range h.opts.Builtins {
		found = append(found, &Found{Manifest: p.Manifest, File: h.opts.Self, SHA256: sum, Builtin: true, Protocol: wire.Version, part: p})
	}
	sortFound(found)
	external, more := h.listExternal()
	sortFound(external)
	return append(found, external...), append(errs, more...)
}

func (h *Host) listExternal() (found []*Found, errs []error) {
	seen := map[string]bool{}
	for _, dir := range h.folders() {
		entries, _ := os.ReadDir(dir) // a folder that is missing holds none
		for _, entry := range entries {
			name, file := entry.Name(), filepath.Join(dir, entry.Name())
			if !strings.HasPrefix(name, wire.ExecutablePrefix) || seen[name] || !executable(file) {
				continue
			}
			seen[name] = true
			sum, err := h.sum(file)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			all, err := h.describe(file, sum)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			found = append(found, all...)
		}
	}
	return found, errs
}

func sortFound(all []*Found) {
	slices.SortStableFunc(all, func(a, b *Found) int {
		return strings.Compare(subject(a.Kind, a.Name), subject(b.Kind, b.Name))
	})
}

func (h *Host) builtin(kind core.PartKind, name string) *core.Part {
	for i := range h.opts.Builtins {
		if p := &h.opts.Builtins[i]; p.Kind == kind && p.Name == name {
			return p
		}
	}
	return nil
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

// search returns the first executable for name, "" if there is none.
func (h *Host) search(name string) string {
	if name == "" || name != filepath.Base(name) {
		return ""
	}
	for _, dir := range h.folders() {
		if file := filepath.Join(dir, wire.ExecutablePrefix+name); executable(file) {
			return file
		}
	}
	return ""
}

func executable(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

func (h *Host) notFound(kind core.PartKind, name string) error {
	var names []string
	for _, p := range h.opts.Builtins {
		if p.Kind == kind {
			names = append(names, p.Name)
		}
	}
	hint := fmt.Sprintf("searched for %s%s in %s", wire.ExecutablePrefix, name, strings.Join(h.folders(), ", "))
	if near := core.Nearest(name, names); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return &core.Error{Kind: core.Invalid, Op: "find plugin", Subject: subject(kind, name),
		Err: fmt.Errorf("there is no such %s, built in or installed; built in are %s", kind, strings.Join(names, ", ")), Hint: hint}
}
