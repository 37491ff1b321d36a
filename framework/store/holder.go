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

// Holder is the process that a run folder's lock names.
type Holder struct {
	Text string // "process 12 on node7 since 2026-05-01T10:00:00Z"
	Host string
	// Seen is its last sign of life, by the clock of the file system.
	Seen time.Time
	// Live tells that it holds the folder now: on this machine as the kernel says, elsewhere as far
	// as its last sign of life is not older than a lease.
	Live bool
}

// ReadHolder finds who holds a run folder, without taking the lock and without writing. The zero
// Holder is nobody.
func ReadHolder(dir string) Holder {
	for _, name := range []string{leaseName, lockName} {
		text, info, err := readShort(filepath.Join(dir, name))
		if err != nil || len(text) == 0 { // nobody, or one that has just begun or ended
			continue
		}
		return holderOf(string(text), info, name == lockName)
	}
	return Holder{}
}

// longestHolder is more than a name of a process takes.
const longestHolder = 4096

// readShort reads the beginning of a file.
func readShort(path string) (text []byte, info os.FileInfo, err error) {
	file, _, err := core.OpenRegular(path)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	if info, err = file.Stat(); err == nil {
		text, err = io.ReadAll(io.LimitReader(file, longestHolder))
	}
	return text, info, err
}

// holderOf reads what a lease or a lock with flock says.
func holderOf(text string, info os.FileInfo, flocked bool) Holder {
	lines := strings.Split(text, "\n")
	h := Holder{Text: lines[0], Seen: info.ModTime()}
	var pid int
	_, err := fmt.Sscanf(lines[0], "process %d on %s since ", &pid, &h.Host)
	h.Live = time.Since(h.Seen) < leaseTime
	host, _ := os.Hostname()
	if err != nil || h.Host != host || len(lines) < 2 || lines[1] != processSpace() {
		return h
	}
	if locked, known := lockedHere(info); flocked && known {
		h.Live = locked
	} else if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		h.Live = false
	}
	return h
}

// lockedHere tells whether a process of this machine has a lock on a file. /proc/locks has lines as
//
//	3: FLOCK  ADVISORY  WRITE 1234 08:01:789 0 EOF
//
// with the device and the inode in the sixth word. Devices of some file systems are not those of stat.
func lockedHere(info os.FileInfo) (locked, known bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	locks, err := os.ReadFile("/proc/locks")
	if !ok || err != nil {
		return false, false
	}
	inode := fmt.Sprintf(":%d", stat.Ino)
	for line := range strings.Lines(string(locks)) {
		words := strings.Fields(line)
		if len(words) > 5 && words[1] == "FLOCK" && strings.HasSuffix(words[5], inode) {
			return true, true
		}
	}
	return false, true
}
