package host

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// File is one of those that a plugin is made of.
type File struct {
	Name   string // the same wherever the plugin is installed, with slashes
	Path   string // absolute
	SHA256 string // lower-case hexadecimal
}

// besides hashes the files that a plugin says it is made of besides the one that is started.
func (h *Host) besides(started string, named map[string]string) (all []File, err error) {
	for _, name := range slices.Sorted(maps.Keys(named)) {
		if named[name] == started {
			continue
		}
		sum, err := h.sum(named[name])
		if err != nil {
			return nil, err
		}
		all = append(all, File{name, named[name], sum})
	}
	return all, nil
}

// ErrChanged is in the error of a plugin that was built anew, or replaced, between being found and being
// started. Another host would find it as it is now.
var ErrChanged = errors.New("changed after it was checked")

// unchanged refuses a plugin that is not the one that was found.
func (h *Host) unchanged(f *Found) error {
	for _, was := range f.files() {
		sum, err := h.sum(was.Path)
		if err == nil && sum != was.SHA256 {
			err = fmt.Errorf("%s %w: its sha256 was %s and is %s", was.Path, ErrChanged, was.SHA256, sum)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Files are those that the plugin is made of, the one that is started first: of a program in Python
// also the modules and packages of its own, as its description tells. Nil of a built-in, and of one
// that was attached to.
func (f *Found) Files() []File {
	if f.Builtin || f.Attached {
		return nil
	}
	return f.files()
}

func (f *Found) files() []File {
	return append([]File{{f.from.fileName(), f.File, f.SHA256()}}, f.more...)
}

// Lock says of which files the plugins of a run file are made; others are refused.
type Lock struct {
	File    string // where it is written, for messages
	Plugins []Locked
}

// Locked is a plugin as it was when it was locked. One part may be locked several times, where
// the points of a sweep take it from several files; each of them is allowed.
type Locked struct {
	Kind    core.PartKind
	Name    string
	Version string
	File    string            // name of that which is started
	Files   map[string]string // SHA-256 by name, File among them
}

// of are the entries of a part.
func (l *Lock) of(kind core.PartKind, name string) (all []Locked) {
	for _, p := range l.Plugins {
		if p.Kind == kind && p.Name == name {
			all = append(all, p)
		}
	}
	return all
}

func (l *Lock) refuse(kind core.PartKind, name, format string, args ...any) error {
	return &core.Error{Kind: core.Invalid, Op: "find plugin", Subject: subject(kind, name),
		Err:  fmt.Errorf(format, args...),
		Hint: fmt.Sprintf("if the change is meant, write %s anew with helmholtz lock, or remove it", l.File)}
}

// allows compares the file that would be started, before it is. A nil Lock allows all.
func (l *Lock) allows(kind core.PartKind, name, file, sum string) error {
	if l == nil {
		return nil
	}
	entries := l.of(kind, name)
	if len(entries) == 0 {
		return l.refuse(kind, name, "%s would serve it, which is not in %s", file, l.File)
	}
	for _, p := range entries {
		if p.Files[p.File] == sum {
			return nil
		}
	}
	return l.refuse(kind, name, "%s has sha256 %s, and %s locks %s %s with %s",
		file, sum, l.File, entries[0].File, entries[0].Version, entries[0].Files[entries[0].File])
}

// allowsBuiltin refuses a part of this binary in the place of a plugin that was locked.
func (l *Lock) allowsBuiltin(kind core.PartKind, name string) error {
	if l == nil || len(l.of(kind, name)) == 0 {
		return nil
	}
	return l.refuse(kind, name, "it is built in here, and %s locks the plugin %s", l.File, l.of(kind, name)[0].File)
}

// allowsAll compares all files of a plugin, and its version, once it has described itself.
func (l *Lock) allowsAll(f *Found) error {
	if l == nil {
		return nil
	}
	var first error
	for _, p := range l.of(f.Kind, f.Name) {
		err := l.differs(p, f)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// differs names what is not as it was.
func (l *Lock) differs(p Locked, f *Found) error {
	here := map[string]bool{}
	for _, file := range f.files() {
		name := file.Name
		if file.Path == f.File {
			name = p.File // it may be called otherwise here
		}
		here[name] = true
		switch locked := p.Files[name]; locked {
		case file.SHA256:
		case "":
			return l.refuse(f.Kind, f.Name, "it is also made of %s, which is not in %s", file.Path, l.File)
		default:
			return l.refuse(f.Kind, f.Name, "%s has sha256 %s, and %s locks %s with %s", file.Path, file.SHA256, l.File, name, locked)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Files)) {
		if !here[name] {
			return l.refuse(f.Kind, f.Name, "%s is no part of it any more, and is in %s", name, l.File)
		}
	}
	if f.Version != p.Version {
		return l.refuse(f.Kind, f.Name, "it says that it is version %s, and %s locks version %s", f.Version, l.File, p.Version)
	}
	return nil
}
