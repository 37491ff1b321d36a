//go:build cgo

package store

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// leased opens a folder as on a file system without flock.
func leased(t *testing.T, dir string) *Folder {
	t.Helper()
	l, err := takeLease(dir)
	if err != nil {
		t.Fatal(err)
	}
	f := &Folder{dir: dir, lock: l}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestLeaseHasOneHolder(t *testing.T) {
	dir := t.TempDir()
	first := leased(t, dir)
	_, err := takeLease(dir)
	want := fmt.Sprintf("in use by process %d on ", os.Getpid())
	if core.KindOf(err) != core.Busy || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "if it was killed, the folder is free 1m0s later") {
		t.Errorf("got %v", err)
	}
	if err := first.WriteText("run.toml", "text"); err != nil {
		t.Error(err)
	}
	first.Close()
	if left := list(t, dir, ".*"); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	leased(t, dir)
}

// leaveLease writes the lease of a process that is not this one.
func leaveLease(t *testing.T, dir string, pid int, host, space string, age time.Duration) {
	t.Helper()
	path := filepath.Join(dir, leaseName)
	if err := os.WriteFile(path, fmt.Appendf(nil, "process %d on %s since 2024-05-01T10:00:00Z\n%s\n00c0ffee\n", pid, host, space), 0o666); err != nil {
		t.Fatal(err)
	}
	then := time.Now().Add(-age)
	if err := os.Chtimes(path, then, then); err != nil {
		t.Fatal(err)
	}
}

// goneHere is the number of a process of this host that has ended.
func goneHere(t *testing.T) (pid int, host string) {
	t.Helper()
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	return gone.Process.Pid, host
}

func TestStaleLease(t *testing.T) {
	gone, host := goneHere(t)
	for name, c := range map[string]struct {
		pid         int
		host, space string
		age         time.Duration
		stale       bool
	}{
		"gone":               {gone, host, processSpace(), 0, true},
		"alive":              {os.Getpid(), host, processSpace(), 0, false},
		"alive and silent":   {os.Getpid(), host, processSpace(), leaseTime + time.Second, true},
		"elsewhere":          {gone, "node7", processSpace(), leaseTime / 2, false},
		"elsewhere, silent":  {gone, "node7", processSpace(), leaseTime + time.Second, true},
		"other container":    {gone, host, "pid:[1]", leaseTime / 2, false},
		"longer name":        {gone, host + "7", processSpace(), 0, false},
		"just being created": {0, "", "", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			leaveLease(t, dir, c.pid, c.host, c.space, c.age)
			l, err := takeLease(dir)
			if err == nil {
				defer l.release()
			}
			if (err == nil) != c.stale || err != nil && core.KindOf(err) != core.Busy {
				t.Errorf("got %v", err)
			}
			if left := list(t, dir, ".*"); len(left) != 1 {
				t.Errorf("left %v", left)
			}
		})
	}
}

// A process that stood still for longer than its lease writes nothing over what
// the next one has written.
func TestLostLease(t *testing.T) {
	dir := t.TempDir()
	f := leased(t, dir)
	leaveLease(t, dir, 7, "node7", "", 0)
	for what, err := range map[string]error{
		"text":       f.WriteText("run.toml", "text"),
		"results":    f.SaveResults(fullResults()),
		"checkpoint": f.SaveCheckpoint(fullCheckpoint(1), 2),
		"progress":   f.AppendProgress(map[string]int{"step": 1}),
		"truncation": f.TruncateProgress(0),
		"clearing":   f.Clear(),
	} {
		if core.KindOf(err) != core.Busy || !strings.Contains(err.Error(), "in use by process 7 on node7") || !strings.Contains(err.Error(), "gave no sign of life for 1m0s") {
			t.Errorf("%s: %v", what, err)
		}
	}
	f.Close()
	if left := list(t, dir, "*"); len(left) != 1 || left[0] != leaseName {
		t.Errorf("left %v", left)
	}
}

// Two that find the same stale lease: the second must not remove the first's.
func TestEvictionSparesTheNext(t *testing.T) {
	dir := t.TempDir()
	leased(t, dir)
	l := &lease{dir: dir, path: filepath.Join(dir, leaseName)}
	before, err := os.ReadFile(l.path)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.evict("process 7 on node7\n"); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(l.path); err != nil || string(after) != string(before) {
		t.Errorf("lease %q, %v", after, err)
	}
}

func TestBeatRenewsTheLease(t *testing.T) {
	l := &lease{dir: t.TempDir(), text: "text"}
	l.path = filepath.Join(l.dir, leaseName)
	if err := l.create(); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(l.path, old, old); err != nil {
		t.Fatal(err)
	}
	l.renew()
	info, err := os.Stat(l.path)
	if err != nil || info.ModTime().Sub(old) < time.Minute || info.Size() != int64(len(l.text)) {
		t.Errorf("%v, %v", info, err)
	}
}
