package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

const lockName = ".lock"

// lock is how this process holds a run folder.
type lock interface {
	// check returns an error of Kind Busy once somebody else holds the folder.
	check() error
	release() error
}

// takeLock locks the run folder; where the file system has no flock, by a lease.
// The note, a sentence for the user, says so.
func takeLock(dir string) (l lock, note string, err error) {
	path := filepath.Join(dir, lockName)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, "", folderError(dir, err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case err == nil:
		return holdFlock(file), "", nil
	case errors.Is(err, syscall.EWOULDBLOCK):
		defer file.Close()
		holder, _ := io.ReadAll(io.LimitReader(file, 200))
		return nil, "", busyError(dir, string(holder))
	}
	file.Close()
	if !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.ENOLCK) {
		return nil, "", &core.Error{Kind: core.Storage, Op: "lock run folder", Subject: dir, Err: err}
	}
	lease, failed := takeLease(dir)
	if failed != nil {
		return nil, "", failed
	}
	return lease, fmt.Sprintf("%s: the file system has no locks (flock: %v); the file %s holds the folder instead, for %v after the last sign of life of its process",
		dir, err, leaseName, leaseTime), nil
}

// flocked holds by flock, which dies with the process. The file stays when the
// lock is released: removing it would race with the next holder. It names the process to
// others, and its time is a sign of life for those that do not see the lock; on a full disk it is empty.
type flocked struct {
	*os.File
	text  string
	heart heart
}

func holdFlock(file *os.File) *flocked {
	f := &flocked{File: file, text: thisProcess() + processSpace() + "\n"}
	if file.Truncate(0) == nil {
		f.beat()
	}
	f.heart.start(f.beat)
	return f
}

func (f *flocked) beat() bool {
	sign(f.File, f.text)
	return true
}

func (*flocked) check() error { return nil }

func (f *flocked) release() error {
	f.heart.end()
	return errors.Join(f.Truncate(0), f.Close())
}

// thisProcess is a line that names this process to others.
func thisProcess() string {
	host, _ := os.Hostname()
	return fmt.Sprintf("process %d on %s since %s\n", os.Getpid(), host, time.Now().Format(time.RFC3339))
}

// busyError names the holder by the first line that it left.
func busyError(dir, holder string) *core.Error {
	who, _, _ := strings.Cut(strings.TrimSpace(holder), "\n")
	if who == "" {
		who = "another process"
	}
	return &core.Error{Kind: core.Busy, Op: "open run folder", Subject: dir,
		Err:  fmt.Errorf("in use by %s", who),
		Hint: "wait for that run, stop it, or choose another folder with --out"}
}
