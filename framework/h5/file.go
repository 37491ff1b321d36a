package h5

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5/replace"
)

// WriteFile replaces the file at path with what write puts into root: beside
// the old file, flushed to disk, then renamed over it. When anything fails the
// old file is untouched and nothing is left beside it. Errors have Kind
// Storage unless write's own error has another.
//
// HDF5 builds the file in memory: after a write that failed on a full disk the
// library could neither close the file nor be relied on any more.
func WriteFile(path string, write func(root *Group) error) error {
	return replace.File(path, func(w *os.File) error {
		f, err := create()
		if err != nil {
			return storage("create", path, err)
		}
		var image []byte
		err = use(f, path, func(root *Group) error {
			if err := write(root); err != nil {
				return err
			}
			image, err = f.image()
			return err
		})
		if err != nil {
			return storage("write", path, err)
		}
		return writeSealed(w, image)
	})
}

// ReadFile opens the file at path for the time that read runs. A file that
// WriteFile wrote and that has been damaged since is refused.
//
// While another program has the file open for writing the error has Kind Busy:
// its bytes may be in disorder, and are not damaged.
func ReadFile(path string, read func(root *Group) error) error {
	held, size, err := inspect(path)
	if err != nil {
		return storage("read", path, err)
	}
	defer held.Close()
	f, err := open(path, size)
	if err != nil {
		return storage("read", path, err)
	}
	return use(f, path, read)
}

// use runs a function on an open file and closes the file, also on a panic.
func use(f *file, path string, run func(root *Group) error) (err error) {
	defer func() {
		if closing := f.close(); err == nil && closing != nil {
			err = storage("close", path, closing)
		}
	}()
	return run(&Group{node{f, path, "/"}})
}

