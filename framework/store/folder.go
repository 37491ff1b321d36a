package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5/replace"
)

const (
	// RunFile is the run file as read, which every run writes first.
	RunFile = "run.toml"
	// ResolvedFile is the same with every default filled in and absolute paths.
	ResolvedFile = "run.resolved.toml"

	// KnownFile has what is known of a run before it begins: see Known.
	KnownFile = "run.known.json"

	resultsName  = "results.h5"
	startName    = "start.h5"
	progressName = "progress.jsonl"
)

// Folder is a run folder that this process holds. Its methods may be called
// from several goroutines; each call is one whole write.
type Folder struct {
	dir   string
	lock  lock
	notes []string

	mu       sync.Mutex
	progress *os.File // nil until the first row

	reevaluations []core.Reevaluation // found by Results
}

// Open creates the run folder where it is missing, takes its lock, removes
// temporary files that a killed run left, and drops a last progress line that
// was cut short. The lock dies with the process, however it ends, and is not
// inherited by the processes it starts; where the file system has no locks, a
// note says what holds the folder instead.
//
// Errors have Kind Busy when another process holds the folder (the message
// names it), Storage when the folder cannot be made or written.
func Open(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, folderError(dir, err)
	}
	if err := onlyRegular(dir); err != nil {
		return nil, err
	}
	lock, note, err := takeLock(dir)
	if err != nil {
		return nil, err
	}
	f := &Folder{dir: dir, lock: lock}
	if note != "" {
		f.notes = append(f.notes, note)
	}
	if err := errors.Join(replace.RemoveStale(dir), f.trimProgress()); err != nil {
		f.Close()
		return nil, folderError(dir, err)
	}
	return f, nil
}

// onlyRegular refuses a folder in which a name of ours is a named pipe, on which
// reading would wait for ever, or a device, which need not have an end.
func onlyRegular(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return folderError(dir, err)
	}
	for _, e := range entries {
		if e.Name() != lockName && !slices.Contains([]string{".h5", ".jsonl", ".toml"}, filepath.Ext(e.Name())) {
			continue
		}
		path := filepath.Join(dir, e.Name())
		info, err := os.Stat(path)
		if err != nil || info.Mode().IsRegular() || info.IsDir() { // what else is wrong is found by who reads it
			continue
		}
		return &core.Error{Kind: core.Storage, Op: "open run folder", Subject: path,
			Err: fmt.Errorf("is %s, not a regular file", core.FileKind(info.Mode())), Hint: "move it away, or choose another folder with --out"}
	}
	return nil
}

// Dir is the folder's path as given to Open.
func (f *Folder) Dir() string { return f.dir }

// Notes are sentences for the user about the folder.
func (f *Folder) Notes() []string { return f.notes }

// Path returns the path of a file in the folder.
func (f *Folder) Path(name string) string { return filepath.Join(f.dir, name) }

// Close releases the folder. It must be the last call.
func (f *Folder) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var err error
	if f.progress != nil {
		err = f.progress.Close()
		f.progress = nil
	}
	return errors.Join(err, f.lock.release())
}

// WriteText replaces a text file of the folder, whole or not at all. name has
// no path.
func (f *Folder) WriteText(name, text string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.lock.check(); err != nil {
		return err
	}
	return replace.File(f.Path(name), func(w *os.File) error {
		_, err := w.WriteString(text)
		return err
	})
}

func folderError(dir string, err error) error { return replace.Error("open run folder", dir, err) }
