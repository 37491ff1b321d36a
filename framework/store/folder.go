package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5/replace"
)

const (
	lockName     = ".lock"
	resultsName  = "results.h5"
	progressName = "progress.jsonl"
)

// Folder is a run folder that this process holds. Its methods may be called
// from several goroutines; each call is one whole write.
type Folder struct {
	dir  string
	lock *os.File

	mu       sync.Mutex
	progress *os.File // nil until the first row
}

// Open creates the run folder where it is missing, takes its lock, removes
// temporary files that a killed run left, and drops a last progress line that
// was cut short. The lock dies with the process, however it ends, and is not
// inherited by the processes it starts.
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
	lock, err := takeLock(dir)
	if err != nil {
		return nil, err
	}
	f := &Folder{dir: dir, lock: lock}
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
		what := "a device"
		if info.Mode()&os.ModeNamedPipe != 0 {
			what = "a named pipe"
		}
		return &core.Error{Kind: core.Storage, Op: "open run folder", Subject: path,
			Err: fmt.Errorf("is %s, not a regular file", what), Hint: "move it away, or choose another folder with --out"}
	}
	return nil
}

// Dir is the folder's path as given to Open.
func (f *Folder) Dir() string { return f.dir }

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
	return errors.Join(err, f.lock.Close())
}

// WriteText replaces a text file of the folder, whole or not at all. name has
// no path.
func (f *Folder) WriteText(name, text string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return replace.File(f.Path(name), func(w *os.File) error {
		_, err := w.WriteString(text)
		return err
	})
}

// takeLock locks the folder's lock file and writes the holder into it. The
// file stays when the lock is released: removing it would race with the next
// holder.
func takeLock(dir string) (*os.File, error) {
	path := filepath.Join(dir, lockName)
	lock, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, folderError(dir, err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer lock.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, busyError(dir, lock)
		}
		return nil, &core.Error{Kind: core.Storage, Op: "lock run folder", Subject: dir, Err: err,
			Hint: "the file system must support flock"}
	}
	host, _ := os.Hostname()
	holder := fmt.Sprintf("process %d on %s since %s\n", os.Getpid(), host, time.Now().Format(time.RFC3339))
	if lock.Truncate(0) == nil { // the name is a courtesy, on a full disk there is none
		_, _ = lock.WriteAt([]byte(holder), 0)
	}
	return lock, nil
}

func busyError(dir string, lock *os.File) error {
	holder, _ := io.ReadAll(io.LimitReader(lock, 200))
	who := strings.TrimSpace(string(holder))
	if who == "" {
		who = "another process"
	}
	return &core.Error{Kind: core.Busy, Op: "open run folder", Subject: dir,
		Err:  fmt.Errorf("in use by %s", who),
		Hint: "wait for that run, stop it, or choose another folder with --out"}
}

func folderError(dir string, err error) error { return replace.Error("open run folder", dir, err) }