// inspect opens a readable, undamaged file, so that nobody begins to write it
// before it is closed.
func inspect(path string) (held *os.File, size int64, err error) {
	f, size, err := core.OpenRegular(path)
	if err != nil {
		return nil, 0, err
	}
	if err = lockForReading(f); err == nil {
		err = checkSeal(f, size)
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, size, nil
}

// lockForReading refuses a file that a program has open for writing: HDF5 locks
// it then. Readers share the lock. A file system without locks cannot tell.
func lockForReading(f *os.File) error {
	if strings.EqualFold(os.Getenv("HDF5_USE_FILE_LOCKING"), "false") {
		return nil
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		return &core.Error{Kind: core.Busy, Op: "read", Subject: f.Name(), Err: errors.New(writing),
			Hint: "close it there; where nothing has it open, set HDF5_USE_FILE_LOCKING=FALSE in the environment"}
	}
	return nil
}

const writing = "open for writing by another program (h5py, HDFView)"

// storage says what failed on which file, with the help that fits the cause.
func storage(op, subject string, err error) error {
	var known *core.Error
	if errors.As(err, &known) {
		return err
	}
	e := replace.Error(op, subject, err).(*core.Error)
	switch text := err.Error(); {
	case strings.Contains(text, "unable to lock file"): // by a library that cannot do without
		e.Hint = "the file system has no locks: set HDF5_USE_FILE_LOCKING=FALSE in the environment"
	case strings.Contains(text, "file consistency flags"):
		e.Kind, e.Err = core.Busy, errors.New(writing+", or it was killed")
		e.Hint = "close it there; h5clear -s FILE removes the mark that a killed one leaves"
	case strings.Contains(text, "is compressed with the filter"):
		e.Hint = "rewrite it with gzip or without compression"
	case strings.Contains(text, "file signature not found"):
		e.Hint = "this is not an HDF5 file"
	case strings.Contains(text, "truncated file"):
		e.Hint = "the file was cut short while it was copied or written"
	}
	return e
}

// node is the address of an object: an open file and an absolute path in it.
type node struct {
	f    *file
	name string // of the file, for messages
	path string // "/", "/run", "/run/config_toml"
}

// Path is the object's absolute path in its file.
func (n node) Path() string { return n.path }

func (n node) self() node { return n }

func (n node) error(op string, err error) error {
	return storage(op, n.name+":"+n.path, err)
}

// at returns the node of a relative path, refusing names that HDF5 would take
// in another sense.
func (n node) at(path string) (node, error) {
	child := n
	for _, part := range strings.Split(strings.Trim(path, "/"), "/") {
		if problem := badName(part); problem != "" {
			return node{}, n.error("open", fmt.Errorf("name %q %s", path, problem))
		}
		child.path = strings.TrimSuffix(child.path, "/") + "/" + part
	}
	return child, nil
}

func badName(s string) string {
	switch {
	case s == "":
		return "is empty"
	case s == "." || s == "..":
		return "is not a name"
	case !utf8.ValidString(s):
		return "is not UTF-8"
	case strings.ContainsRune(s, 0):
		return "contains a zero byte"
	}
	return ""
}

// Group is the address of a group in an open file.
type Group struct{ node }

// Dataset is the address of a dataset in an open file.
type Dataset struct{ node }

// Object is a *Group or a *Dataset: what attributes can be set on.
type Object interface {
	Path() string
	self() node
}

// Create makes a group, and those above it that are missing, and returns it.
// path is relative to g and may be nested, as "model/params".
func (g *Group) Create(path string) (*Group, error) {
	n, err := g.at(path)
	if err != nil {
		return nil, err
	}
	if err := g.f.makeGroup(n.path); err != nil {
		return nil, n.error("create group", err)
	}
	return &Group{n}, nil
}

// Group returns the group at a path relative to g.
func (g *Group) Group(path string) (*Group, error) {
	n, err := g.find(path, isGroup)
	return &Group{n}, err
}

// Dataset returns the dataset at a path relative to g.
func (g *Group) Dataset(path string) (*Dataset, error) {
	n, err := g.find(path, isDataset)
	return &Dataset{n}, err
}

func (g *Group) find(path string, want kind) (node, error) {
	n, err := g.at(path)
	if err != nil {
		return n, err
	}
	switch is := g.f.kind(n.path); {
	case is == want:
		return n, nil
	case is == isNothing:
		return n, n.error("open", fmt.Errorf("there is no such %s%s", want, g.f.inventory(g.path)))
	default:
		return n, n.error("open", fmt.Errorf("is a %s, not a %s", is, want))
	}
}

// HasGroup tells whether there is a group at a path relative to g.
func (g *Group) HasGroup(path string) bool { return g.has(path, isGroup) }

// HasDataset tells whether there is a dataset at a path relative to g.
func (g *Group) HasDataset(path string) bool { return g.has(path, isDataset) }

func (g *Group) has(path string, want kind) bool {
	n, err := g.at(path)
	return err == nil && g.f.kind(n.path) == want
}

// Groups lists the names of the groups directly in g, in byte order.
func (g *Group) Groups() ([]string, error) { return g.list(isGroup) }

// Datasets lists the names of the datasets directly in g, in byte order.
func (g *Group) Datasets() ([]string, error) { return g.list(isDataset) }

func (g *Group) list(want kind) ([]string, error) {
	names, err := g.f.list(g.path)
	if err != nil {
		return nil, g.error("list", err)
	}
	kept := names[:0]
	for _, name := range names {
		if g.has(name, want) {
			kept = append(kept, name)
		}
	}
	return kept, nil
}

// inventory names what a group holds, for the message about what it does not.
func (f *file) inventory(path string) string {
	names, err := f.list(path)
	if err != nil || len(names) == 0 {
		return ""
	}
	more := ""
	if len(names) > 12 {
		names, more = names[:12], ", ..."
	}
	return "; " + path + " holds " + strings.Join(names, ", ") + more
}

// kind of an object.
type kind int

const (
	isNothing kind = iota
	isGroup
	isDataset
	isOther
)

func (k kind) String() string {
	return [...]string{"nothing", "group", "dataset", "named type"}[k]
}
