package host

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// longestBase is the longest path of a temporary directory that leaves room
// for a socket's name. A socket's path has at most 107 bytes; 28 are the name
// of our folder, 21 that of go-plugin's in it, 17 the socket's.
const longestBase = 40

// folderPrefix begins the names of the folders that hosts have locked on this
// machine since it was started: of folders on a disk that machines share, a lock
// may not be seen from another.
var folderPrefix = sync.OnceValue(func() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		name, _ := os.Hostname()
		boot = []byte(name)
	}
	return fmt.Sprintf("%s%.3x-", unlockedPrefix, sha256.Sum256(boot))
})

// unlockedPrefix begins the names of folders where there are no locks. They
// stay when their host is killed.
const unlockedPrefix = "helmholtz-"

// socketFolder is a private folder for the socket of one plugin, until the
// host has connected. A lock on it lives as long as the process that made it.
type socketFolder struct {
	dir  string
	lock *os.File // nil where there are no locks
}

// newSocketFolder makes one in the temporary directory or, where the path of
// that is too long for a socket, in another.
func newSocketFolder(note func(text string)) (*socketFolder, error) {
	base := os.TempDir()
	if len(base) <= longestBase {
		return socketFolderIn(base)
	}
	var err error
	for _, other := range []string{"/tmp", "/var/tmp", "/dev/shm"} {
		var folder *socketFolder
		if folder, err = socketFolderIn(other); err == nil {
			longBase.Do(func() {
				note(fmt.Sprintf("the path of the temporary directory %s is too long for the sockets of plugins, which are in %s", base, other))
			})
			return folder, nil
		}
	}
	return nil, err
}

var longBase sync.Once // a process has one TMPDIR and many hosts

func socketFolderIn(base string) (*socketFolder, error) {
	removeStale(base)
	for range 10 {
		dir, err := os.MkdirTemp(base, folderPrefix())
		if err != nil {
			return nil, temporaryError(base, err)
		}
		lock, err := lockFolder(dir)
		switch _, gone := os.Stat(dir); {
		case err == nil && gone == nil:
			return &socketFolder{dir, lock}, nil
		case err == nil: // another host took it for stale before the lock was there
			lock.Close()
		case errors.Is(err, syscall.EWOULDBLOCK), errors.Is(err, fs.ErrNotExist): // is about to
		default:
			os.Remove(dir)
			return unlockedFolderIn(base)
		}
	}
	return nil, temporaryError(base, errors.New("new folders in it disappear"))
}

func unlockedFolderIn(base string) (*socketFolder, error) {
	dir, err := os.MkdirTemp(base, unlockedPrefix)
	if err != nil {
		return nil, temporaryError(base, err)
	}
	return &socketFolder{dir: dir}, nil
}

// lockFolder takes the lock of a folder, which must be one and no link.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(dir, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// removeStale removes the folders that hosts left which were killed while a
// plugin started: those of this user whose lock nobody holds.
func removeStale(base string) {
	found, _ := os.ReadDir(base)
	for _, entry := range found {
		if !entry.IsDir() || !strings.HasPrefix(entry.Name(), folderPrefix()) {
			continue
		}
		dir := filepath.Join(base, entry.Name())
		info, err := entry.Info()
		if err != nil {
			continue
		}
		if owner, ok := info.Sys().(*syscall.Stat_t); !ok || int(owner.Uid) != os.Geteuid() {
			continue
		}
		if lock, err := lockFolder(dir); err == nil {
			os.RemoveAll(dir)
			lock.Close()
		}
	}
}

// remove removes the folder: connected or not, the socket has served.
func (f *socketFolder) remove() {
	os.RemoveAll(f.dir)
	if f.lock != nil {
		f.lock.Close()
	}
}

// full returns the error of a temporary directory that takes nothing more, nil
// where it does: a plugin, or go-plugin, may have failed for that reason.
func (f *socketFolder) full() error {
	probe, err := os.CreateTemp(f.dir, "probe-*")
	if err == nil {
		_, err = probe.Write([]byte{0})
		err = errors.Join(err, probe.Close(), os.Remove(probe.Name()))
	}
	if err == nil {
		return nil
	}
	return temporaryError(filepath.Dir(f.dir), err)
}

// temporaryError names the temporary directory and what is wrong with it.
func temporaryError(base string, err error) error {
	subject := "the temporary directory " + base
	if os.Getenv("TMPDIR") == base {
		subject += " (TMPDIR)"
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = errors.New("there is no such folder")
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		err = fmt.Errorf("it is full: %w", err)
	}
	return &core.Error{Kind: core.Storage, Op: "start plugin", Subject: subject, Err: err,
		Hint: "set TMPDIR to a folder that exists, can be written and has space"}
}
