package store

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	leaseName = ".lock.held"
	// leaseTime is how long a lease lasts without a sign of life. Shorter, and a
	// file system that pauses for a minute would lose it; longer, and a run whose
	// machine died waits longer to go on.
	leaseTime = 60 * time.Second
	// leaseEvery leaves room for a few signs that come late.
	leaseEvery = 10 * time.Second
)

// lease holds a folder by a file that only one process can create. Its holder
// rewrites it as a sign of life; when that stops, or its process is gone on this
// machine, the next one takes over.
//
// A holder that stood still for longer than the lease loses it. It notices before
// it writes anything, as the file has another text then.
type lease struct {
	dir, path, text string
	heart           heart
}

// heart gives signs of life.
type heart struct {
	stop     chan struct{}
	stopOnce sync.Once
	beating  sync.WaitGroup
}

// start calls beat every so often, until it says that there is no more to hold, or the end.
func (h *heart) start(beat func() bool) {
	h.stop = make(chan struct{})
	h.beating.Go(func() {
		ticker := time.NewTicker(leaseEvery)
		defer ticker.Stop()
		for {
			select {
			case <-h.stop:
				return
			case <-ticker.C:
			}
			if !beat() {
				return
			}
		}
	})
}

func (h *heart) end() {
	h.stopOnce.Do(func() { close(h.stop) })
	h.beating.Wait()
}

func takeLease(dir string) (*lease, error) {
	l := &lease{dir: dir, path: filepath.Join(dir, leaseName),
		text: fmt.Sprintf("%s%s\n%016x\n", thisProcess(), processSpace(), rand.Uint64())}
	for range 3 { // others may be taking over, too
		err := l.create()
		if err == nil {
			l.heart.start(l.beat)
			return l, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, folderError(dir, err)
		}
		held, err := os.ReadFile(l.path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, folderError(dir, err)
		}
		if stale, err := l.stale(string(held)); err != nil {
			return nil, folderError(dir, err)
		} else if !stale {
			busy := busyError(dir, string(held))
			busy.Hint += fmt.Sprintf("; if it was killed, the folder is free %v later", leaseTime)
			return nil, busy
		}
		if err := l.evict(string(held)); err != nil {
			return nil, folderError(dir, err)
		}
	}
	return nil, busyError(dir, "")
}

func (l *lease) create() error {
	file, err := os.OpenFile(l.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = file.WriteString(l.text)
	if err = errors.Join(err, file.Close()); err != nil {
		os.Remove(l.path)
	}
	return err
}

// stale tells whether the holder that left this text is gone.
func (l *lease) stale(held string) (bool, error) {
	var pid int
	lines := strings.Split(held, "\n")
	host, _ := os.Hostname()
	_, err := fmt.Sscanf(lines[0], "process %d on "+strings.ReplaceAll(host, "%", "%%")+" since ", &pid)
	if err == nil && len(lines) > 1 && lines[1] == processSpace() && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return true, nil
	}
	info, err := os.Stat(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // released; whoever asks tries again
	}
	if err != nil {
		return false, err
	}
	now, err := clock(l.dir)
	return now.Sub(info.ModTime()) > leaseTime, err
}

// clock asks the file system for the time: machines that share it differ.
func clock(dir string) (time.Time, error) {
	file, err := os.CreateTemp(dir, ".clock.partial-*")
	if err != nil {
		return time.Time{}, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return time.Time{}, err
	}
	return info.ModTime(), nil
}

// evict removes the lease with this text, and no other that has come since.
func (l *lease) evict(held string) error {
	aside := fmt.Sprintf("%s.partial-%d", l.path, rand.Uint64())
	if err := os.Rename(l.path, aside); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	defer os.Remove(aside)
	moved, err := os.ReadFile(aside)
	if err == nil && string(moved) != held {
		err = os.Link(aside, l.path)
	}
	return err
}

// beat gives a sign of life, unless the lease is lost.
func (l *lease) beat() bool {
	if l.check() != nil {
		return false
	}
	l.renew()
	return true
}

// renew writes what the lease holds already: its time counts. Where that fails
// it may go better the next time.
func (l *lease) renew() {
	if file, err := os.OpenFile(l.path, os.O_WRONLY, 0); err == nil {
		sign(file, l.text)
		_ = file.Close()
	}
}

// sign writes a text over itself, by which the file system knows the time.
func sign(file *os.File, text string) {
	_, _ = file.WriteAt([]byte(text), 0)
	_ = file.Sync()
}

func (l *lease) check() error {
	held, err := os.ReadFile(l.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) || string(held) == l.text {
		return nil // a file system that fails for a moment takes nothing away
	}
	lost := busyError(l.dir, string(held))
	lost.Op = "hold run folder"
	lost.Hint = fmt.Sprintf("this process gave no sign of life for %v, as when it is suspended, and lost the folder; nothing was overwritten", leaseTime)
	return lost
}

func (l *lease) release() error {
	l.heart.end()
	if l.check() != nil {
		return nil
	}
	return os.Remove(l.path)
}

// processSpace tells apart containers of one host name, whose process numbers
// mean nothing to each other.
func processSpace() string {
	space, _ := os.Readlink("/proc/self/ns/pid")
	return space
}
