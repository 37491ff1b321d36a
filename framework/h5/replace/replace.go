// Package replace writes files that are whole at any moment: beside the old
// one, flushed to disk, renamed over it. After a crash, a kill -9 or a full
// disk the old file is still there, untouched.
package replace

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// stale matches the temporary files of this package and no other file.
const stale = ".*.partial-*"

// File replaces the file at path with what write puts into w. On any error
// the temporary file is removed and the old file is left as it was. Errors
// have Kind Storage unless write's own error has another.
//
// Where the file system can do that, the temporary file has no name until it is
// complete: a process that is killed leaves nothing behind.
func File(path string, write func(w *os.File) error) error {
	return file(path, nameless(folder(path)), write)
}

func folder(path string) string {
	dir, _ := filepath.Split(path)
	if dir == "" {
		return "."
	}
	return dir
}

// file does it with w, or with a temporary file of its own where w is nil.
func file(path string, w *os.File, write func(w *os.File) error) (err error) {
	dir, name, temporary := folder(path), filepath.Base(path), ""
	if w == nil {
		if w, err = named(dir, name); err != nil {
			return Error("write", path, err)
		}
		temporary = w.Name()
	}
	replaced := false
	defer func() { // also when write panics
		if !replaced {
			w.Close()
			os.Remove(temporary)
		}
		if err != nil {
			err = Error("write", path, err)
		}
	}()
	if err = write(w); err != nil {
		return err
	}
	if err = flush(w); err != nil {
		return err
	}
	if temporary == "" {
		temporary = unused(dir, name)
		if err = link(w, temporary); err != nil {
			return err
		}
	}
	if err = w.Close(); err != nil {
		return err
	}
	if err = os.Rename(temporary, path); err != nil {
		return err
	}
	replaced = true
	return syncDir(dir)
}

// abandoned is the age at which a temporary file has no writer any more, in
// folders that several processes may write to: writing takes seconds.
const abandoned = time.Hour

// named makes a temporary file for the file dir/name, and removes those that
// killed processes left of the same.
func named(dir, name string) (*os.File, error) {
	left, _ := filepath.Glob(filepath.Join(escape(dir), escape("."+name+".partial-")+"*"))
	for _, file := range left {
		if info, err := os.Lstat(file); err == nil && time.Since(info.ModTime()) > abandoned {
			os.Remove(file)
		}
	}
	w, err := os.CreateTemp(dir, "."+name+".partial-*")
	if err != nil {
		return nil, err
	}
	if err := w.Chmod(0o666 &^ umask); err != nil {
		w.Close()
		os.Remove(w.Name())
		return nil, err
	}
	return w, nil
}

// unused is a name that matches stale, and that no other file will have.
func unused(dir, name string) string {
	return filepath.Join(dir, fmt.Sprintf(".%s.partial-%d", name, rand.Uint64()))
}

// RemoveStale removes the temporary files that killed processes left in dir.
// The caller must be the only writer there.
func RemoveStale(dir string) error {
	names, err := filepath.Glob(filepath.Join(escape(dir), stale))
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// escape makes a folder's name literal for filepath.Glob.
func escape(dir string) string {
	var out []rune
	for _, r := range dir {
		switch r {
		case '*', '?', '[', '\\':
			out = append(out, '\\')
		}
		out = append(out, r)
	}
	return string(out)
}

// flush makes a file survive a power cut, on file systems that can: some
// network file systems and some in user space refuse to flush.
func flush(f *os.File) error {
	if err := f.Sync(); !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

// syncDir makes the rename itself survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return flush(d)
}

// umask is the process's file mode mask; it can only be read by setting it.
var umask = func() os.FileMode {
	mask := syscall.Umask(0)
	syscall.Umask(mask)
	return os.FileMode(mask)
}()

// Error makes err an error of Kind Storage about a path, with advice where a
// system call failed. An error that has a kind already is returned as it is.
func Error(op, path string, err error) error {
	var known *core.Error
	if errors.As(err, &known) {
		return err
	}
	var p *fs.PathError
	var l *os.LinkError
	switch { // their paths are path again, or a temporary one
	case errors.As(err, &p):
		err = p.Err
	case errors.As(err, &l):
		err = l.Err
	}
	e := &core.Error{Kind: core.Storage, Op: op, Subject: path, Err: err}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		e.Hint = "the disk is full; what was saved before is untouched"
	case errors.Is(err, syscall.EFBIG):
		e.Hint = "a limit on the file size; what was saved before is untouched"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		e.Hint = "the file or its folder has no permission for that"
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		e.Hint = "a part of the path is a file, not a folder"
	}
	return e
}
